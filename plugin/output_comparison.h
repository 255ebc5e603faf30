// One output of a forward beside what was expected of it, value by value.
//
//   ExpectedOutput expected{DType::kFloat32, data, "golden.safetensors"};
//   absl::Status status = CompareOutput(spec, found, rows * spec.RowElements(), expected, {1e-4,
//   0});
//
// Threads: a free function without state.
#ifndef GRAFT_PLUGIN_OUTPUT_COMPARISON_H_
#define GRAFT_PLUGIN_OUTPUT_COMPARISON_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/manifest/swap_policy.h"
#include "models/tensor/dtype.h"
#include "models/tensor/tensor_spec.h"

namespace graft::plugin {

struct ExpectedOutput {
  models::DType dtype = models::DType::kFloat32;
  const uint8_t* data = nullptr;  // as many elements as were found
  absl::string_view source;       // whose values they are, for the error
};

// found: `elements` of spec.dtype. Equal values fit, NaN fits NaN; others fit within the tolerance.
// Error: kInvalidArgument with how many do not, and the worst.
absl::Status CompareOutput(const models::TensorSpec& spec, const uint8_t* found, int64_t elements,
                           const ExpectedOutput& expected, models::SwapPolicy::Tolerance tolerance);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_OUTPUT_COMPARISON_H_
