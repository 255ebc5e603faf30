#include "plugin/golden_check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "models/file/element_value.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"

namespace graft::plugin {
namespace {

using models::SafetensorsFile;
using models::SafetensorsTensor;
using models::TensorSpec;

const SafetensorsTensor* FindTensor(const SafetensorsFile& file, const TensorSpec& spec,
                                    absl::string_view prefix, size_t index) {
  const SafetensorsTensor* found = file.Find(spec.name);
  return found != nullptr ? found : file.Find(absl::StrCat(prefix, index));
}

// Rows of a tensor that has the spec's shape; none: it has another.
std::optional<int64_t> RowsOf(const SafetensorsTensor& tensor, const TensorSpec& spec) {
  const bool fits =
      tensor.shape.size() == spec.shape.size() && tensor.shape[0] >= 1 &&
      std::equal(tensor.shape.begin() + 1, tensor.shape.end(), spec.shape.begin() + 1);
  if (!fits) return std::nullopt;
  return tensor.shape[0];
}

absl::Status DoesNotFit(const GoldenValues& golden, const SafetensorsTensor& tensor,
                        const TensorSpec& spec) {
  return absl::UnavailableError(absl::StrCat(
      golden.path, ": golden values: expected ", spec.DebugString(), ", found \"", tensor.name,
      "\": ", models::DTypeName(tensor.dtype), " [", absl::StrJoin(tensor.shape, ", "), "]"));
}

// The tensor's values as the spec's dtype. False: they are of another kind.
bool CopyAs(const SafetensorsTensor& tensor, const TensorSpec& spec, uint8_t* out) {
  if (tensor.dtype == spec.dtype) {
    std::memcpy(out, tensor.bytes.data(), tensor.bytes.size());
    return true;
  }
  if (!models::IsComputeFloat(spec.dtype)) return false;
  const size_t from_bytes = models::ElementBytes(tensor.dtype);
  const size_t to_bytes = models::ElementBytes(spec.dtype);
  for (size_t i = 0; i < tensor.bytes.size() / from_bytes; ++i) {
    models::StoreElement(
        spec.dtype, models::ElementAsDouble(tensor.dtype, tensor.bytes.data() + i * from_bytes),
        out + i * to_bytes);
  }
  return true;
}

absl::Status CompareOutput(const GoldenValues& golden, const TensorSpec& spec,
                           const std::vector<uint8_t>& found, const SafetensorsTensor* expected) {
  const size_t found_bytes = models::ElementBytes(spec.dtype);
  const size_t elements = found.size() / found_bytes;
  size_t outside = 0;
  size_t worst = 0;
  double worst_excess = -HUGE_VAL;
  double worst_found = 0;
  double worst_expected = 0;
  for (size_t i = 0; i < elements; ++i) {
    const double value = models::ElementAsDouble(spec.dtype, found.data() + i * found_bytes);
    if (expected == nullptr) {
      if (std::isfinite(value)) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("over the golden inputs of %s the output \"%s\" is %g at element %d",
                          golden.path, spec.name, value, i));
    }
    const double want = models::ElementAsDouble(
        expected->dtype, expected->bytes.data() + i * models::ElementBytes(expected->dtype));
    if (value == want || (std::isnan(value) && std::isnan(want))) continue;
    double excess = std::abs(value - want) - golden.atol - golden.rtol * std::abs(want);
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
      spec.name, golden.path, outside, elements, golden.atol, golden.rtol, worst, worst_expected,
      worst_found));
}

}  // namespace

absl::Status CheckGolden(const runtime::Executable& executable, const GoldenValues& golden) {
  const auto bytes = models::MapFile(golden.path);
  if (!bytes.ok()) return absl::UnavailableError(bytes.status().message());
  const absl::StatusOr<SafetensorsFile> file =
      SafetensorsFile::Open((*bytes)->bytes(), golden.path);
  if (!file.ok()) return absl::UnavailableError(file.status().message());

  const models::ModelSchema& schema = executable.schema();
  std::optional<int64_t> rows;
  for (size_t i = 0; i < schema.inputs.size(); ++i) {
    const SafetensorsTensor* tensor = FindTensor(*file, schema.inputs[i], "in", i);
    if (tensor == nullptr) continue;
    const std::optional<int64_t> found = RowsOf(*tensor, schema.inputs[i]);
    if (!found || (rows && *rows != *found)) return DoesNotFit(golden, *tensor, schema.inputs[i]);
    rows = found;
  }
  if (!rows) {
    return absl::UnavailableError(
        absl::StrCat(golden.path, ": golden values: no input in it; name them as the model does (",
                     schema.inputs.front().name, " ...) or in0, in1 ..."));
  }
  std::vector<std::vector<uint8_t>> inputs;
  std::vector<std::vector<uint8_t>> outputs;
  std::vector<const void*> input_pointers;
  std::vector<void*> output_pointers;
  for (size_t i = 0; i < schema.inputs.size(); ++i) {
    const TensorSpec& spec = schema.inputs[i];
    inputs.emplace_back(static_cast<size_t>(*rows) * spec.RowBytes());
    const SafetensorsTensor* tensor = FindTensor(*file, spec, "in", i);
    if (tensor != nullptr && !CopyAs(*tensor, spec, inputs.back().data())) {
      return DoesNotFit(golden, *tensor, spec);
    }
    input_pointers.push_back(inputs.back().data());
  }
  for (const TensorSpec& spec : schema.outputs) {
    outputs.emplace_back(static_cast<size_t>(*rows) * spec.RowBytes());
    output_pointers.push_back(outputs.back().data());
  }
  if (absl::Status status = executable.Run(*rows, input_pointers, output_pointers); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat("over the golden inputs of ", golden.path, ": ",
                                                    status.message()));
  }
  for (size_t i = 0; i < schema.outputs.size(); ++i) {
    const TensorSpec& spec = schema.outputs[i];
    const SafetensorsTensor* expected = FindTensor(*file, spec, "out", i);
    if (expected != nullptr && RowsOf(*expected, spec) != rows) {
      return DoesNotFit(golden, *expected, spec);
    }
    if (absl::Status status = CompareOutput(golden, spec, outputs[i], expected); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace graft::plugin
