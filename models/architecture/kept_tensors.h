// The tensors that a model keeps over all its versions: those that "freeze" names.
//
//   auto kept = std::make_shared<KeptTensors>();
//   kept->Add("backbone.conv.weight", tensor);
//   const at::Tensor* again = kept->Find("backbone.conv.weight");   // in the next version
//
// Threads: immutable once a version is made of it. Ownership: shares the tensors' memory. Includes
// LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_KEPT_TENSORS_H_
#define GRAFT_MODELS_ARCHITECTURE_KEPT_TENSORS_H_

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace graft::models {

class KeptTensors {
 public:
  void Add(std::string name, at::Tensor tensor) { tensors_[std::move(name)] = std::move(tensor); }

  // nullptr: not kept.
  const at::Tensor* Find(absl::string_view name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
  }

 private:
  absl::flat_hash_map<std::string, at::Tensor> tensors_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_ARCHITECTURE_KEPT_TENSORS_H_
