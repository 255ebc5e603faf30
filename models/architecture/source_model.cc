#include "models/architecture/source_model.h"

#include <ATen/ATen.h>

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/few_agents_check.h"
#include "models/architecture/float32_islands.h"
#include "models/architecture/forward_inputs.h"
#include "models/architecture/linear_chain.h"
#include "models/architecture/network.h"
#include "models/architecture/pickled_objects.h"
#include "models/architecture/prior_version.h"
#include "models/architecture/recorded_network.h"
#include "models/architecture/source_session.h"
#include "models/architecture/stored_tensor.h"
#include "models/architecture/taps.h"
#include "models/architecture/weight_filling.h"
#include "models/binding/binding_report.h"
#include "models/file/model_file.h"
#include "models/torch/call_scope.h"
#include "models/torch/deep_stack.h"
#include "models/torch/device_choice.h"
#include "models/torch/graph_folding.h"
#include "models/torch/graph_forward.h"
#include "models/torch/graph_model.h"
#include "models/torch/host_values.h"
#include "models/torch/tensor_pool.h"
#include "models/torch/torch_dtype.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

using architecture::ChainedLayer;
using architecture::Network;
using architecture::NetworkTensor;
using architecture::RecordedGraph;
using architecture::SourceSession;
using python::Value;

// "float32" leaves what the source made wider (weight_filling.h): then it computes in that.
bool IsMostlyDouble(const std::vector<NetworkTensor>& tensors) {
  int64_t doubles = 0;
  int64_t others = 0;
  for (const NetworkTensor& tensor : tensors) {
    const c10::ScalarType type = ToScalarType(tensor.facts.dtype);
    if (!c10::isFloatingType(type)) continue;
    (type == at::kDouble ? doubles : others) += c10::multiply_integers(tensor.facts.shape);
  }
  return doubles > others;
}

class SourceModelLoad {
 public:
  SourceModelLoad(const std::string& path, const SourceModelOptions& options)
      : path_(path), options_(options), network_options_(options.network) {}

  absl::StatusOr<SourceModel> Run();

 private:
  absl::Status OpenFile();
  absl::Status OpenSession();
  // True: the network of the version before, with this file's weights.
  absl::StatusOr<bool> ReusePrior();
  absl::Status BuildAndRecord();
  absl::Status Bind(Network& network);
  WeightPlan Plan();
  architecture::WeightFilling Filling() const;
  absl::StatusOr<SourceModel> Finish();

  // Inside Guard.
  Value MakeRoot();
  Value MakePickledModule();
  Value MakeLinearChain();
  void ApplySurgery(Network& network);
  // What the manifest names must be there: a misspelt name would do nothing.
  void CheckPatterns(Network& network);
  void Record(Network& network);
  // What was recorded, for the next version.
  void KeepRecording();
  absl::Status CheckCancelled() const;

  const std::string& path_;
  const SourceModelOptions& options_;
  const NetworkOptions& network_options_;
  c10::Device device_ = c10::Device(c10::DeviceType::CPU);
  std::shared_ptr<const ModelFile> file_;
  const WeightSource* weights_ = nullptr;
  std::vector<ChainedLayer> chain_;  // of "mlp"
  std::unique_ptr<SourceSession> session_;
  std::vector<NetworkTensor> tensors_;
  WeightPlan plan_;
  std::vector<at::Tensor> values_;  // of tensors_, from the file or kept; undefined: the network's
  std::shared_ptr<PriorVersion> next_ = std::make_shared<PriorVersion>();
  std::vector<TensorSpec> inputs_;
  architecture::RecordedForward recorded_;
};

absl::Status SourceModelLoad::CheckCancelled() const {
  if (options_.torch.cancelled && options_.torch.cancelled()) {
    return absl::CancelledError(absl::StrCat(path_, ": loading was cancelled"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SourceModel> SourceModelLoad::Run() {
  absl::StatusOr<c10::Device> device = ChooseDevice(options_.torch.device);
  if (!device.ok()) {
    return absl::Status(device.status().code(),
                        absl::StrCat(path_, ": ", device.status().message()));
  }
  device_ = *device;
  if (absl::Status status = OpenFile(); !status.ok()) return status;
  if (options_.torch.pool != nullptr) options_.torch.pool->BeginLoad();
  absl::StatusOr<SourceModel> made = absl::UnknownError("not run");
  // The evaluator recurses as deeply as the source does.
  const absl::Status started = RunOnDeepStack([&] {
    made = Guarded(absl::StrCat(path_, ": making the model failed"),
                   absl::StatusCode::kInvalidArgument, [&]() -> absl::StatusOr<SourceModel> {
                     CallScope scope;
                     absl::StatusOr<bool> reused = ReusePrior();
                     if (!reused.ok()) return reused.status();
                     if (!*reused) {
                       if (absl::Status status = OpenSession(); !status.ok()) return status;
                       if (absl::Status status = BuildAndRecord(); !status.ok()) return status;
                     }
                     return Finish();
                   });
  });
  if (!started.ok()) {
    return absl::Status(started.code(), absl::StrCat(path_, ": ", started.message()));
  }
  return made;
}

absl::Status SourceModelLoad::OpenFile() {
  absl::StatusOr<ModelFile> file = ModelFile::Open(path_);
  if (!file.ok()) return file.status();
  file_ = std::make_shared<const ModelFile>(*std::move(file));
  absl::StatusOr<const WeightSource*> chosen = file_->ChooseWeights(network_options_.weights.from);
  if (!chosen.ok()) return chosen.status();
  weights_ = *chosen;
  const std::optional<ArchitectureSpec>& architecture = network_options_.architecture;
  if (!architecture && weights_->module == PickleValues::kNone) {
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ": this file holds weights only (", weights_->weights.size(),
        " tensors, no structure). Give its architecture in a manifest: \"architecture\": "
        "\"net.py:Net()\", the Python source and class that it was trained with. `graft inspect ",
        path_, " --manifest` writes a first one."));
  }
  if (architecture && architecture->kind == ArchitectureSpec::Kind::kMlp) {
    const WeightPlan keys = PlanWeights({}, weights_->weights, network_options_.weights);
    absl::StatusOr<std::vector<ChainedLayer>> chain =
        architecture::FindLinearChain(keys.keys, path_);
    if (!chain.ok()) return chain.status();
    chain_ = *std::move(chain);
    if (chain_.size() > 1 && architecture->activation.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          path_, ": weights do not tell what stands between the ", chain_.size(),
          " linear layers of an \"mlp\". Say it: \"architecture\": {\"mlp\": {\"activation\": "
          "\"elu\"}} (rsl_rl: elu; Stable-Baselines3: tanh for PPO, relu for SAC and TD3)."));
    }
  }
  return CheckCancelled();
}

absl::Status SourceModelLoad::OpenSession() {
  architecture::SourceSessionOptions session;
  session.architecture = network_options_.architecture;
  session.source_roots = network_options_.source_roots;
  session.recorder.device = device_;
  session.recorder.compute_type = ToScalarType(network_options_.precision.base);
  session.recorder.seed = network_options_.seed;
  session.cancelled = options_.torch.cancelled;
  absl::StatusOr<std::unique_ptr<SourceSession>> opened = SourceSession::Open(session);
  if (!opened.ok()) return opened.status();
  session_ = *std::move(opened);
  return absl::OkStatus();
}

Value SourceModelLoad::MakeRoot() {
  if (weights_->module != PickleValues::kNone) {
    const bool own = network_options_.architecture &&
                     network_options_.architecture->kind == ArchitectureSpec::Kind::kSource;
    // A whole module brings its own attributes; the source is where its classes are.
    if (!network_options_.architecture || own) return MakePickledModule();
  }
  if (network_options_.architecture->kind == ArchitectureSpec::Kind::kMlp) {
    return MakeLinearChain();
  }
  return session_->MakeArchitecture();
}

Value SourceModelLoad::MakePickledModule() {
  python::Evaluator& ev = session_->ev();
  architecture::PickledObjectsOptions options;
  options.label = path_;
  options.tensor = [&](const TorchTensor& tensor) -> Value {
    if (tensor.layout != TorchTensor::Layout::kStrided) {
      ev.RaiseNotSupported("a sparse tensor in the file's module");
    }
    const Weight weight = WeightOf(file_->torch()->objects(), tensor, "");
    return session_->TensorOf(weight, ModelFile::Keep(file_, weight.storage));
  };
  options.find_own = [&](absl::string_view name) -> std::optional<Value> {
    // "__main__.Net" and "model.Net" are both Net of the file that is given.
    const absl::string_view root = name.substr(0, name.find('.'));
    if (root == "torch" || root == "builtins" || root == "collections") return std::nullopt;
    return session_->FindInSource(name.substr(name.rfind('.') + 1));
  };
  architecture::PickledObjects objects(ev, *file_->torch(), std::move(options));
  return objects.Make(weights_->module);
}

Value SourceModelLoad::MakeLinearChain() {
  python::Evaluator& ev = session_->ev();
  std::vector<Value> layers;
  for (const ChainedLayer& layer : chain_) {
    layers.emplace_back(ev.Tuple({ev.Str(layer.name), Value::Int(layer.inputs),
                                  Value::Int(layer.outputs), Value::Bool(layer.bias)}));
  }
  const ArchitectureSpec& spec = *network_options_.architecture;
  return ev.Call(
      ev.GetAttr(ev.ImportModule("graft_chain"), "LinearChain"),
      {ev.List(std::move(layers)), ev.Str(spec.activation), ev.Str(spec.output_activation)});
}

void SourceModelLoad::ApplySurgery(Network& network) {
  for (const std::string& path : network_options_.surgery.remove) network.Remove(path);
  for (const SurgeryRules::Replacement& replacement : network_options_.surgery.replace) {
    network.Replace(replacement.module,
                    session_->Evaluate(replacement.expression,
                                       absl::StrCat("surgery.replace.", replacement.module)));
  }
}

void SourceModelLoad::CheckPatterns(Network& network) {
  network.RequireCovered("freeze", network_options_.freeze.keep);
  network.RequireCovered("freeze", network_options_.freeze.no_grad);
  std::vector<NamePattern> layers;
  for (const auto& [pattern, dtype] : network_options_.precision.layers) layers.push_back(pattern);
  network.RequireCovered("precision", layers);
  for (const std::string& tap : network_options_.taps) network.Require(tap);
}

// What becomes of tensors_.
WeightPlan SourceModelLoad::Plan() {
  std::vector<ArchitectureTensor> facts;
  for (NetworkTensor& tensor : tensors_) {
    const bool keep = AnyCovers(network_options_.freeze.keep, tensor.facts.name);
    tensor.facts.kept = keep && options_.prior != nullptr &&
                        options_.prior->kept.Find(tensor.facts.name) != nullptr;
    facts.push_back(tensor.facts);
  }
  WeightRules rules = network_options_.weights;
  // An mlp is what it takes of the file; what is taken out by name is not missed.
  if (!chain_.empty()) rules.allow_unexpected.all = true;
  for (const std::string& removed : network_options_.surgery.remove) {
    if (auto pattern = NamePattern::Parse(removed); pattern.ok()) {
      rules.allow_unexpected.patterns.push_back(*std::move(pattern));
    }
  }
  return PlanWeights(facts, weights_->weights, rules);
}

architecture::WeightFilling SourceModelLoad::Filling() const {
  architecture::WeightFilling filling;
  filling.label = path_;
  filling.weights = &weights_->weights;
  filling.file = file_;
  filling.precision = &network_options_.precision;
  filling.kept = options_.prior != nullptr ? &options_.prior->kept : nullptr;
  filling.pool = options_.torch.pool.get();
  filling.cancelled = options_.torch.cancelled;
  return filling;
}

absl::StatusOr<bool> SourceModelLoad::ReusePrior() {
  const PriorVersion* prior = options_.prior.get();
  if (prior == nullptr || prior->recorded == nullptr || options_.torch.pool == nullptr ||
      weights_->module != PickleValues::kNone || chain_ != prior->chain ||
      network_options_.precision.base != prior->precision ||
      options_.torch.inputs != prior->declared_inputs || !prior->recorded->IsCurrent()) {
    return false;
  }
  const architecture::RecordedNetwork& recorded = *prior->recorded;
  tensors_ = recorded.tensors();
  plan_ = Plan();
  if (!recorded.Fits(plan_)) return false;
  if (options_.on_plan) options_.on_plan(plan_);
  if (absl::Status status = CheckPlan(plan_, path_); !status.ok()) return status;
  absl::StatusOr<std::vector<at::Tensor>> values =
      architecture::ReadWeights(tensors_, plan_, Filling());
  if (!values.ok()) return values.status();
  values_ = *std::move(values);
  std::shared_ptr<torch::jit::Graph> graph = recorded.Instantiate(values_, *options_.torch.pool);
  if (graph == nullptr) return false;
  inputs_ = recorded.inputs();
  recorded_ = recorded.forward();
  recorded_.graph.graph = std::move(graph);
  *next_ = *prior;
  return true;
}

absl::Status SourceModelLoad::Bind(Network& network) {
  tensors_ = network.Tensors();
  plan_ = Plan();
  if (options_.on_plan) options_.on_plan(plan_);
  if (absl::Status status = CheckPlan(plan_, path_); !status.ok()) return status;
  architecture::WeightFilling filling = Filling();
  filling.initial = [this](const NetworkTensor& tensor) {
    return ReadConstant(session_->ev(), session_->recorder(), tensor.tensor->data());
  };
  absl::StatusOr<std::vector<at::Tensor>> values =
      architecture::ReadWeights(tensors_, plan_, filling);
  if (!values.ok()) return values.status();
  values_ = *std::move(values);
  absl::Status status =
      FillTensors(session_->ev(), session_->recorder(), tensors_, plan_, values_, filling);
  if (!status.ok()) return status;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const NetworkTensor& tensor = tensors_[i];
    const at::Tensor values = filling.initial(tensor);
    const bool keep = AnyCovers(network_options_.freeze.keep, tensor.facts.name);
    if (keep) next_->kept.Add(tensor.facts.name, values);
    FreezeTotals::Share& share = keep ? next_->freeze.kept : next_->freeze.live;
    ++share.tensors;
    if (plan_.tensors[i].fate != PlannedTensor::Fate::kTied) share.bytes += values.nbytes();
  }
  return absl::OkStatus();
}

void SourceModelLoad::Record(Network& network) {
  const PrecisionRules& precision = network_options_.precision;
  architecture::Recorder& recorder = session_->recorder();
  for (const architecture::NetworkModule& module : network.Modules()) {
    recorder.module_calls().SetPath(module.instance, module.path);
  }
  std::optional<architecture::Taps> taps;
  if (!network_options_.taps.empty()) {
    taps.emplace(recorder, network_options_.taps);
    recorder.module_calls().AddHook(taps->Hook());
  }
  std::optional<architecture::Float32Islands> islands;
  if (precision.base != DType::kFloat32) {
    islands.emplace(recorder, [&precision](absl::string_view path) {
      return precision.Of(path) == DType::kFloat32;
    });
    recorder.module_calls().AddHook(islands->Hook());
  }
  if (precision.base == DType::kFloat32 && IsMostlyDouble(tensors_)) {
    recorder.SetComputeType(at::kDouble);
  }
  inputs_ = ForwardInputs(session_->ev(), network, options_.torch.inputs);
  recorder.AllowExceptionalBranches();
  recorded_ = RecordForward(session_->ev(), recorder, network, inputs_, taps ? &*taps : nullptr);
  const std::vector<architecture::Recorder::ExceptionalBranch> branches =
      recorder.exceptional_branches();
  KeepRecording();
  for (const auto& [agents, error] : branches) {
    const bool holds = architecture::HoldsForAgents(session_->ev(), recorder, network, inputs_,
                                                    recorded_.graph, agents);
    if (!holds) throw python::Raised(error);
  }
}

void SourceModelLoad::KeepRecording() {
  // A whole module brings its own attributes: the next file's may be others.
  if (options_.torch.pool == nullptr || weights_->module != PickleValues::kNone) return;
  architecture::RecordedForward copy = recorded_;
  copy.graph.graph = recorded_.graph.graph->copy();
  next_->chain = chain_;
  next_->precision = network_options_.precision.base;
  next_->declared_inputs = options_.torch.inputs;
  next_->recorded = architecture::RecordedNetwork::Make(
      tensors_, plan_, values_, session_->recorder(), std::move(copy), inputs_,
      session_->sources_read(), *options_.torch.pool);
}

absl::Status SourceModelLoad::BuildAndRecord() {
  absl::Status bound;
  absl::Status evaluated = session_->ev().Guard([&] {
    Network network(session_->ev(), MakeRoot());
    ApplySurgery(network);
    network.SetModes(network_options_.train);
    CheckPatterns(network);
    bound = Bind(network);
    if (bound.ok()) bound = CheckCancelled();
    if (bound.ok()) Record(network);
  });
  if (!evaluated.ok() && !inputs_.empty()) {
    // Half of what goes wrong in forward is an input that is not what it expects.
    return absl::Status(
        evaluated.code(),
        absl::StrCat(evaluated.message(), "\n  while forward was given ", SpecsText(inputs_),
                     options_.torch.inputs.empty() ? ", read off its first layer; \"inputs\" in "
                                                     "the manifest says another"
                                                   : ", as \"inputs\" declares"));
  }
  if (!evaluated.ok()) return evaluated;
  return bound;
}

absl::StatusOr<SourceModel> SourceModelLoad::Finish() {
  RecordedGraph& recorded = recorded_.graph;
  FoldGraph(recorded.graph, options_.torch.pool.get());
  ForwardGraph parts;
  parts.graph = recorded.graph;
  for (const std::string& name : recorded.inputs) parts.arguments.emplace_back(name);
  parts.compute_type = recorded_.compute_type;
  ForwardOptions forward_options;
  forward_options.device = device_;
  forward_options.cancelled = options_.torch.cancelled;
  forward_options.pool = options_.torch.pool;
  absl::StatusOr<std::unique_ptr<GraphForward>> forward =
      GraphForward::Make(std::move(parts), path_, forward_options);
  if (!forward.ok()) return forward.status();
  TorchLoadOptions torch = options_.torch;
  torch.inputs = inputs_;
  absl::StatusOr<std::unique_ptr<TorchModel>> model =
      MakeGraphModel(path_, device_, *std::move(forward), torch, recorded_.results);
  if (!model.ok()) return model.status();
  const FreezeTotals freeze = next_->freeze;
  return SourceModel{*std::move(model), std::move(plan_), std::move(next_), freeze};
}

}  // namespace

absl::StatusOr<SourceModel> LoadSourceModel(const std::string& path,
                                            const SourceModelOptions& options) {
  return SourceModelLoad(path, options).Run();
}

}  // namespace graft::models
