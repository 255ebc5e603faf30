#include "plugin/output_comparison.h"

#include <cmath>

#include "absl/strings/str_format.h"
#include "models/file/element_value.h"

namespace graft::plugin {

absl::Status CompareOutput(const models::TensorSpec& spec, const uint8_t* found, int64_t elements,
                           const ExpectedOutput& expected,
                           models::SwapPolicy::Tolerance tolerance) {
  const size_t found_bytes = models::ElementBytes(spec.dtype);
  const size_t expected_bytes = models::ElementBytes(expected.dtype);
  int64_t outside = 0;
  int64_t worst = 0;
  double worst_excess = -HUGE_VAL;
  double worst_found = 0;
  double worst_expected = 0;
  for (int64_t i = 0; i < elements; ++i) {
    const double value = models::ElementAsDouble(spec.dtype, found + i * found_bytes);
    const double want = models::ElementAsDouble(expected.dtype, expected.data + i * expected_bytes);
    if (value == want || (std::isnan(value) && std::isnan(want))) continue;
    double excess = std::abs(value - want) - tolerance.atol - tolerance.rtol * std::abs(want);
    if (std::isnan(excess)) excess = HUGE_VAL;
    if (excess > 0) ++outside;
    if (excess <= worst_excess) continue;
    worst_excess = excess;
    worst = i;
    worst_found = value;
    worst_expected = want;
  }
  if (outside == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "the output \"%s\" is not what %s says: %d of %d values are outside the tolerance (%g + %g x "
      "|expected|); the worst is element %d: expected %.8g, found %.8g",
      spec.name, expected.source, outside, elements, tolerance.atol, tolerance.rtol, worst,
      worst_expected, worst_found));
}

}  // namespace graft::plugin
