#include "models/torch/torch_model.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/file_bytes.h"
#include "models/torch/call_limit.h"
#include "models/torch/call_scope.h"
#include "models/torch/device_choice.h"
#include "models/torch/forward_schema.h"
#include "models/torch/graph_forward.h"
#include "models/torch/graph_model.h"
#include "models/torch/host_values.h"
#include "models/torch/script_archive.h"
#include "models/torch/tensor_pool.h"
#include "models/torch/torch_dtype.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

class GraphModel final : public TorchModel {
 public:
  GraphModel(std::string label, c10::Device device, absl::Duration forward_limit,
             std::unique_ptr<GraphForward> forward, ForwardSchema made,
             std::shared_ptr<const KnownForward> known)
      : label_(std::move(label)),
        forward_limit_(forward_limit),
        device_(device),
        device_name_(device.str()),
        forward_(std::move(forward)),
        made_(std::move(made)),
        known_(std::move(known)) {}

  const ModelSchema& schema() const override { return made_.schema; }
  size_t weight_bytes() const override { return forward_->weight_bytes(); }
  size_t shared_bytes() const override { return forward_->shared_bytes(); }
  const std::string& device() const override { return device_name_; }
  const std::shared_ptr<const KnownForward>& known() const override { return known_; }
  bool RunsLike(const TorchModel& other) const override {
    return known_->likeness && known_->likeness == other.known()->likeness &&
           schema() == other.schema();
  }

  absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                   absl::Span<void* const> outputs) const override;
  absl::StatusOr<std::vector<HostTensor>> Forward(
      const std::vector<HostTensor>& inputs) const override;

 private:
  // A tensor over the caller's memory, moved and cast where the model needs it.
  at::Tensor InputTensor(const void* data, at::IntArrayRef sizes,
                         const ForwardArgument& argument) const;
  absl::Status WriteOutput(const at::Tensor& tensor, const TensorSpec& spec,
                           c10::ScalarType host_type, int64_t rows, void* out) const;

  const std::string label_;
  const absl::Duration forward_limit_;
  const c10::Device device_;
  const std::string device_name_;
  const std::unique_ptr<GraphForward> forward_;
  const ForwardSchema made_;
  const std::shared_ptr<const KnownForward> known_;
  mutable std::mutex stateful_calls_;  // held during Forward of a model with state
};

at::Tensor GraphModel::InputTensor(const void* data, at::IntArrayRef sizes,
                                   const ForwardArgument& argument) const {
  at::Tensor tensor = at::from_blob(const_cast<void*>(data), sizes, argument.host_type);
  if (argument.model_type != argument.host_type || !device_.is_cpu()) {
    tensor = tensor.to(device_, argument.model_type);
  } else if (argument.copy) {
    tensor = tensor.clone();
  }
  return tensor;
}

absl::Status GraphModel::WriteOutput(const at::Tensor& tensor, const TensorSpec& spec,
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

absl::Status GraphModel::Run(int64_t rows, absl::Span<const void* const> inputs,
                             absl::Span<void* const> outputs) const {
  if (rows <= 0 || inputs.size() != made_.schema.inputs.size() ||
      outputs.size() != made_.schema.outputs.size() || made_.schema.inputs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label_, ": Run takes at least one row, ", made_.schema.inputs.size(),
                     " inputs and ", made_.schema.outputs.size(), " outputs; given were ", rows,
                     ", ", inputs.size(), " and ", outputs.size()));
  }
  std::optional<CallLimit> limit;
  if (forward_->has_loops()) limit.emplace(forward_limit_, nullptr);
  try {
    CallScope scope;
    return RunOnDevice(device_, [&]() -> absl::Status {
      // Kept from call to call, for its memory only.
      thread_local torch::jit::Stack stack;
      stack.clear();
      forward_->PushSelf(&stack);
      for (const ForwardArgument& argument : made_.arguments) {
        if (argument.input < 0) {
          stack.push_back(argument.default_value);
          continue;
        }
        c10::SmallVector<int64_t, 8> sizes(made_.schema.inputs[argument.input].shape.begin(),
                                           made_.schema.inputs[argument.input].shape.end());
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
        for (size_t i = 0; i < made_.outputs.size(); ++i) {
          if (made_.outputs[i].result != index) continue;
          status.Update(WriteOutput(tensor, made_.schema.outputs[i], made_.outputs[i].host_type,
                                    rows, outputs[i]));
        }
        ++index;
      });
      if (found != made_.result_tensors) {
        status.Update(absl::InvalidArgumentError(
            absl::StrCat(label_, ": the model returned ", found,
                         " tensors, at loading it returned ", made_.result_tensors)));
      }
      return status;
    });
  } catch (...) {
    if (limit && limit->stopped()) return limit->StoppedStatus(label_);
    return StatusOfException(absl::StrCat(label_, ": forward failed"), absl::StatusCode::kInternal);
  }
}

absl::StatusOr<std::vector<HostTensor>> GraphModel::Forward(
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
        return RunOnDevice(device_, [&]() -> absl::StatusOr<std::vector<HostTensor>> {
          torch::jit::Stack stack;
          forward_->PushSelf(&stack);
          for (size_t i = 0; i < parameters.size(); ++i) {
            if (i >= inputs.size()) {
              stack.push_back(*parameters[i].default_value());
              continue;
            }
            ForwardArgument argument;
            argument.host_type = ToScalarType(inputs[i].dtype);
            argument.model_type = ModelType(*forward_, argument.host_type);
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

}  // namespace

absl::StatusOr<std::unique_ptr<TorchModel>> MakeGraphModel(
    std::string label, c10::Device device, std::unique_ptr<GraphForward> forward,
    const TorchLoadOptions& options, std::vector<RowResults> known_results,
    std::shared_ptr<const FrozenScript> script) {
  ForwardSchema made;
  const KnownForward* const before = options.known.get();
  if (known_results.empty() && before != nullptr && before->likeness &&
      before->likeness == forward->likeness() && before->declared_inputs == options.inputs) {
    known_results = before->results;
  }
  if (!options.forward_only) {
    ForwardSchemaOptions schema_options;
    schema_options.device = device;
    schema_options.inputs = options.inputs;
    schema_options.outputs = options.outputs;
    schema_options.forward_limit = options.forward_limit;
    schema_options.cancelled = options.cancelled;
    schema_options.known_results = std::move(known_results);
    absl::StatusOr<ForwardSchema> schema = MakeForwardSchema(*forward, label, schema_options);
    if (!schema.ok()) return schema.status();
    made = *std::move(schema);
  }
  if (options.cancelled && options.cancelled()) {
    return absl::CancelledError(absl::StrCat(label, ": loading was cancelled"));
  }
  auto known = std::make_shared<const KnownForward>(
      KnownForward{forward->likeness(), options.inputs, made.results, std::move(script)});
  return std::make_unique<GraphModel>(std::move(label), device, options.forward_limit,
                                      std::move(forward), std::move(made), std::move(known));
}

std::shared_ptr<TensorPool> MakeTensorPool() { return std::make_shared<TensorPool>(); }

absl::StatusOr<std::unique_ptr<TorchModel>> TorchModel::LoadTorchScript(
    const std::string& path, const TorchLoadOptions& options) {
  if (options.precision != DType::kFloat32 && options.precision != DType::kFloat16 &&
      options.precision != DType::kBFloat16) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the precision \"", DTypeName(options.precision),
                     "\" is unknown. Use \"float32\", \"bfloat16\" or \"float16\"."));
  }
  absl::StatusOr<c10::Device> device = ChooseDevice(options.device);
  if (!device.ok()) {
    return absl::Status(device.status().code(),
                        absl::StrCat(path, ": ", device.status().message()));
  }
  absl::StatusOr<std::shared_ptr<const FileBytes>> file = MapFile(path);
  if (!file.ok()) return file.status();

  ForwardOptions forward_options;
  forward_options.device = *device;
  if (options.precision != DType::kFloat32) {
    forward_options.precision = ToScalarType(options.precision);
  }
  forward_options.cancelled = options.cancelled;
  forward_options.pool = options.pool;
  if (options.pool != nullptr) options.pool->BeginLoad();
  forward_options.taps = options.taps;
  absl::StatusOr<LoadedScript> loaded = LoadScriptArchive(
      *file, forward_options, options.known != nullptr ? options.known->script : nullptr);
  if (absl::Status status = (*file)->CheckIntact(); !status.ok()) return status;
  if (!loaded.ok()) return loaded.status();
  return MakeGraphModel(path, *device, std::move(loaded->forward), options, /*known_results=*/{},
                        std::move(loaded->frozen));
}

}  // namespace graft::models
