#include "models/architecture/weight_filling.h"

#include <ATen/ATen.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/stored_tensor.h"
#include "models/torch/graph_forward.h"
#include "models/torch/host_values.h"
#include "models/torch/torch_dtype.h"

namespace graft::models::architecture {
namespace {

// What the plan takes from the file, in the shape of the tensor.
at::Tensor FromFile(python::Evaluator& ev, Recorder& recorder, const NetworkTensor& tensor,
                    const PlannedTensor& planned, const WeightFilling& filling) {
  at::Tensor stored = StoredTensor((*filling.weights)[planned.weight], filling.file);
  const at::IntArrayRef shape = tensor.facts.shape;
  if (planned.fate != PlannedTensor::Fate::kSliced) {
    return stored.sizes() == shape ? stored : stored.reshape(shape);
  }
  at::Tensor whole = ReadConstant(ev, recorder, tensor.tensor->data()).clone();
  at::Tensor target = whole;
  for (size_t dim = 0; dim < planned.extents.size(); ++dim) {
    const auto d = static_cast<int64_t>(dim);
    target = target.narrow(d, 0, planned.extents[dim]);
    stored = stored.narrow(d, 0, planned.extents[dim]);
  }
  target.copy_(stored);
  return whole;
}

// A finite weight must stay finite.
absl::Status CheckRange(const NetworkTensor& tensor, const at::Tensor& before,
                        const at::Tensor& after, absl::string_view label) {
  if (after.scalar_type() != at::kHalf || before.scalar_type() == at::kHalf ||
      before.numel() == 0 || !(at::isinf(after) & at::isfinite(before)).any().item<bool>()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      label, ": ", tensor.facts.name, " ", ShapeText(before.sizes()), " reaches ",
      before.abs().max().item<double>(),
      ", beyond float16's 65504. Use the precision \"bfloat16\" or \"float32\", or name it in "
      "\"keep_float32\"."));
}

}  // namespace

c10::ScalarType TypeOf(const NetworkTensor& tensor, const PrecisionRules& precision) {
  const c10::ScalarType own = ToScalarType(tensor.facts.dtype);
  if (!c10::isFloatingType(own)) return own;
  const DType wanted = precision.Of(tensor.facts.name);
  // "float32" leaves what the source made wider.
  if (wanted == DType::kFloat32) return own == at::kDouble ? own : at::kFloat;
  return tensor.in_batch_norm ? own : ToScalarType(wanted);
}

absl::Status FillTensors(python::Evaluator& ev, Recorder& recorder,
                         const std::vector<NetworkTensor>& tensors, const WeightPlan& plan,
                         const WeightFilling& filling) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const NetworkTensor& tensor = tensors[i];
    const PlannedTensor& planned = plan.tensors[i];
    ev.Step();
    if (planned.fate == PlannedTensor::Fate::kTied) continue;
    if (planned.fate == PlannedTensor::Fate::kKept) {
      ReplaceConstant(tensor.tensor->data(), *filling.kept->Find(tensor.facts.name),
                      /*read_only=*/true);
      continue;
    }
    const c10::ScalarType type = TypeOf(tensor, *filling.precision);
    const bool from_file = planned.IsFromFile();
    at::Tensor values = from_file ? FromFile(ev, recorder, tensor, planned, filling)
                                  : ReadConstant(ev, recorder, tensor.tensor->data());
    if (from_file) {
      absl::Status status =
          CheckFinite(tensor.facts.name, values,
                      tensor.facts.role == ArchitectureTensor::Role::kParameter, filling.label);
      if (!status.ok()) return status;
    }
    if (!from_file && values.scalar_type() == type) continue;
    at::Tensor cast = values.to(type);
    if (absl::Status status = CheckRange(tensor, values, cast, filling.label); !status.ok()) {
      return status;
    }
    const bool in_place = from_file && cast.is_same(values);
    ReplaceConstant(tensor.tensor->data(), std::move(cast), /*read_only=*/in_place);
  }
  return absl::OkStatus();
}

}  // namespace graft::models::architecture
