// What a host without Graft would write around LibTorch, to compare with: torch::jit::load, eval,
// freeze, and module.forward under inference mode with one intra-op thread.
//
//   auto bare = BareForward::Load("walker.pt", "cpu", schema.inputs, /*rows=*/256);
//   int64_t ns = (*bare)->Run().value();
//
// For benchmarks only: the file is trusted as LibTorch trusts it. Threads: one at a time.
#ifndef GRAFT_MODELS_TORCH_BARE_FORWARD_H_
#define GRAFT_MODELS_TORCH_BARE_FORWARD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tensor/tensor_spec.h"

namespace graft::models {

class BareForward {
 public:
  // The inputs are random, made once: [rows, ...] of each spec.
  static absl::StatusOr<std::unique_ptr<BareForward>> Load(const std::string& path,
                                                           const std::string& device,
                                                           const std::vector<TensorSpec>& inputs,
                                                           uint32_t rows);
  virtual ~BareForward() = default;

  // One forward; the nanoseconds it took, results on the CPU included. Errors: LibTorch's.
  virtual absl::StatusOr<int64_t> Run() = 0;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_BARE_FORWARD_H_
