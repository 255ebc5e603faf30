#include "models/architecture/recorder.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/torch_error_at_line.h"

namespace graft::models::architecture {

using python::Evaluator;
using python::Value;

Recorder::~Recorder() {
  for (const std::weak_ptr<TensorData>& weak : pending_) {
    if (const std::shared_ptr<TensorData> data = weak.lock()) data->fills.clear();
  }
}

void Recorder::Start(Evaluator& ev) {
  types(ev);
  graph_ = std::make_shared<torch::jit::Graph>();
  inputs_.clear();
  writes_input_.clear();
  tensor_constants_.clear();
  looked_at_.clear();
  branches_.clear();
  int_constants_.clear();
  bool_constants_.clear();
  refused_.clear();
  none_constant_ = nullptr;
  first_recorded_ordinal_ = next_ordinal_;
}

bool Recorder::NoteBranch(int64_t agents, const python::Raised& error) {
  if (!allows_exceptional_branches_ || agents > kMostExceptionalAgents) return false;
  const bool known =
      std::any_of(branches_.begin(), branches_.end(),
                  [agents](const ExceptionalBranch& one) { return one.agents == agents; });
  if (known) return true;
  if (branches_.size() >= kMostExceptions) return false;
  branches_.push_back({agents, error});
  return true;
}

TensorObject* Recorder::AddInput(Evaluator& ev, absl::string_view name, c10::ScalarType dtype,
                                 at::IntArrayRef row_shape) {
  torch::jit::Value* value = graph_->addInput();
  value->setType(c10::TensorType::get());
  std::array<at::Tensor, 2> meta;
  for (size_t trial = 0; trial < meta.size(); ++trial) {
    std::vector<int64_t> sizes = {trial_agents_[trial]};
    sizes.insert(sizes.end(), row_shape.begin(), row_shape.end());
    meta[trial] =
        AtLine(ev, [&] { return at::empty(sizes, at::TensorOptions(at::kMeta).dtype(dtype)); });
  }
  auto data = TensorData::Traced(value, std::move(meta));
  data->origin = TensorData::Origin::kInput;
  data->input = inputs_.size();
  data->name = std::string(name);
  inputs_.emplace_back(name);
  writes_input_.push_back(false);
  return NewTensor(ev, std::move(data));
}

RecordedGraph Recorder::Finish(Evaluator& ev, Value result) {
  std::vector<NamedResult> results = FlattenResult(ev, result);
  if (results.empty()) {
    ev.Raise(python::ErrorKind::kTypeError,
             absl::StrCat("forward returned no tensor, but ", ev.TypeName(result)));
  }
  RecordedGraph recorded;
  std::vector<torch::jit::Value*> values;
  for (NamedResult& one : results) {
    recorded.outputs.push_back(std::move(one.name));
    values.push_back(Use(ev, one.tensor->data()));
  }
  if (values.size() == 1) {
    graph_->registerOutput(values[0]);
  } else {
    graph_->registerOutput(graph_->insertNode(graph_->createTuple(values))->output());
  }
  recorded.inputs = std::move(inputs_);
  recorded.writes_input = std::move(writes_input_);
  recorded.graph = std::move(graph_);
  graph_ = nullptr;
  AtLine(ev, [&] { Simplify(recorded.graph); });
  for (const torch::jit::Node* node : recorded.graph->nodes()) {
    if (node->hasAttribute(kRefusalMark)) throw refused_[node->i(kRefusalMark)];
  }
  return recorded;
}

void Recorder::RefuseIfUsed(Evaluator& ev, TensorData& data, absl::string_view what,
                            absl::string_view instead) {
  try {
    ev.RaiseNotSupported(what, instead);
  } catch (const python::Raised& refusal) {  // with the place that it is asked for at
    Use(ev, data)->node()->i_(kRefusalMark, static_cast<int64_t>(refused_.size()));
    refused_.push_back(refusal);
  }
}

// --- Parts --------------------------------------------------------------------------------------

const TorchTypes& Recorder::types(Evaluator& ev) {
  if (!types_.defined()) types_.Define(ev, *this);
  return types_;
}

const OperatorFamily& Recorder::Family(absl::string_view name) {
  std::unique_ptr<OperatorFamily>& family = families_[name];
  if (family == nullptr) family = std::make_unique<OperatorFamily>(name);
  return *family;
}

std::shared_ptr<TensorData> Recorder::Pending(at::Tensor meta, double initial) {
  auto data = TensorData::Pending(std::move(meta), initial, NextOrdinal());
  pending_.push_back(data);
  return data;
}

TensorObject* Recorder::NewTensor(Evaluator& ev, std::shared_ptr<TensorData> data) {
  return ev.heap().New<TensorObject>(ev, this, types(ev).tensor, std::move(data));
}

torch::jit::Node* Recorder::Emit(Evaluator& ev, c10::Symbol kind,
                                 at::ArrayRef<torch::jit::Value*> inputs,
                                 at::ArrayRef<c10::TypePtr> outputs) {
  if (graph_ == nullptr) {
    ev.Raise(python::ErrorKind::kRuntimeError,
             "a tensor that depends on the inputs is used after its forward has ended");
  }
  torch::jit::Node* node = graph_->create(kind, inputs, outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) node->outputs()[i]->setType(outputs[i]);
  graph_->insertNode(node);
  if (node->maybeOperator() == nullptr) {
    ev.RaiseNotSupported(absl::StrCat(kind.toQualString(), " with these arguments"));
  }
  return node;
}

torch::jit::Value* Recorder::Constant(Evaluator& ev, const c10::IValue& constant) {
  const auto insert = [&] { return AtLine(ev, [&] { return graph_->insertConstant(constant); }); };
  torch::jit::Value** known = nullptr;
  if (constant.isNone()) {
    known = &none_constant_;
  } else if (constant.isInt()) {
    known = &int_constants_[constant.toInt()];
  } else if (constant.isBool()) {
    known = &bool_constants_[constant.toBool()];
  } else {
    return insert();
  }
  if (*known == nullptr) *known = insert();
  return *known;
}

torch::jit::Value* Recorder::Use(Evaluator& ev, TensorData& data) {
  if (IsTraced(ev, *this, data)) return data.value;
  TensorData& root = data.Root();
  const bool whole = &root == &data;
  const at::Tensor& elements =
      whole ? ConstantElements(ev, *this, data) : ReadConstant(ev, *this, data);
  root.in_graph = true;
  const bool is_weight = whole && BelongsToNetwork(root);
  const TensorKey key(is_weight ? root.ordinal + 1 : 0, elements.storage().unsafeGetStorageImpl(),
                      elements.storage_offset(), elements.sizes().vec(), elements.strides().vec(),
                      elements.scalar_type());
  torch::jit::Value*& value = tensor_constants_[key];
  if (value == nullptr) {
    value = AtLine(ev, [&] { return graph_->insertConstant(elements); });
    if (!data.name.empty()) value->node()->s_(c10::attr::name, data.name);
    if (is_weight) value->node()->i_(kWeightMark, static_cast<int64_t>(root.ordinal));
  }
  return value;
}

// --- Bounds and seeds ---------------------------------------------------------------------------

uint64_t Recorder::SeedFor(uint64_t ordinal) const {
  // SplitMix64 (Steele, Lea, Flood 2014): neighbouring ordinals give unrelated seeds.
  uint64_t z = seed_ + (ordinal - seed_base_ + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void Recorder::SetSeed(uint64_t seed) {
  // As if everything began anew: the same calls after it make the same tensors.
  seed_ = seed;
  seed_base_ = next_ordinal_;
}

void Recorder::Charge(Evaluator& ev, const at::Tensor& computed) {
  constant_bytes_ += computed.nbytes();
  if (constant_bytes_ > options_.max_constant_bytes) {
    ev.Raise(
        python::ErrorKind::kMemoryError,
        absl::StrCat("the tensors that this network computes while it is built take more than ",
                     options_.max_constant_bytes >> 20, " MiB"));
  }
}

}  // namespace graft::models::architecture
