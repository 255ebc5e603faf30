// What a version of a model leaves to the versions after it: the tensors that "freeze" names, and
// its network as it was recorded.
//
//   SourceModelOptions options;
//   options.prior = earlier.prior;       // of the SourceModel before
//
// Threads: immutable once a version is made of it. Ownership: shares the memory of the frozen
// tensors. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_PRIOR_VERSION_H_
#define GRAFT_MODELS_ARCHITECTURE_PRIOR_VERSION_H_

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "models/architecture/linear_chain.h"
#include "models/architecture/recorded_network.h"
#include "models/architecture/source_model.h"
#include "models/tensor/dtype.h"
#include "models/tensor/tensor_spec.h"

namespace graft::models {

// Frozen tensors by their names. The same memory in every version.
class KeptTensors {
 public:
  void Add(std::string name, at::Tensor tensor) {
    tensors_.insert_or_assign(std::move(name), std::move(tensor));
  }

  // nullptr: not kept.
  const at::Tensor* Find(absl::string_view name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
  }

 private:
  absl::flat_hash_map<std::string, at::Tensor> tensors_;
};

class PriorVersion {
 public:
  KeptTensors kept;
  FreezeTotals freeze;
  // null: the network came out of the file itself, or nothing is shared.
  std::shared_ptr<const architecture::RecordedNetwork> recorded;
  // What it was recorded for.
  std::vector<architecture::ChainedLayer> chain;  // of "mlp": read off the file
  DType precision = DType::kFloat32;
  std::vector<TensorSpec> declared_inputs;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_ARCHITECTURE_PRIOR_VERSION_H_
