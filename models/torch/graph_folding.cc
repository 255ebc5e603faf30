#include "models/torch/graph_folding.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/fold_conv_bn.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/torch/graph_nodes.h"
#include "models/torch/weight_memory.h"

namespace graft::models {
namespace {

using torch::jit::ConvBNParameters;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Arguments of aten::convNd and aten::batch_norm (aten/src/ATen/native/native_functions.yaml).
constexpr size_t kConvWeight = 1;
constexpr size_t kConvBias = 2;
constexpr size_t kNormWeight = 1;
constexpr size_t kNormBias = 2;
constexpr size_t kNormMean = 3;
constexpr size_t kNormVariance = 4;
constexpr size_t kNormTraining = 5;
constexpr size_t kNormEpsilon = 7;

bool IsConvolution(const Node* node) {
  return node->kind() == c10::aten::conv1d || node->kind() == c10::aten::conv2d ||
         node->kind() == c10::aten::conv3d;
}

// An optional tensor that is constant: undefined for None. nullopt: not constant.
std::optional<at::Tensor> ConstantTensor(const Value* value) {
  const std::optional<c10::IValue> constant = torch::jit::toIValue(value);
  if (!constant) return std::nullopt;
  if (constant->isNone()) return at::Tensor();
  if (!constant->isTensor()) return std::nullopt;
  return constant->toTensor();
}

// A convolution whose only reader is a batch norm, all parameters of both constant.
struct FoldedPair {
  Node* convolution = nullptr;
  Node* norm = nullptr;
  ConvBNParameters parameters;

  static std::optional<FoldedPair> Match(Node* norm) {
    if (norm->kind() != c10::aten::batch_norm) return std::nullopt;
    Node* convolution = norm->input(0)->node();
    if (!IsConvolution(convolution) || convolution->output()->uses().size() != 1 ||
        convolution->owningBlock() != norm->owningBlock()) {
      return std::nullopt;
    }
    const auto weight = ConstantTensor(convolution->input(kConvWeight));
    const auto bias = ConstantTensor(convolution->input(kConvBias));
    const auto norm_weight = ConstantTensor(norm->input(kNormWeight));
    const auto norm_bias = ConstantTensor(norm->input(kNormBias));
    const auto mean = ConstantTensor(norm->input(kNormMean));
    const auto variance = ConstantTensor(norm->input(kNormVariance));
    const auto training = torch::jit::constant_as<bool>(norm->input(kNormTraining));
    const auto epsilon = torch::jit::constant_as<double>(norm->input(kNormEpsilon));
    if (!weight || !weight->defined() || !bias || !norm_weight || !norm_bias || !mean ||
        !mean->defined() || !variance || !variance->defined() || !training || *training ||
        !epsilon) {
      return std::nullopt;
    }
    ConvBNParameters parameters;
    parameters.conv_w = *weight;
    parameters.conv_b = *bias;
    parameters.bn_rm = *mean;
    parameters.bn_rv = *variance;
    parameters.bn_eps = *epsilon;
    parameters.bn_w = *norm_weight;
    parameters.bn_b = *norm_bias;
    return FoldedPair{convolution, norm, std::move(parameters)};
  }

  // What is not there means: no bias, no scaling.
  std::pair<at::Tensor, at::Tensor> Compute() const {
    ConvBNParameters full = parameters;
    if (!full.conv_b.defined()) full.conv_b = at::zeros(full.bn_rm.sizes(), full.conv_w.options());
    if (!full.bn_w.defined()) full.bn_w = at::ones_like(full.bn_rm);
    if (!full.bn_b.defined()) full.bn_b = at::zeros_like(full.bn_rm);
    const at::Tensor scale = full.bn_w * at::rsqrt(full.bn_rv + full.bn_eps);
    at::Tensor bias =
        ((full.conv_b - full.bn_rm) * scale + full.bn_b).to(full.conv_b.scalar_type());
    at::DimVector of_channels(full.conv_w.dim(), 1);
    of_channels[0] = -1;
    at::Tensor weight = EmptyWeightsLike(full.conv_w);
    at::mul_out(weight, full.conv_w, scale.reshape(of_channels));
    return {std::move(weight), std::move(bias)};
  }

  std::pair<at::Tensor, at::Tensor> ComputeOrFind(TensorPool* pool) const {
    if (pool == nullptr) return Compute();
    const auto key_of = [pool](const at::Tensor& tensor) {
      return tensor.defined() ? pool->KeyOf(tensor) : TensorPool::Key{};
    };
    const std::vector<TensorPool::Key> from = {key_of(parameters.conv_w), key_of(parameters.conv_b),
                                               key_of(parameters.bn_rm),  key_of(parameters.bn_rv),
                                               key_of(parameters.bn_w),   key_of(parameters.bn_b)};
    const std::string how = absl::StrFormat("batch norm folded, eps %.17g", parameters.bn_eps);
    const auto weight_key = TensorPool::Derived(absl::StrCat(how, ", weight"), from);
    const auto bias_key = TensorPool::Derived(absl::StrCat(how, ", bias"), from);
    std::pair<at::Tensor, at::Tensor> folded = {pool->Find(weight_key), pool->Find(bias_key)};
    if (folded.first.defined() && folded.second.defined()) return folded;
    folded = Compute();
    pool->Add(weight_key, folded.first);
    pool->Add(bias_key, folded.second);
    return folded;
  }

  void Apply(Graph& graph, TensorPool* pool) const {
    auto [weight, bias] = ComputeOrFind(pool);
    torch::jit::WithInsertPoint before(convolution);
    Replace(graph, kConvWeight, weight);
    Replace(graph, kConvBias, bias);
    norm->output()->replaceAllUsesWith(convolution->output());
    norm->destroy();
  }

 private:
  // A weight goes with its last reader: of a whole network the folded weights and the others
  // would be in memory at the same time.
  void Replace(Graph& graph, size_t input, const at::Tensor& tensor) const {
    Node* const old = convolution->input(input)->node();
    convolution->replaceInput(input, graph.insertConstant(tensor));
    if (old->kind() == torch::jit::prim::Constant && !old->hasUses()) old->destroy();
  }
};

}  // namespace

void FoldGraph(std::shared_ptr<Graph>& graph, TensorPool* pool) {
  ForEachNode(*graph, [&](Node* node) {
    if (const std::optional<FoldedPair> pair = FoldedPair::Match(node)) pair->Apply(*graph, pool);
  });
  torch::jit::OptimizeFrozenGraph(graph);
}

}  // namespace graft::models
