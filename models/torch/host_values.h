// What forward takes and gives, as the host sees it: tensors within nested results, plain memory,
// texts for messages.
//
//   ForEachTensor(result, [&](const at::Tensor& tensor) { Copy(Plain(tensor)); });
//
// Threads: free functions without state. For .cc files of models/torch and models/architecture
// only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_HOST_VALUES_H_
#define GRAFT_MODELS_TORCH_HOST_VALUES_H_

#include <ATen/ATen.h>
#include <ATen/core/ivalue.h>

#include <algorithm>
#include <string>
#include <vector>

#include "models/tensor/tensor_spec.h"

namespace graft::models {

struct NamedTensor {
  std::string name;  // of a dictionary's entry or a named tuple's field; may be empty
  at::Tensor tensor;
};

// Every tensor in `value`, in order. Numbers, texts and None are passed over.
void Flatten(const c10::IValue& value, const std::string& name, std::vector<NamedTensor>* out);

// Calls visit(tensor) for every tensor in `value`; returns how many. Without allocation for the
// usual results: a tensor, a tuple of tensors.
template <typename Visit>
size_t ForEachTensor(const c10::IValue& value, Visit visit) {
  if (value.isTensor()) {
    visit(value.toTensor());
    return 1;
  }
  if (value.isTuple()) {
    const auto& elements = value.toTupleRef().elements();
    const auto is_tensor = [](const c10::IValue& element) { return element.isTensor(); };
    if (std::all_of(elements.begin(), elements.end(), is_tensor)) {
      for (const c10::IValue& element : elements) visit(element.toTensor());
      return elements.size();
    }
  }
  std::vector<NamedTensor> tensors;
  Flatten(value, "", &tensors);
  for (const NamedTensor& named : tensors) visit(named.tensor);
  return tensors.size();
}

// Strided, on the CPU, without lazy sign or conjugation: what memcpy understands.
at::Tensor Plain(at::Tensor tensor);
// Is it that already, and contiguous?
bool IsPlain(const at::Tensor& tensor);

// "[3, 64, 64]"
std::string ShapeText(at::IntArrayRef sizes);
// "float32"
std::string TypeText(c10::ScalarType type);
// "obs: float32 [agents, 48], mask: bool [agents, 4]"
std::string SpecsText(const std::vector<TensorSpec>& specs);

// May a model's output of this kind be handed out as that one?
bool Converts(c10::ScalarType from, c10::ScalarType to);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_HOST_VALUES_H_
