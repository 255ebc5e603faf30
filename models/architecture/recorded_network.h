// A network as it was recorded for one version, for the versions after it: what its source gave
// does not depend on the file, so the next file's weights take the places of this one's.
//
//   if (prior->IsCurrent()) ...                                      // no source has changed
//   std::shared_ptr<torch::jit::Graph> graph = prior->Instantiate(values);    // null: record anew
//
// Most weights stand in the graph as they are, and are exchanged. Where recording computed with a
// weight, or looked at it, the result is in the graph and not the weight: then that weight must be
// what it was, or the network is recorded anew. Nothing is guessed.
//
// Threads: immutable once made. Ownership: shared; holds the tensors that no file gives and those
// that were looked at, and none of the others. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_RECORDED_NETWORK_H_
#define GRAFT_MODELS_ARCHITECTURE_RECORDED_NETWORK_H_

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/architecture/forward_inputs.h"
#include "models/architecture/network.h"
#include "models/architecture/recorder.h"
#include "models/binding/weight_plan.h"
#include "models/python/source_tree.h"
#include "models/torch/tensor_pool.h"

namespace graft::models::architecture {

class RecordedNetwork {
 public:
  // `forward` and `recorder`: right after RecordForward; `values`: what ReadWeights gave.
  static std::shared_ptr<const RecordedNetwork> Make(
      std::vector<NetworkTensor> tensors, const WeightPlan& plan,
      const std::vector<at::Tensor>& values, const Recorder& recorder, RecordedForward forward,
      std::vector<TensorSpec> inputs, std::vector<python::SourceStamp> sources, TensorPool& pool);

  // Every source is the file that it was.
  bool IsCurrent() const;
  // True when the same tensors are given, and the same left to the network, as when it was
  // recorded.
  bool Fits(const WeightPlan& plan) const;
  // The graph before it is folded, with these values for its tensors; null when one of them
  // was looked at while it was recorded and has changed. @pre Fits
  std::shared_ptr<torch::jit::Graph> Instantiate(const std::vector<at::Tensor>& values,
                                                 const TensorPool& pool) const;

  // Their `tensor` is null: the evaluator is gone.
  const std::vector<NetworkTensor>& tensors() const { return tensors_; }
  const std::vector<TensorSpec>& inputs() const { return inputs_; }
  // Its graph is the one before folding.
  const RecordedForward& forward() const { return forward_; }

 private:
  RecordedNetwork() = default;

  std::vector<NetworkTensor> tensors_;
  std::vector<PlannedTensor::Fate> fates_;
  // Of tensors that were looked at; nullopt: was not.
  std::vector<std::optional<TensorPool::Key>> looked_at_;
  RecordedForward forward_;
  std::vector<TensorSpec> inputs_;
  std::vector<python::SourceStamp> sources_;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_RECORDED_NETWORK_H_
