#include "models/architecture/forward_inputs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/python/function_object.h"
#include "models/torch/host_values.h"
#include "models/torch/torch_dtype.h"

namespace graft::models::architecture {
namespace {

using python::ErrorKind;
using python::Evaluator;
using python::InstanceObject;
using python::Value;

struct ForwardParameters {
  std::vector<std::string> names;    // without self
  std::vector<std::string> by_name;  // behind *
  size_t required = 0;
  bool any_number = false;  // *args
};

// What functools.wraps has kept of a function that a decorator stands for.
python::FunctionObject* WrappedBy(const python::FunctionObject& function) {
  for (const auto& [name, value] : function.attributes) {
    if (name == "__wrapped__") return value.As<python::FunctionObject>();
  }
  return nullptr;
}

// As it is written, below decorators. nullptr: forward is no function of the source
// (functools.partial ...).
const python::FunctionObject* ForwardOf(Evaluator& ev, InstanceObject* module) {
  const std::optional<Value> forward = ev.TryGetAttr(module, "forward");
  const auto* method = forward ? forward->As<python::MethodObject>() : nullptr;
  if (method == nullptr) return nullptr;
  const auto* function = method->function.As<python::FunctionObject>();
  while (function != nullptr) {
    ev.Step();  // a source may let two functions wrap each other
    const python::FunctionObject* within = WrappedBy(*function);
    if (within == nullptr) break;
    function = within;
  }
  return function;
}

// "net.py:12:5: ", or nothing.
std::string PlaceOfForward(Evaluator& ev, InstanceObject* module) {
  const python::FunctionObject* function = ForwardOf(ev, module);
  if (function == nullptr || function->definition == nullptr) return "";
  return absl::StrCat(function->file->Place(function->definition->range), ": ");
}

// nullopt: as ForwardOf.
std::optional<ForwardParameters> ParametersOfForward(Evaluator& ev, InstanceObject* module) {
  const python::FunctionObject* function = ForwardOf(ev, module);
  if (function == nullptr || function->parameters == nullptr) return std::nullopt;
  ForwardParameters found;
  const auto& positional = function->parameters->positional;
  for (size_t i = 1; i < positional.size(); ++i) {
    found.names.push_back(positional[i].name);
    if (positional[i].default_value == nullptr) ++found.required;
  }
  for (const python::Parameter& p : function->parameters->keyword_only) {
    found.by_name.push_back(p.name);
  }
  found.any_number = function->parameters->var_args != nullptr;
  return found;
}

std::optional<int64_t> IntAttribute(Evaluator& ev, InstanceObject* module, absl::string_view name) {
  const std::optional<Value> value = ev.TryGetAttr(module, name);
  if (!value || !value->IsInt()) return std::nullopt;
  return value->AsInt();
}

[[noreturn]] void RaiseUndeclared(Evaluator& ev, const std::string& name,
                                  absl::string_view because) {
  ev.Raise(ErrorKind::kValueError,
           absl::StrCat("the shape of the input '", name, "' cannot be read off the network: ",
                        because, ". Say it in the manifest, for example \"inputs\": [{\"name\": \"",
                        name, "\", \"dtype\": \"float32\", \"shape\": [\"agents\", 3, 64, 64]}]"));
}

}  // namespace

std::vector<TensorSpec> ForwardInputs(Evaluator& ev, Network& network,
                                      const std::vector<TensorSpec>& declared) {
  if (!declared.empty()) return declared;
  const std::optional<ForwardParameters> parameters = ParametersOfForward(ev, network.root());
  std::string name = "input";
  if (parameters && !parameters->names.empty()) name = parameters->names.front();
  if (parameters && parameters->required > 1) {
    RaiseUndeclared(ev, name,
                    absl::StrCat("forward takes ", parameters->required, " inputs (",
                                 absl::StrJoin(parameters->names, ", "), ")"));
  }
  for (const NetworkModule& module : network.Modules()) {
    // The first module that has tensors of its own and says what it takes.
    const std::string layer =
        absl::StrCat("its first layer, ", module.path, " (", module.instance->cls->name, "), ");
    if (const auto features = IntAttribute(ev, module.instance, "in_features")) {
      return {{name, DType::kFloat32, {TensorSpec::kAgents, *features}}};
    }
    if (IntAttribute(ev, module.instance, "num_embeddings")) {
      return {{name, DType::kInt64, {TensorSpec::kAgents}}};
    }
    if (const auto channels = IntAttribute(ev, module.instance, "in_channels")) {
      RaiseUndeclared(ev, name, absl::StrCat(layer, "takes ", *channels, " channels of any size"));
    }
    if (const auto features = IntAttribute(ev, module.instance, "input_size")) {
      RaiseUndeclared(
          ev, name,
          absl::StrCat(layer, "takes sequences of ", *features, " features of any length"));
    }
  }
  RaiseUndeclared(ev, name, "no layer says how large its input is");
}

RecordedForward RecordForward(Evaluator& ev, Recorder& recorder, Network& network,
                              const std::vector<TensorSpec>& inputs, const Taps* taps) {
  const std::optional<ForwardParameters> parameters = ParametersOfForward(ev, network.root());
  const auto is_parameter = [&](const TensorSpec& spec) {
    return parameters && (absl::c_linear_search(parameters->names, spec.name) ||
                          absl::c_linear_search(parameters->by_name, spec.name));
  };
  const bool by_name = std::all_of(inputs.begin(), inputs.end(), is_parameter);
  if (parameters && !parameters->any_number &&
      (inputs.size() < parameters->required || inputs.size() > parameters->names.size())) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("forward takes ", parameters->required,
                          parameters->required == parameters->names.size()
                              ? ""
                              : absl::StrCat(" to ", parameters->names.size()),
                          " inputs (", absl::StrJoin(parameters->names, ", "),
                          "); \"inputs\" declares ", inputs.size(), " (", SpecsText(inputs),
                          "): declare each in the manifest, in the order of forward"));
  }
  recorder.Start(ev);
  python::CallArgs args;
  for (const TensorSpec& spec : inputs) {
    c10::ScalarType type = ToScalarType(spec.dtype);
    if (c10::isFloatingType(type)) type = recorder.options().compute_type;
    const std::vector<int64_t> row(spec.shape.begin() + 1, spec.shape.end());
    TensorObject* input = recorder.AddInput(ev, spec.name, type, row);
    if (by_name) {
      args.kwargs.push_back({spec.name, input});
    } else {
      args.args.push_back(input);
    }
  }
  Value result = ev.Call(network.root(), std::move(args));
  if (FlattenResult(ev, result).empty()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(PlaceOfForward(ev, network.root()), "forward returned no tensor, but ",
                          ev.Repr(result),
                          "; it ends with `return` of a tensor, or of a tuple or dictionary of "
                          "tensors"));
  }
  if (taps != nullptr) {
    if (const std::vector<std::string> missing = taps->Missing(); !missing.empty()) {
      ev.Raise(ErrorKind::kValueError,
               absl::StrCat("\"taps\": forward does not call ", absl::StrJoin(missing, ", ")));
    }
    result = taps->WithResult(ev, result);
  }
  RecordedForward forward;
  for (size_t i = 0; i < kTrialAgents.size(); ++i) {
    RowResults results{kTrialAgents[i], {}};
    for (const NamedResult& one : FlattenResult(ev, result)) {
      const at::Tensor& meta = one.tensor->data().meta[i];
      results.results.push_back({one.name, meta.scalar_type(), meta.sizes().vec()});
    }
    forward.results.push_back(std::move(results));
  }
  forward.graph = recorder.Finish(ev, result);
  forward.compute_type = recorder.options().compute_type;
  return forward;
}

}  // namespace graft::models::architecture
