#include "models/torch/forward_schema.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/torch/call_limit.h"
#include "models/torch/call_scope.h"
#include "models/torch/device_choice.h"
#include "models/torch/host_values.h"
#include "models/torch/input_inference.h"
#include "models/torch/torch_dtype.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

// "Say ... in a manifest": the end of messages about inputs.
std::string ManifestExample(absl::string_view name) {
  return absl::StrCat("Say it in a manifest, for example \"inputs\": [{\"name\": \"", name,
                      "\", \"dtype\": \"float32\", \"shape\": [\"agents\", 3, 64, 64]}]");
}

std::string RowsText(int64_t rows) { return absl::StrCat(rows, rows == 1 ? " row" : " rows"); }

bool TakesTensor(const c10::Argument& argument) {
  return c10::TensorType::get()->isSubtypeOf(*argument.type());
}

class SchemaMaker {
 public:
  SchemaMaker(const GraphForward& forward, absl::string_view label,
              const ForwardSchemaOptions& options)
      : forward_(forward), label_(label), options_(options) {}

  absl::StatusOr<ForwardSchema> Make();

 private:
  absl::Status CheckArguments() const;
  absl::Status InferInputs();
  absl::Status AssignArguments();
  absl::StatusOr<RowResults> Trial(int64_t rows);
  absl::Status MatchOutputs(const RowResults& first, const RowResults& second);
  std::string TrialHint() const;

  const GraphForward& forward_;
  const absl::string_view label_;
  const ForwardSchemaOptions& options_;
  ForwardSchema made_;
};

absl::StatusOr<ForwardSchema> SchemaMaker::Make() {
  made_.schema.inputs = options_.inputs;
  if (!forward_.state().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": forward writes to its own ", absl::StrJoin(forward_.state(), ", "),
                     ": one call would change the next, and agents share one model. Make the state "
                     "an input and an output of forward instead."));
  }
  if (absl::Status status = CheckArguments(); !status.ok()) return status;
  if (made_.schema.inputs.empty()) {
    if (absl::Status status = InferInputs(); !status.ok()) return status;
  }
  if (absl::Status status = AssignArguments(); !status.ok()) return status;
  std::vector<RowResults>& results = made_.results;
  results = options_.known_results;
  if (results.size() != 2) {
    results.clear();
    for (const int64_t rows : {1, 3}) {
      absl::StatusOr<RowResults> trial = Trial(rows);
      if (!trial.ok()) return trial.status();
      results.push_back(*std::move(trial));
    }
  }
  if (absl::Status status = MatchOutputs(results[0], results[1]); !status.ok()) return status;
  return std::move(made_);
}

absl::Status SchemaMaker::CheckArguments() const {
  for (const c10::Argument& argument : forward_.arguments()) {
    if (!TakesTensor(argument) && !argument.default_value()) {
      return absl::InvalidArgumentError(absl::StrCat(label_, ": forward needs '", argument.name(),
                                                     ": ", argument.type()->annotation_str(),
                                                     "'. Graft feeds tensors: wrap the model in a "
                                                     "module whose forward takes tensors only, and "
                                                     "export that."));
    }
  }
  if (forward_.arguments().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": forward takes no input, so there is nothing to run it on."));
  }
  return absl::OkStatus();
}

absl::Status SchemaMaker::InferInputs() {
  for (size_t i = 0; i < forward_.arguments().size(); ++i) {
    const c10::Argument& argument = forward_.arguments()[i];
    if (argument.default_value()) continue;
    const InferredInput inferred = InferInput(forward_.input(i));
    TensorSpec spec;
    spec.name = argument.name();
    spec.shape = {TensorSpec::kAgents};
    if (inferred.is_index) {
      spec.dtype = DType::kInt64;
    } else if (inferred.features) {
      spec.shape.push_back(*inferred.features);
      spec.dtype =
          forward_.compute_type() == c10::ScalarType::Double ? DType::kFloat64 : DType::kFloat32;
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          label_, ": the shape of the input '", argument.name(), "' cannot be read from the file: ",
          inferred.obstacle, ". ", ManifestExample(argument.name())));
    }
    made_.schema.inputs.push_back(std::move(spec));
  }
  return absl::OkStatus();
}

// Declared inputs go to arguments by name when all names are arguments, else by position.
absl::Status SchemaMaker::AssignArguments() {
  const std::vector<c10::Argument>& parameters = forward_.arguments();
  const auto names = absl::StrJoin(parameters, ", ", [](std::string* out, const c10::Argument& p) {
    absl::StrAppend(out, p.name(), p.default_value() ? " (optional)" : "");
  });
  const auto position = [&](const std::string& name) -> int {
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].name() == name) return static_cast<int>(i);
    }
    return -1;
  };
  const std::vector<TensorSpec>& inputs = made_.schema.inputs;
  for (const TensorSpec& spec : inputs) {
    const bool valid = !spec.shape.empty() && spec.shape[0] == TensorSpec::kAgents &&
                       std::all_of(spec.shape.begin() + 1, spec.shape.end(),
                                   [](int64_t size) { return size >= 1; });
    if (!valid) {
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": the input ", spec.DebugString(),
                       " must have the shape [\"agents\", ...] with sizes of at least 1"));
    }
  }
  made_.arguments.resize(parameters.size());
  const bool by_name = std::all_of(inputs.begin(), inputs.end(), [&](const TensorSpec& spec) {
    return position(spec.name) >= 0;
  });
  for (size_t i = 0; i < inputs.size(); ++i) {
    const int at = by_name ? position(inputs[i].name) : static_cast<int>(i);
    const int named = position(inputs[i].name);
    if (at >= static_cast<int>(parameters.size()) || (!by_name && named >= 0 && named != at) ||
        made_.arguments[at].input >= 0 || !TakesTensor(parameters[at])) {
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": the declared inputs (", SpecsText(inputs),
                       ") do not fit forward's arguments (", names,
                       "). Name them as forward does, or give them in its order."));
    }
    ForwardArgument& argument = made_.arguments[at];
    argument.input = static_cast<int>(i);
    argument.host_type = ToScalarType(inputs[i].dtype);
    argument.model_type = ModelType(forward_, argument.host_type);
    argument.copy = forward_.WritesInput(at);
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (made_.arguments[i].input >= 0) continue;
    if (!parameters[i].default_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": forward takes (", names, "), but \"inputs\" declares only (",
                       SpecsText(inputs), "): '", parameters[i].name(), "' is missing"));
    }
    made_.arguments[i].default_value = *parameters[i].default_value();
  }
  return absl::OkStatus();
}

absl::StatusOr<RowResults> SchemaMaker::Trial(int64_t rows) {
  CallLimit limit(options_.forward_limit, &options_.cancelled);
  const std::string context =
      absl::StrCat(label_, ": a trial forward of ", rows, rows == 1 ? " row" : " rows", " with (",
                   SpecsText(made_.schema.inputs), ") failed");
  absl::StatusOr<RowResults> results =
      Guarded(context, absl::StatusCode::kInvalidArgument, [&]() -> absl::StatusOr<RowResults> {
        CallScope scope;
        return RunOnDevice(options_.device, [&]() -> absl::StatusOr<RowResults> {
          torch::jit::Stack stack;
          forward_.PushSelf(&stack);
          for (const ForwardArgument& argument : made_.arguments) {
            if (argument.input < 0) {
              stack.push_back(argument.default_value);
              continue;
            }
            std::vector<int64_t> sizes = made_.schema.inputs[argument.input].shape;
            sizes[0] = rows;
            stack.emplace_back(at::zeros(
                sizes, at::TensorOptions().dtype(argument.model_type).device(options_.device)));
          }
          forward_.Call(stack);
          std::vector<NamedTensor> tensors;
          Flatten(stack.back(), "", &tensors);
          RowResults found{rows, {}};
          for (const NamedTensor& named : tensors) {
            found.results.push_back(
                {named.name, named.tensor.scalar_type(), named.tensor.sizes().vec()});
          }
          return found;
        });
      });
  if (limit.stopped()) return limit.StoppedStatus(label_);
  if (results.ok()) return results;
  return absl::Status(results.status().code(),
                      absl::StrCat(results.status().message(), ". ", TrialHint()));
}

// What the graph says about the inputs, where it differs from what was declared.
std::string SchemaMaker::TrialHint() const {
  for (size_t i = 0; i < made_.arguments.size(); ++i) {
    if (made_.arguments[i].input < 0) continue;
    const TensorSpec& spec = made_.schema.inputs[made_.arguments[i].input];
    const InferredInput inferred = InferInput(forward_.input(i));
    if (inferred.features && spec.shape.back() != *inferred.features) {
      return absl::StrCat("The input '", spec.name, "' is declared ", spec.DebugString(),
                          ", but the first layer takes ", *inferred.features, " features.");
    }
    if (inferred.is_index && !c10::isIntegralType(made_.arguments[i].host_type, false)) {
      return absl::StrCat("The input '", spec.name, "' is declared ", spec.DebugString(),
                          ", but it chooses rows of an embedding: declare it int64.");
    }
  }
  return ManifestExample(made_.schema.inputs[0].name);
}

absl::Status SchemaMaker::MatchOutputs(const RowResults& first, const RowResults& second) {
  const std::vector<TensorSpec>& declared = options_.outputs;
  if (first.results.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(label_, ": forward returned no tensor"));
  }
  if (first.results.size() != second.results.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        label_, ": forward returned ", first.results.size(), " tensors for ", RowsText(first.rows),
        " and ", second.results.size(), " for ", RowsText(second.rows),
        ": Graft needs one result for each row in every output."));
  }
  made_.result_tensors = first.results.size();

  // What the model gives for each row. The rest (a loss, a table shared by all rows) is passed
  // over.
  std::vector<TensorSpec> found;
  std::vector<size_t> results;  // of each: its place among all tensors
  std::string rest;
  for (size_t i = 0; i < first.results.size(); ++i) {
    const RowResults::Result& a = first.results[i];
    const RowResults::Result& b = second.results[i];
    const std::string name = a.name.empty() ? absl::StrCat("out", i) : a.name;
    const bool follows = !a.sizes.empty() && a.sizes.size() == b.sizes.size() &&
                         a.sizes[0] == first.rows && b.sizes[0] == second.rows &&
                         std::equal(a.sizes.begin() + 1, a.sizes.end(), b.sizes.begin() + 1) &&
                         a.type == b.type;
    const std::optional<DType> dtype = FromScalarType(a.type);
    if (!follows || !dtype) {
      absl::StrAppend(&rest, rest.empty() ? "" : "; ", name, " is ", TypeText(a.type), " ",
                      ShapeText(a.sizes), " for ", RowsText(first.rows), " and ",
                      ShapeText(b.sizes), " for ", RowsText(second.rows));
      continue;
    }
    TensorSpec spec;
    spec.name = name;
    spec.dtype = *dtype == DType::kFloat16 || *dtype == DType::kBFloat16 ? DType::kFloat32 : *dtype;
    spec.shape = a.sizes;
    spec.shape[0] = TensorSpec::kAgents;
    found.push_back(std::move(spec));
    results.push_back(i);
  }
  if (found.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(label_,
                                                   ": no output has a result for each row: ", rest,
                                                   ". An output must be [agents, ...]: its first "
                                                   "dimension must follow the rows of the inputs, "
                                                   "the others must stay the same."));
  }

  const bool by_name =
      !declared.empty() && std::all_of(declared.begin(), declared.end(), [&](const TensorSpec& d) {
        return std::any_of(found.begin(), found.end(),
                           [&](const TensorSpec& f) { return f.name == d.name; });
      });
  if (!declared.empty() && !by_name && declared.size() != found.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": \"outputs\" declares ", declared.size(), " (", SpecsText(declared),
                     "), but forward returns ", found.size(), " (", SpecsText(found),
                     rest.empty() ? "" : "; not for each row: ", rest, ")"));
  }
  made_.schema.outputs = declared.empty() ? found : declared;
  made_.outputs.resize(made_.schema.outputs.size());
  for (size_t i = 0; i < made_.schema.outputs.size(); ++i) {
    const TensorSpec& spec = made_.schema.outputs[i];
    size_t at = i;
    if (by_name) {
      at = std::find_if(found.begin(), found.end(),
                        [&](const TensorSpec& f) { return f.name == spec.name; }) -
           found.begin();
    }
    const c10::ScalarType gives = first.results[results[at]].type;
    made_.outputs[i].result = results[at];
    made_.outputs[i].host_type = ToScalarType(spec.dtype);
    if (spec.shape != found[at].shape) {
      TensorSpec actual = found[at];
      actual.name = spec.name;
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": the output '", spec.name, "' is declared ", spec.DebugString(),
                       ", but forward gives ", actual.DebugString(),
                       ". Correct \"outputs\", or give the model that belongs to it."));
    }
    if (!Converts(gives, made_.outputs[i].host_type)) {
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": the output '", spec.name, "' is declared ", DTypeName(spec.dtype),
                       ", but forward gives ", TypeText(gives),
                       ", which is not converted to it. Correct \"outputs\"."));
    }
  }
  return absl::OkStatus();
}

}  // namespace

c10::ScalarType ModelType(const GraphForward& forward, c10::ScalarType host) {
  if (!at::isFloatingType(host) || !forward.compute_type()) return host;
  return *forward.compute_type();
}

absl::StatusOr<ForwardSchema> MakeForwardSchema(const GraphForward& forward,
                                                absl::string_view label,
                                                const ForwardSchemaOptions& options) {
  return SchemaMaker(forward, label, options).Make();
}

}  // namespace graft::models
