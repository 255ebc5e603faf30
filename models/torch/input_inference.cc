#include "models/torch/input_inference.h"

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/constants.h>

#include <set>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

using torch::jit::Node;
using torch::jit::Use;
using torch::jit::Value;

// Operators that give a tensor of their first input's shape, or of its rows made flat.
const absl::flat_hash_set<std::string>& ShapeKeepers() {
  static const auto* const names = new absl::flat_hash_set<std::string>{
      "aten::abs",        "aten::batch_norm", "aten::clamp",   "aten::clamp_",
      "aten::clamp_max",  "aten::clamp_min",  "aten::clip",    "aten::clone",
      "aten::contiguous", "aten::cos",        "aten::detach",  "aten::dropout",
      "aten::elu",        "aten::exp",        "aten::flatten", "aten::gelu",
      "aten::hardtanh",   "aten::leaky_relu", "aten::log",     "aten::log1p",
      "aten::nan_to_num", "aten::neg",        "aten::relu",    "aten::relu_",
      "aten::reshape",    "aten::sigmoid",    "aten::sign",    "aten::silu",
      "aten::sin",        "aten::softplus",   "aten::sqrt",    "aten::square",
      "aten::tanh",       "aten::to",         "aten::type_as", "aten::view",
      "aten::float",      "aten::half",       "aten::double",  "aten::pow",
      "aten::alias",      "aten::rsqrt",      "aten::view_as"};
  return *names;
}

const absl::flat_hash_set<std::string>& Elementwise() {
  static const auto* const names = new absl::flat_hash_set<std::string>{
      "aten::add",  "aten::add_",  "aten::sub",   "aten::sub_",       "aten::mul",
      "aten::mul_", "aten::div",   "aten::div_",  "aten::maximum",    "aten::minimum",
      "aten::rsub", "aten::where", "aten::atan2", "aten::true_divide"};
  return *names;
}

std::optional<at::Tensor> ConstantTensor(const Value* value) {
  const std::optional<c10::IValue> constant = torch::jit::toIValue(value);
  if (!constant || !constant->isTensor() || !constant->toTensor().defined()) return std::nullopt;
  return constant->toTensor();
}

class InputWalk {
 public:
  explicit InputWalk(const Value* input) { pending_.push_back(input); }

  InferredInput Walk() {
    while (!pending_.empty() && !found_.features && !found_.is_index) {
      const Value* value = pending_.back();
      pending_.pop_back();
      if (!seen_.insert(value).second) continue;
      for (const Use& use : value->uses()) {
        Look(use);
        if (found_.features || found_.is_index) break;
      }
    }
    if (!found_.features && !found_.is_index && found_.obstacle.empty()) {
      found_.obstacle = "no layer that it reaches fixes its number of features";
    }
    return found_;
  }

 private:
  void Look(const Use& use) {
    const Node* node = use.user;
    const std::string name = node->kind().toQualString();
    if (name == "aten::linear" && use.offset == 0) {
      TakeDimension(node->input(1), 1, 2);
    } else if ((name == "aten::matmul" || name == "aten::mm") && use.offset == 0) {
      TakeDimension(node->input(1), 0, 2);
    } else if (name == "aten::addmm" && use.offset == 1) {
      TakeDimension(node->input(2), 0, 2);
    } else if (name == "aten::embedding" && use.offset == 1) {
      found_.is_index = true;
    } else if (name == "aten::layer_norm" && use.offset == 0) {
      const std::optional<c10::IValue> shape = torch::jit::toIValue(node->input(1));
      if (shape && shape->isIntList() && shape->toIntVector().size() == 1) {
        found_.features = shape->toIntVector()[0];
      }
    } else if (name.find("conv") != std::string::npos && use.offset == 0) {
      Note("its first layer is a convolution, which takes images of any size");
    } else if (name == "aten::lstm" || name == "aten::gru" || name == "aten::rnn_tanh" ||
               name == "aten::rnn_relu") {
      Note("its first layer is recurrent, which takes sequences of any length");
    } else if (name == "aten::cat" || name == "prim::ListConstruct") {
      Note("it is joined with others before the first layer");
    } else if (Elementwise().contains(name)) {
      for (size_t i = 0; i < node->inputs().size(); ++i) {
        if (i != use.offset) TakeBroadcast(node->input(i));
      }
      Follow(node);
    } else if (ShapeKeepers().contains(name) && use.offset == 0) {
      Follow(node);
    }
  }

  void TakeDimension(const Value* weight, int64_t dimension, int64_t rank) {
    const std::optional<at::Tensor> tensor = ConstantTensor(weight);
    if (tensor && tensor->dim() == rank) found_.features = tensor->size(dimension);
  }

  // (x - mean) / std with a mean for each feature.
  void TakeBroadcast(const Value* operand) {
    const std::optional<at::Tensor> tensor = ConstantTensor(operand);
    if (!tensor) return;
    const bool is_row = tensor->dim() == 1 || (tensor->dim() == 2 && tensor->size(0) == 1);
    if (is_row && tensor->size(-1) > 1) found_.features = tensor->size(-1);
  }

  void Note(std::string obstacle) {
    if (found_.obstacle.empty()) found_.obstacle = std::move(obstacle);
  }

  void Follow(const Node* node) {
    if (node->outputs().size() == 1) pending_.push_back(node->output());
  }

  std::vector<const Value*> pending_;
  std::set<const Value*> seen_;
  InferredInput found_;
};

}  // namespace

InferredInput InferInput(const Value* input) { return InputWalk(input).Walk(); }

}  // namespace graft::models
