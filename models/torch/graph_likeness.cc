#include "models/torch/graph_likeness.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/canonicalize.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/torch/graph_nodes.h"

namespace graft::models {
namespace {

using torch::jit::Node;

// A text of a constant with tensors in it, without what their elements are; false: there is none.
bool Describe(const c10::IValue& value, std::string* text) {
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    if (!tensor.defined()) {
      absl::StrAppend(text, "undefined;");
      return true;
    }
    if (tensor.layout() != at::kStrided || tensor.is_quantized()) return false;
    absl::StrAppend(text, c10::toString(tensor.scalar_type()), "[",
                    absl::StrJoin(tensor.sizes(), ","), "/", absl::StrJoin(tensor.strides(), ","),
                    "]", tensor.device().str(), ";");
    if (at::isFloatingType(tensor.scalar_type()) || tensor.numel() == 0) return true;
    const at::Tensor plain = tensor.cpu().contiguous();
    text->append(static_cast<const char*>(plain.const_data_ptr()), plain.nbytes());
    return true;
  }
  if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) {
      if (!Describe(tensor, text)) return false;
    }
    absl::StrAppend(text, "list;");
    return true;
  }
  if (value.isTuple()) {
    for (const c10::IValue& item : value.toTupleRef().elements()) {
      if (!Describe(item, text)) return false;
    }
    absl::StrAppend(text, "tuple;");
    return true;
  }
  if (value.isNone() || value.isInt() || value.isDouble() || value.isBool() || value.isString()) {
    absl::StrAppend(text, value.tagKind(), c10::str(value), ";");
    return true;
  }
  return false;
}

}  // namespace

std::optional<TensorPool::Key> LikenessOf(const std::shared_ptr<torch::jit::Graph>& graph) {
  // A copy whose values are numbered in their order.
  const std::shared_ptr<torch::jit::Graph> plain =
      torch::jit::Canonicalize(graph, /*keep_unique_names=*/false);
  std::string constants;
  const bool known = AllNodes(*plain, [&constants](Node* node) {
    // Attributes that freezing left may be written, and hold what the text does not show.
    if (node->kind() == torch::jit::prim::GetAttr) return false;
    if (node->kind() != torch::jit::prim::Constant) return true;
    const std::optional<c10::IValue> value = torch::jit::toIValue(node->output());
    if (!value || value->isObject()) return false;
    if (!HoldsTensors(*value)) return true;  // its text says it all
    if (!Describe(*value, &constants)) return false;
    node->removeAttribute(torch::jit::attr::value);
    return true;
  });
  if (!known) return std::nullopt;
  return TensorPool::Derived(
      absl::StrCat(plain->toString(/*print_source_locations=*/false), constants), {});
}

}  // namespace graft::models
