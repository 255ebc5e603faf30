// The session in which a network is built and its forward is recorded as a graph.
//
//   Recorder recorder({.device = c10::Device("cuda:0")});
//   DefineGraftModule(evaluator, recorder);                 // graft_module.h
//   absl::Status status = evaluator.Guard([&] {
//     Value net = evaluator.Call(cls, {});                  // nothing is recorded yet
//     recorder.Start(evaluator);
//     Value x = recorder.AddInput(evaluator, "obs", at::kFloat, {48});
//     graph = recorder.Finish(evaluator, evaluator.Call(net, {x}));    // net(x)
//   });
//
// While it records, operations on what depends on the inputs become nodes; all others are computed
// at once, by LibTorch on the CPU, under inference mode with one intra-op thread.
//
// Threads: one evaluator's. Ownership: the graph is shared; it holds the constants that it needs.
// Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_RECORDER_H_
#define GRAFT_MODELS_ARCHITECTURE_RECORDER_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "models/architecture/module_calls.h"
#include "models/architecture/operator_family.h"
#include "models/architecture/recorded_graph.h"
#include "models/architecture/tensor_data.h"
#include "models/architecture/tensor_object.h"
#include "models/architecture/torch_types.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

struct RecorderOptions {
  // Where the graph will run; x.device says so. What is computed while recording is computed on the
  // CPU.
  c10::Device device = c10::Device(c10::DeviceType::CPU);
  // What zeros(), ones() and the like make in forward when float32 is asked for, or nothing; and
  // what is cast to where kinds are mixed. Weights must have it already.
  c10::ScalarType compute_type = c10::ScalarType::Float;
  // Initial weights are drawn from it.
  uint64_t seed = 0;
  // Of all constants that are computed.
  size_t max_constant_bytes = size_t{8} << 30;
};

// On the node of a constant of the recorded graph: which of the network's tensors it is.
inline const c10::Symbol kWeightMark = c10::Symbol::attr("weight");

// On a node that no result may depend on: the number of its refusal.
inline const c10::Symbol kRefusalMark = c10::Symbol::attr("refusal");

class Recorder {
 public:
  explicit Recorder(RecorderOptions options) : options_(options) {}
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  const RecorderOptions& options() const { return options_; }
  // Before recording: the network's own precision is another.
  void SetComputeType(c10::ScalarType type) { options_.compute_type = type; }

  // --- Recording ---------------------------------------------------------------------------------
  // Begins a new graph. Every tensor made before belongs to the network: forward must not change
  // it.
  void Start(python::Evaluator& ev);
  // [agents, row_shape...]. A dimension that is not the agents is fixed.
  TensorObject* AddInput(python::Evaluator& ev, absl::string_view name, c10::ScalarType dtype,
                         at::IntArrayRef row_shape);
  // Ends the graph with every tensor in `result`: tuples, lists, dictionaries, named tuples and
  // instances that are like them. Raises when there is none.
  RecordedGraph Finish(python::Evaluator& ev, python::Value result);
  bool recording() const { return graph_ != nullptr; }
  // Of a value of the graph: Finish raises, with this place, when a result depends on it.
  void RefuseIfUsed(python::Evaluator& ev, TensorData& data, absl::string_view what,
                    absl::string_view instead);
  // What inputs are recorded with: kTrialAgents, or {n, n}: forward as it is for n agents.
  void set_trial_agents(std::array<int64_t, 2> agents) { trial_agents_ = agents; }

  // `if x.shape[0] != 1`: a branch that one number of agents takes and all others do not, or the
  // other way round. Sources have such ones where a dimension of 1 is stretched anyway. Where they
  // are allowed they are decided as for the others, and the first for each number is kept as the
  // error that it would have been: for whoever finds that the graph is wrong for so many agents
  // (few_agents_check.h).
  struct ExceptionalBranch {
    int64_t agents = 0;
    python::Raised error;
  };
  static constexpr int64_t kMostExceptionalAgents = 16;
  static constexpr size_t kMostExceptions = 4;
  void AllowExceptionalBranches() { allows_exceptional_branches_ = true; }
  // False: a branch on so many agents is not allowed, or one too much.
  bool NoteBranch(int64_t agents, const python::Raised& error);
  const std::vector<ExceptionalBranch>& exceptional_branches() const { return branches_; }

  // Around every module's forward: see module_calls.h.
  ModuleCalls& module_calls() { return module_calls_; }

  // --- For the other files of this room ----------------------------------------------------------
  const TorchTypes& types(python::Evaluator& ev);
  const OperatorFamily& Family(absl::string_view name);

  // A constant that is not computed before it is read.
  std::shared_ptr<TensorData> Pending(at::Tensor meta, double initial);
  // A tensor object of class Tensor.
  TensorObject* NewTensor(python::Evaluator& ev, std::shared_ptr<TensorData> data);

  torch::jit::Graph& graph() { return *graph_; }
  // A node at the end of the graph. Raises when LibTorch knows no such operator.
  torch::jit::Node* Emit(python::Evaluator& ev, c10::Symbol kind,
                         at::ArrayRef<torch::jit::Value*> inputs,
                         at::ArrayRef<c10::TypePtr> outputs);
  // The value of a constant; equal ones once.
  torch::jit::Value* Constant(python::Evaluator& ev, const c10::IValue& constant);
  // The value of a tensor, traced or constant. The node of a network's tensor as a whole carries
  // its ordinal as kWeightMark.
  torch::jit::Value* Use(python::Evaluator& ev, TensorData& data);
  void NoteInputWrite(size_t input) { writes_input_[input] = true; }

  // True for tensors that were there when recording began.
  bool BelongsToNetwork(const TensorData& data) const {
    return recording() && data.ordinal < first_recorded_ordinal_;
  }
  uint64_t NextOrdinal() { return next_ordinal_++; }
  // While it records, the elements of a network's tensor were computed with: the graph depends on
  // them otherwise than by holding them.
  void NoteLook(const TensorData& root) {
    if (BelongsToNetwork(root)) looked_at_.insert(root.ordinal);
  }
  bool WasLookedAt(const TensorData& root) const { return looked_at_.contains(root.ordinal); }
  uint64_t SeedFor(uint64_t ordinal) const;
  void SetSeed(uint64_t seed);
  // Raises MemoryError when the constants become too many.
  void Charge(python::Evaluator& ev, const at::Tensor& computed);

  // Operators that were found to compute nothing without elements.
  absl::flat_hash_set<const torch::jit::Operator*>& without_meta() { return without_meta_; }

  // The class of an operator's named tuples; null at first.
  python::ClassObject*& result_class(absl::string_view name) { return result_classes_[name]; }
  // Bound methods of tensors are made of these; by name.
  absl::flat_hash_map<std::string, python::Value>& methods() { return methods_; }

 private:
  // The memory that a tensor shows, and how.
  // Two tensors of a network that show the same memory in one version may not in the next: the
  // ordinal of a network's tensor keeps them apart, and is 0 for others.
  using TensorKey = std::tuple<uint64_t, const void*, int64_t, std::vector<int64_t>,
                               std::vector<int64_t>, c10::ScalarType>;

  RecorderOptions options_;
  TorchTypes types_;
  absl::flat_hash_map<std::string, std::unique_ptr<OperatorFamily>> families_;
  absl::flat_hash_map<std::string, python::Value> methods_;
  absl::flat_hash_map<std::string, python::ClassObject*> result_classes_;
  absl::flat_hash_set<const torch::jit::Operator*> without_meta_;
  ModuleCalls module_calls_;

  std::vector<std::weak_ptr<TensorData>>
      pending_;  // recipes refer to their tensors: cut at the end

  uint64_t seed_ = options_.seed;
  uint64_t seed_base_ = 0;  // the ordinal of the first tensor after the seed was set
  uint64_t next_ordinal_ = 0;
  uint64_t first_recorded_ordinal_ = 0;
  size_t constant_bytes_ = 0;

  bool allows_exceptional_branches_ = false;
  std::vector<ExceptionalBranch> branches_;  // of the last recording

  std::array<int64_t, 2> trial_agents_ = kTrialAgents;
  std::shared_ptr<torch::jit::Graph> graph_;
  std::vector<std::string> inputs_;
  std::vector<bool> writes_input_;
  std::vector<python::Raised> refused_;  // by the number on the nodes that are
  std::map<TensorKey, torch::jit::Value*> tensor_constants_;
  absl::flat_hash_set<uint64_t> looked_at_;  // ordinals of the network's tensors
  absl::flat_hash_map<int64_t, torch::jit::Value*> int_constants_;
  absl::flat_hash_map<bool, torch::jit::Value*> bool_constants_;
  torch::jit::Value* none_constant_ = nullptr;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_RECORDER_H_
