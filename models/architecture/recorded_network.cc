#include "models/architecture/recorded_network.h"

#include <ATen/ATen.h>

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"

namespace graft::models::architecture {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;

// From a file or from the version before: it makes no difference to the graph.
bool IsGiven(PlannedTensor::Fate fate) {
  return fate == PlannedTensor::Fate::kBound || fate == PlannedTensor::Fate::kKept;
}

}  // namespace

std::shared_ptr<const RecordedNetwork> RecordedNetwork::Make(
    std::vector<NetworkTensor> tensors, const WeightPlan& plan,
    const std::vector<at::Tensor>& values, const Recorder& recorder, RecordedForward forward,
    std::vector<TensorSpec> inputs, std::vector<python::SourceStamp> sources, TensorPool& pool) {
  std::shared_ptr<RecordedNetwork> made(new RecordedNetwork());
  // Recording numbered the weights by their tensors; from here on they are counted.
  absl::flat_hash_map<int64_t, int64_t> index_of;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TensorData& root = tensors[i].tensor->data().Root();
    const bool is_given = values[i].defined();
    const bool was_looked_at = is_given && recorder.WasLookedAt(root);
    // What was looked at may have been changed too: its constant stays as it is.
    if (is_given && !was_looked_at) index_of.emplace(root.ordinal, static_cast<int64_t>(i));
    made->looked_at_.push_back(was_looked_at ? std::optional(pool.KeyOf(values[i])) : std::nullopt);
    made->fates_.push_back(plan.tensors[i].fate);
  }
  for (Node* node : forward.graph.graph->block()->nodes()) {
    if (!node->hasAttribute(kWeightMark)) continue;
    const auto found = index_of.find(node->i(kWeightMark));
    if (found == index_of.end()) {
      node->removeAttribute(kWeightMark);  // the same for every version
    } else {
      node->i_(kWeightMark, found->second);
      // The file's tensor is not held alive for its place.
      node->t_(c10::attr::value, at::empty({0}, values[found->second].options()));
    }
  }
  for (NetworkTensor& tensor : tensors) tensor.tensor = nullptr;
  made->tensors_ = std::move(tensors);
  made->forward_ = std::move(forward);
  made->inputs_ = std::move(inputs);
  made->sources_ = std::move(sources);
  return made;
}

bool RecordedNetwork::IsCurrent() const {
  return absl::c_all_of(sources_,
                        [](const python::SourceStamp& source) { return source.IsUnchanged(); });
}

bool RecordedNetwork::Fits(const WeightPlan& plan) const {
  return absl::c_equal(plan.tensors, fates_, [](const PlannedTensor& now, const auto& then) {
    // What is filled in part is part of the network's own.
    return (now.fate == then && then != PlannedTensor::Fate::kSliced) ||
           (IsGiven(now.fate) && IsGiven(then));
  });
}

std::shared_ptr<Graph> RecordedNetwork::Instantiate(const std::vector<at::Tensor>& values,
                                                    const TensorPool& pool) const {
  for (size_t i = 0; i < values.size(); ++i) {
    if (looked_at_[i] && *looked_at_[i] != pool.KeyOf(values[i])) return nullptr;
  }
  std::shared_ptr<Graph> graph = forward_.graph.graph->copy();
  Block* block = graph->block();
  for (auto it = block->nodes().begin(); it != block->nodes().end();) {
    Node* node = *it++;  // the node goes
    if (!node->hasAttribute(kWeightMark)) continue;
    torch::jit::WithInsertPoint before(node);
    node->output()->replaceAllUsesWith(graph->insertConstant(values[node->i(kWeightMark)]));
    node->destroy();
  }
  return graph;
}

}  // namespace graft::models::architecture
