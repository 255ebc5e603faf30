#include "models/torch/torch_model.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/file_bytes.h"
#include "models/torch/call_limit.h"
#include "models/torch/input_inference.h"
#include "models/torch/intra_op_threads.h"
#include "models/torch/libtorch_library.h"
#include "models/torch/script_forward.h"
#include "models/torch/torch_dtype.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

// "Say ... in a manifest": the end of messages about inputs.
std::string ManifestExample(absl::string_view name) {
  return absl::StrCat("Say it in a manifest, for example \"inputs\": [{\"name\": \"", name,
                      "\", \"dtype\": \"float32\", \"shape\": [\"agents\", 3, 64, 64]}]");
}

// Everything that a call sets on its thread, and puts back.
struct CallScope {
  OneIntraOpThread one_thread;
  c10::InferenceMode inference;
  c10::impl::ExcludeDispatchKeyGuard no_autocast{c10::autocast_dispatch_keyset};
};

// --- Devices -----------------------------------------------------------------------------------

absl::StatusOr<c10::Device> ResolveDevice(const std::string& name) {
  const c10::Device cpu(c10::DeviceType::CPU);
  if (name == "cpu") return cpu;
  int index = 0;
  const bool numbered =
      absl::StartsWith(name, "cuda:") && absl::SimpleAtoi(name.substr(5), &index) && index >= 0;
  if (name != "auto" && name != "cuda" && !numbered) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the device \"", name, "\" is unknown. Use \"cpu\", \"cuda\", \"cuda:N\" or \"auto\"."));
  }
  if (name == "auto" && DriverDeviceCount() <= 0) return cpu;
  if (absl::Status status = OpenCudaLibrary(); !status.ok()) {
    if (name == "auto") return cpu;
    return absl::UnavailableError(
        absl::StrCat("the device \"", name, "\" cannot be used: ", status.message()));
  }
  return Guarded("asking for CUDA devices", absl::StatusCode::kUnavailable,
                 [&]() -> absl::StatusOr<c10::Device> {
                   const int count =
                       c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount();
                   if (count == 0 && name == "auto") return cpu;
                   if (index >= count) {
                     return absl::UnavailableError(
                         absl::StrCat("the device \"", name, "\" does not exist: LibTorch sees ",
                                      count, " CUDA devices. Use one of them, or \"cpu\"."));
                   }
                   return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index));
                 });
}

// This thread's own stream on a device, the same for all models: calls of one thread are one after
// another anyway, and LibTorch's pool of streams is small.
c10::Stream ThreadStream(const c10::Device& device) {
  thread_local std::vector<std::pair<c10::Device, c10::Stream>> streams;
  for (const auto& [known, stream] : streams) {
    if (known == device) return stream;
  }
  const c10::Stream stream =
      c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
  streams.emplace_back(device, stream);
  return stream;
}

// --- Values ------------------------------------------------------------------------------------

struct NamedTensor {
  std::string name;  // of a dictionary's entry or a named tuple's field; may be empty
  at::Tensor tensor;
};

// Every tensor in `value`, in order. Numbers, texts and None are passed over.
void Flatten(const c10::IValue& value, const std::string& name, std::vector<NamedTensor>* out) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) out->push_back({name, value.toTensor()});
  } else if (value.isTuple()) {
    const auto type = value.type()->cast<c10::TupleType>();
    const auto& elements = value.toTupleRef().elements();
    for (size_t i = 0; i < elements.size(); ++i) {
      const bool named =
          type != nullptr && type->schema() != nullptr && i < type->schema()->arguments().size();
      Flatten(elements[i], named ? type->schema()->arguments()[i].name() : "", out);
    }
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef()) Flatten(element, "", out);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      Flatten(entry.value(), entry.key().isString() ? entry.key().toStringRef() : "", out);
    }
  }
}

// Calls visit(tensor) for every tensor in `value`; returns how many. Without allocation for the
// usual results: a tensor, a tuple of tensors.
template <typename Visit>
size_t ForEachTensor(const c10::IValue& value, Visit visit) {
  if (value.isTensor()) {
    visit(value.toTensor());
    return 1;
  }
  std::vector<NamedTensor> tensors;
  Flatten(value, "", &tensors);
  for (const NamedTensor& named : tensors) visit(named.tensor);
  return tensors.size();
}

// Strided, on the CPU, without lazy sign or conjugation: what memcpy understands.
at::Tensor Plain(at::Tensor tensor) {
  if (tensor.is_quantized()) tensor = tensor.dequantize();
  if (tensor.layout() != at::kStrided) tensor = tensor.to_dense();
  return tensor.cpu().resolve_conj().resolve_neg();
}

bool IsPlain(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && tensor.is_contiguous() && tensor.is_cpu() &&
         !tensor.is_conj() && !tensor.is_neg() && !tensor.is_quantized();
}

std::string ShapeText(at::IntArrayRef sizes) {
  return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]");
}

std::string TypeText(c10::ScalarType type) {
  const std::optional<DType> known = FromScalarType(type);
  return known ? std::string(DTypeName(*known)) : c10::toString(type);
}

std::string SpecsText(const std::vector<TensorSpec>& specs) {
  return absl::StrJoin(specs, ", ", [](std::string* out, const TensorSpec& spec) {
    out->append(spec.DebugString());
  });
}

// May a model's output of this kind be handed out as that one?
bool Converts(c10::ScalarType from, c10::ScalarType to) {
  if (from == to) return true;
  if (at::isComplexType(from) || at::isComplexType(to)) return false;
  if (at::isFloatingType(from)) return at::isFloatingType(to);
  return to != at::kBool;
}

// --- The model ---------------------------------------------------------------------------------

class ScriptModel final : public TorchModel {
 public:
  ScriptModel(std::string label, c10::Device device, absl::Duration forward_limit,
              std::unique_ptr<ScriptForward> forward)
      : label_(std::move(label)),
        forward_limit_(forward_limit),
        device_(device),
        device_name_(device.str()),
        forward_(std::move(forward)) {}

  absl::Status MakeSchema(const TorchLoadOptions& options);

  const ModelSchema& schema() const override { return schema_; }
  size_t weight_bytes() const override { return forward_->weight_bytes(); }
  const std::string& device() const override { return device_name_; }

  absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                   absl::Span<void* const> outputs) const override;
  absl::StatusOr<std::vector<HostTensor>> Forward(
      const std::vector<HostTensor>& inputs) const override;

 private:
  // How one argument of forward is filled.
  struct Argument {
    int input = -1;  // index in schema().inputs; -1: the default value
    c10::IValue default_value;
    c10::ScalarType host_type = c10::ScalarType::Undefined;
    c10::ScalarType model_type = c10::ScalarType::Undefined;
    bool copy = false;  // forward writes to it
  };
  struct Output {
    c10::ScalarType host_type = c10::ScalarType::Undefined;
    size_t result = 0;  // index among the tensors of the result
  };

  absl::Status CheckArguments() const;
  absl::Status InferInputs();
  absl::Status AssignArguments();
  absl::Status TryForward(const TorchLoadOptions& options);
  absl::StatusOr<std::vector<NamedTensor>> Trial(int64_t rows,
                                                 const std::function<bool()>& cancelled);
  absl::Status MatchOutputs(const std::vector<NamedTensor>& one,
                            const std::vector<NamedTensor>& three,
                            const std::vector<TensorSpec>& declared);
  std::string TrialHint() const;

  c10::ScalarType ModelType(c10::ScalarType host) const {
    if (!at::isFloatingType(host) || !forward_->compute_type()) return host;
    return *forward_->compute_type();
  }

  // A tensor over the caller's memory, moved and cast where the model needs it.
  at::Tensor InputTensor(const void* data, at::IntArrayRef sizes, const Argument& argument) const;
  absl::Status WriteOutput(const at::Tensor& tensor, const TensorSpec& spec,
                           c10::ScalarType host_type, int64_t rows, void* out) const;
  template <typename Body>
  auto OnDevice(Body&& body) const -> decltype(body());

  const std::string label_;
  const absl::Duration forward_limit_;
  const c10::Device device_;
  const std::string device_name_;
  const std::unique_ptr<ScriptForward> forward_;
  ModelSchema schema_;
  std::vector<Argument> arguments_;
  std::vector<Output> outputs_;
  size_t result_tensors_ = 0;
  mutable std::mutex stateful_calls_;  // held during Forward of a model with state
};

template <typename Body>
auto ScriptModel::OnDevice(Body&& body) const -> decltype(body()) {
  if (device_.is_cpu()) return body();
  const c10::Stream stream = ThreadStream(device_);
  c10::StreamGuard guard(stream);
  auto result = body();
  stream.synchronize();
  return result;
}

at::Tensor ScriptModel::InputTensor(const void* data, at::IntArrayRef sizes,
                                    const Argument& argument) const {
  at::Tensor tensor = at::from_blob(const_cast<void*>(data), sizes, argument.host_type);
  if (argument.model_type != argument.host_type || !device_.is_cpu()) {
    tensor = tensor.to(device_, argument.model_type);
  } else if (argument.copy) {
    tensor = tensor.clone();
  }
  return tensor;
}

absl::Status ScriptModel::WriteOutput(const at::Tensor& tensor, const TensorSpec& spec,
                                      c10::ScalarType host_type, int64_t rows, void* out) const {
  const at::IntArrayRef sizes = tensor.sizes();
  const bool same_shape = sizes.size() == spec.shape.size() && sizes[0] == rows &&
                          std::equal(sizes.begin() + 1, sizes.end(), spec.shape.begin() + 1);
  if (!same_shape) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": the output '", spec.name, "' came out as ", ShapeText(sizes),
                     " for ", rows, " rows; its schema says ", spec.DebugString()));
  }
  if (tensor.scalar_type() == host_type && IsPlain(tensor)) {
    std::memcpy(out, tensor.const_data_ptr(), tensor.nbytes());
  } else {
    at::from_blob(out, sizes, host_type).copy_(Plain(tensor));
  }
  return absl::OkStatus();
}

absl::Status ScriptModel::Run(int64_t rows, absl::Span<const void* const> inputs,
                              absl::Span<void* const> outputs) const {
  if (rows <= 0 || inputs.size() != schema_.inputs.size() ||
      outputs.size() != schema_.outputs.size() || schema_.inputs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": Run takes at least one row, ", schema_.inputs.size(),
                     " inputs and ", schema_.outputs.size(), " outputs; given were ", rows, ", ",
                     inputs.size(), " and ", outputs.size()));
  }
  std::optional<CallLimit> limit;
  if (forward_->has_loops()) limit.emplace(forward_limit_, nullptr);
  try {
    CallScope scope;
    return OnDevice([&]() -> absl::Status {
      // Kept from call to call, for its memory only.
      thread_local torch::jit::Stack stack;
      stack.clear();
      forward_->PushSelf(&stack);
      for (const Argument& argument : arguments_) {
        if (argument.input < 0) {
          stack.push_back(argument.default_value);
          continue;
        }
        c10::SmallVector<int64_t, 8> sizes(schema_.inputs[argument.input].shape.begin(),
                                           schema_.inputs[argument.input].shape.end());
        sizes[0] = rows;
        stack.emplace_back(InputTensor(inputs[argument.input], sizes, argument));
      }
      forward_->Call(stack);
      // Nothing of this call stays behind: inputs may be aliased by the result.
      const c10::IValue result = std::move(stack.back());
      stack.clear();
      absl::Status status;
      size_t index = 0;
      const size_t found = ForEachTensor(result, [&](const at::Tensor& tensor) {
        for (size_t i = 0; i < outputs_.size(); ++i) {
          if (outputs_[i].result != index) continue;
          status.Update(
              WriteOutput(tensor, schema_.outputs[i], outputs_[i].host_type, rows, outputs[i]));
        }
        ++index;
      });
      if (found != result_tensors_) {
        status.Update(absl::InvalidArgumentError(
            absl::StrCat(label_, ": the model returned ", found,
                         " tensors, at loading it returned ", result_tensors_)));
      }
      return status;
    });
  } catch (...) {
    if (limit && limit->stopped()) return limit->StoppedStatus(label_);
    return StatusOfException(absl::StrCat(label_, ": forward failed"), absl::StatusCode::kInternal);
  }
}

absl::StatusOr<std::vector<HostTensor>> ScriptModel::Forward(
    const std::vector<HostTensor>& inputs) const {
  const std::vector<c10::Argument>& parameters = forward_->arguments();
  size_t required = 0;
  for (const c10::Argument& parameter : parameters) required += !parameter.default_value();
  if (inputs.size() < required || inputs.size() > parameters.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        label_, ": forward takes ", required,
        required == parameters.size() ? "" : absl::StrCat(" to ", parameters.size()), " inputs (",
        absl::StrJoin(parameters, ", ",
                      [](std::string* out, const c10::Argument& parameter) {
                        out->append(parameter.name());
                      }),
        "); given were ", inputs.size()));
  }
  std::unique_lock<std::mutex> lock(stateful_calls_, std::defer_lock);
  if (!forward_->state().empty()) lock.lock();
  CallLimit limit(forward_limit_, nullptr);
  absl::StatusOr<std::vector<HostTensor>> outcome = Guarded(
      absl::StrCat(label_, ": forward failed"), absl::StatusCode::kInternal,
      [&]() -> absl::StatusOr<std::vector<HostTensor>> {
        CallScope scope;
        return OnDevice([&]() -> absl::StatusOr<std::vector<HostTensor>> {
          torch::jit::Stack stack;
          forward_->PushSelf(&stack);
          for (size_t i = 0; i < parameters.size(); ++i) {
            if (i >= inputs.size()) {
              stack.push_back(*parameters[i].default_value());
              continue;
            }
            Argument argument;
            argument.host_type = ToScalarType(inputs[i].dtype);
            argument.model_type = ModelType(argument.host_type);
            argument.copy = forward_->WritesInput(i);
            const size_t bytes =
                c10::multiply_integers(inputs[i].shape) * ElementBytes(inputs[i].dtype);
            if (bytes != inputs[i].data.size()) {
              return absl::InvalidArgumentError(
                  absl::StrCat(label_, ": the input '", inputs[i].name, "' of shape ",
                               ShapeText(inputs[i].shape), " needs ", bytes, " bytes; given were ",
                               inputs[i].data.size()));
            }
            stack.emplace_back(InputTensor(inputs[i].data.data(), inputs[i].shape, argument));
          }
          forward_->Call(stack);
          std::vector<HostTensor> results;
          ForEachTensor(stack.back(), [&](const at::Tensor& tensor) {
            const at::Tensor plain = Plain(tensor).contiguous();
            HostTensor result;
            result.name = absl::StrCat("out", results.size());
            result.dtype = FromScalarType(plain.scalar_type()).value_or(DType::kUInt8);
            result.shape.assign(plain.sizes().begin(), plain.sizes().end());
            result.data.resize(plain.nbytes());
            if (plain.nbytes() > 0) {
              std::memcpy(result.data.data(), plain.const_data_ptr(), plain.nbytes());
            }
            results.push_back(std::move(result));
          });
          if (results.empty()) {
            return absl::InvalidArgumentError(absl::StrCat(label_, ": forward returned no tensor"));
          }
          return results;
        });
      });
  if (limit.stopped()) return limit.StoppedStatus(label_);
  return outcome;
}

// --- The schema --------------------------------------------------------------------------------

absl::Status ScriptModel::MakeSchema(const TorchLoadOptions& options) {
  schema_.inputs = options.inputs;
  if (!forward_->state().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": forward writes to its own ", absl::StrJoin(forward_->state(), ", "),
                     ": one call would change the next, and agents share one model. Make the state "
                     "an input and an "
                     "output of forward instead."));
  }
  if (absl::Status status = CheckArguments(); !status.ok()) return status;
  if (schema_.inputs.empty()) {
    if (absl::Status status = InferInputs(); !status.ok()) return status;
  }
  if (absl::Status status = AssignArguments(); !status.ok()) return status;
  return TryForward(options);
}

bool TakesTensor(const c10::Argument& argument) {
  return c10::TensorType::get()->isSubtypeOf(*argument.type());
}

absl::Status ScriptModel::CheckArguments() const {
  for (const c10::Argument& argument : forward_->arguments()) {
    if (!TakesTensor(argument) && !argument.default_value()) {
      return absl::InvalidArgumentError(absl::StrCat(label_, ": forward needs '", argument.name(),
                                                     ": ", argument.type()->annotation_str(),
                                                     "'. Graft feeds tensors: wrap the model in a "
                                                     "module whose forward takes tensors only, and "
                                                     "export that."));
    }
  }
  if (forward_->arguments().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": forward takes no input, so there is nothing to run it on."));
  }
  return absl::OkStatus();
}

absl::Status ScriptModel::InferInputs() {
  for (size_t i = 0; i < forward_->arguments().size(); ++i) {
    const c10::Argument& argument = forward_->arguments()[i];
    if (argument.default_value()) continue;
    const InferredInput inferred = InferInput(forward_->input(i));
    TensorSpec spec;
    spec.name = argument.name();
    spec.shape = {TensorSpec::kAgents};
    if (inferred.is_index) {
      spec.dtype = DType::kInt64;
    } else if (inferred.features) {
      spec.shape.push_back(*inferred.features);
      spec.dtype =
          forward_->compute_type() == c10::ScalarType::Double ? DType::kFloat64 : DType::kFloat32;
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          label_, ": the shape of the input '", argument.name(), "' cannot be read from the file: ",
          inferred.obstacle, ". ", ManifestExample(argument.name())));
    }
    schema_.inputs.push_back(std::move(spec));
  }
  return absl::OkStatus();
}

// Declared inputs go to arguments by name when all names are arguments, else by position.
absl::Status ScriptModel::AssignArguments() {
  const std::vector<c10::Argument>& parameters = forward_->arguments();
  const auto names = absl::StrJoin(parameters, ", ", [](std::string* out, const c10::Argument& p) {
    absl::StrAppend(out, p.name(), p.default_value() ? " (optional)" : "");
  });
  const auto position = [&](const std::string& name) -> int {
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].name() == name) return static_cast<int>(i);
    }
    return -1;
  };
  const std::vector<TensorSpec>& inputs = schema_.inputs;
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
  arguments_.resize(parameters.size());
  const bool by_name = std::all_of(inputs.begin(), inputs.end(), [&](const TensorSpec& spec) {
    return position(spec.name) >= 0;
  });
  for (size_t i = 0; i < inputs.size(); ++i) {
    const int at = by_name ? position(inputs[i].name) : static_cast<int>(i);
    const int named = position(inputs[i].name);
    if (at >= static_cast<int>(parameters.size()) || (!by_name && named >= 0 && named != at) ||
        arguments_[at].input >= 0 || !TakesTensor(parameters[at])) {
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": the declared inputs (", SpecsText(inputs),
                       ") do not fit forward's arguments (", names,
                       "). Name them as forward does, or give them in its order."));
    }
    Argument& argument = arguments_[at];
    argument.input = static_cast<int>(i);
    argument.host_type = ToScalarType(inputs[i].dtype);
    argument.model_type = ModelType(argument.host_type);
    argument.copy = forward_->WritesInput(at);
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (arguments_[i].input >= 0) continue;
    if (!parameters[i].default_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": forward takes (", names, "), but \"inputs\" declares only (",
                       SpecsText(inputs), "): '", parameters[i].name(), "' is missing"));
    }
    arguments_[i].default_value = *parameters[i].default_value();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NamedTensor>> ScriptModel::Trial(
    int64_t rows, const std::function<bool()>& cancelled) {
  CallLimit limit(forward_limit_, &cancelled);
  const std::string context =
      absl::StrCat(label_, ": a trial forward of ", rows, rows == 1 ? " row" : " rows", " with (",
                   SpecsText(schema_.inputs), ") failed");
  absl::StatusOr<std::vector<NamedTensor>> results =
      Guarded(context, absl::StatusCode::kInvalidArgument,
              [&]() -> absl::StatusOr<std::vector<NamedTensor>> {
                CallScope scope;
                return OnDevice([&]() -> absl::StatusOr<std::vector<NamedTensor>> {
                  torch::jit::Stack stack;
                  forward_->PushSelf(&stack);
                  for (const Argument& argument : arguments_) {
                    if (argument.input < 0) {
                      stack.push_back(argument.default_value);
                      continue;
                    }
                    std::vector<int64_t> sizes = schema_.inputs[argument.input].shape;
                    sizes[0] = rows;
                    stack.emplace_back(at::zeros(
                        sizes, at::TensorOptions().dtype(argument.model_type).device(device_)));
                  }
                  forward_->Call(stack);
                  std::vector<NamedTensor> tensors;
                  Flatten(stack.back(), "", &tensors);
                  return tensors;
                });
              });
  if (limit.stopped()) return limit.StoppedStatus(label_);
  if (results.ok()) return results;
  return absl::Status(results.status().code(),
                      absl::StrCat(results.status().message(), ". ", TrialHint()));
}

// What the graph says about the inputs, where it differs from what was declared.
std::string ScriptModel::TrialHint() const {
  for (size_t i = 0; i < arguments_.size(); ++i) {
    if (arguments_[i].input < 0) continue;
    const TensorSpec& spec = schema_.inputs[arguments_[i].input];
    const InferredInput inferred = InferInput(forward_->input(i));
    if (inferred.features && spec.shape.back() != *inferred.features) {
      return absl::StrCat("The input '", spec.name, "' is declared ", spec.DebugString(),
                          ", but the first layer takes ", *inferred.features, " features.");
    }
    if (inferred.is_index && !c10::isIntegralType(arguments_[i].host_type, false)) {
      return absl::StrCat("The input '", spec.name, "' is declared ", spec.DebugString(),
                          ", but it chooses rows of an embedding: declare it int64.");
    }
  }
  return ManifestExample(schema_.inputs[0].name);
}

absl::Status ScriptModel::TryForward(const TorchLoadOptions& options) {
  absl::StatusOr<std::vector<NamedTensor>> one = Trial(1, options.cancelled);
  if (!one.ok()) return one.status();
  absl::StatusOr<std::vector<NamedTensor>> three = Trial(3, options.cancelled);
  if (!three.ok()) return three.status();
  return MatchOutputs(*one, *three, options.outputs);
}

absl::Status ScriptModel::MatchOutputs(const std::vector<NamedTensor>& one,
                                       const std::vector<NamedTensor>& three,
                                       const std::vector<TensorSpec>& declared) {
  if (one.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(label_, ": forward returned no tensor"));
  }
  if (one.size() != three.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": forward returned ", one.size(), " tensors for 1 row and ",
                     three.size(), " for 3: Graft needs one result for each row in every output."));
  }
  result_tensors_ = one.size();

  // What the model gives for each row. The rest (a loss, a table shared by all rows) is passed
  // over.
  std::vector<TensorSpec> found;
  std::vector<size_t> results;  // of each: its place among all tensors
  std::string rest;
  for (size_t i = 0; i < one.size(); ++i) {
    const at::Tensor& a = one[i].tensor;
    const at::Tensor& b = three[i].tensor;
    const std::string name = one[i].name.empty() ? absl::StrCat("out", i) : one[i].name;
    const bool follows = a.dim() >= 1 && a.dim() == b.dim() && a.size(0) == 1 && b.size(0) == 3 &&
                         a.sizes().slice(1) == b.sizes().slice(1) &&
                         a.scalar_type() == b.scalar_type();
    const std::optional<DType> dtype = FromScalarType(a.scalar_type());
    if (!follows || !dtype) {
      absl::StrAppend(&rest, rest.empty() ? "" : "; ", name, " is ", TypeText(a.scalar_type()), " ",
                      ShapeText(a.sizes()), " for 1 row and ", ShapeText(b.sizes()), " for 3 rows");
      continue;
    }
    TensorSpec spec;
    spec.name = name;
    spec.dtype = *dtype == DType::kFloat16 || *dtype == DType::kBFloat16 ? DType::kFloat32 : *dtype;
    spec.shape.assign(a.sizes().begin(), a.sizes().end());
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
  schema_.outputs = declared.empty() ? found : declared;
  outputs_.resize(schema_.outputs.size());
  for (size_t i = 0; i < schema_.outputs.size(); ++i) {
    const TensorSpec& spec = schema_.outputs[i];
    size_t at = i;
    if (by_name) {
      at = std::find_if(found.begin(), found.end(),
                        [&](const TensorSpec& f) { return f.name == spec.name; }) -
           found.begin();
    }
    const c10::ScalarType gives = one[results[at]].tensor.scalar_type();
    outputs_[i].result = results[at];
    outputs_[i].host_type = ToScalarType(spec.dtype);
    if (spec.shape != found[at].shape) {
      TensorSpec actual = found[at];
      actual.name = spec.name;
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": the output '", spec.name, "' is declared ", spec.DebugString(),
                       ", but forward gives ", actual.DebugString(),
                       ". Correct \"outputs\", or give the model that belongs to it."));
    }
    if (!Converts(gives, outputs_[i].host_type)) {
      return absl::InvalidArgumentError(
          absl::StrCat(label_, ": the output '", spec.name, "' is declared ", DTypeName(spec.dtype),
                       ", but forward gives ", TypeText(gives),
                       ", which is not converted to it. Correct \"outputs\"."));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<TorchModel>> TorchModel::LoadTorchScript(
    const std::string& path, const TorchLoadOptions& options) {
  if (options.precision != DType::kFloat32 && options.precision != DType::kFloat16 &&
      options.precision != DType::kBFloat16) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the precision \"", DTypeName(options.precision),
                     "\" is unknown. Use \"float32\", \"bfloat16\" or \"float16\"."));
  }
  absl::StatusOr<c10::Device> device = ResolveDevice(options.device);
  if (!device.ok()) {
    return absl::Status(device.status().code(),
                        absl::StrCat(path, ": ", device.status().message()));
  }
  absl::StatusOr<std::shared_ptr<const FileBytes>> file = ReadWholeFile(path);
  if (!file.ok()) return file.status();

  ScriptForwardOptions forward_options;
  forward_options.device = *device;
  if (options.precision != DType::kFloat32) {
    forward_options.precision = ToScalarType(options.precision);
  }
  forward_options.cancelled = options.cancelled;
  absl::StatusOr<std::unique_ptr<ScriptForward>> forward =
      ScriptForward::Load((*file)->bytes(), path, forward_options);
  if (!forward.ok()) return forward.status();
  file->reset();

  auto model =
      std::make_unique<ScriptModel>(path, *device, options.forward_limit, *std::move(forward));
  if (!options.forward_only) {
    if (absl::Status status = model->MakeSchema(options); !status.ok()) return status;
  }
  if (options.cancelled && options.cancelled()) {
    return absl::CancelledError(absl::StrCat(path, ": loading was cancelled"));
  }
  return std::unique_ptr<TorchModel>(std::move(model));
}

std::vector<std::string> AvailableDevices() {
  std::vector<std::string> devices = {"cpu"};
  if (DriverDeviceCount() <= 0 || !OpenCudaLibrary().ok()) return devices;
  try {
    const int count = c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount();
    for (int i = 0; i < count; ++i) devices.push_back(absl::StrCat("cuda:", i));
  } catch (...) {
    // A driver that LibTorch cannot use: the CPU remains.
  }
  return devices;
}

}  // namespace graft::models
