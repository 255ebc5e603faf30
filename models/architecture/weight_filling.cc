#include "models/architecture/weight_filling.h"

#include <ATen/ATen.h>

#include <utility>

#include "absl/container/flat_hash_set.h"
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

namespace {

// A tensor that the file fills.
struct FromFileTensor {
  size_t index = 0;  // in the network and in the plan
  at::Tensor values;
  c10::ScalarType type = c10::ScalarType::Undefined;
  TensorPool::Key key;
  at::Tensor shared;  // the same, as another version has it; undefined: none has
};

// Checks and casts what no version has yet.
absl::Status Fill(const NetworkTensor& tensor, const FromFileTensor& from,
                  const WeightFilling& filling) {
  const bool is_parameter = tensor.facts.role == ArchitectureTensor::Role::kParameter;
  absl::Status status = CheckFinite(tensor.facts.name, from.values, is_parameter, filling.label);
  if (!status.ok()) return status;
  at::Tensor cast = from.values.to(from.type);
  status = CheckRange(tensor, from.values, cast, filling.label);
  if (!status.ok()) return status;
  if (filling.pool != nullptr) filling.pool->Add(from.key, cast);
  const bool in_place = cast.is_same(from.values);
  ReplaceConstant(tensor.tensor->data(), std::move(cast),
                  /*read_only=*/in_place || filling.pool != nullptr);
  return absl::OkStatus();
}

// Weights serve agents: a damaged record must not. What another version holds has been read once
// and has the same bytes; what is kept is not looked at.
absl::Status VerifyWhatIsNew(const std::vector<FromFileTensor>& tensors, const WeightPlan& plan,
                             const WeightFilling& filling) {
  const WeightTable& weights = *filling.weights;
  absl::flat_hash_set<const uint8_t*> known;
  for (const PlannedTensor& planned : plan.tensors) {
    if (planned.fate == PlannedTensor::Fate::kKept && planned.weight != kNoIndex) {
      known.insert(weights[planned.weight].storage.data());
    }
  }
  const auto storage_of = [&](const FromFileTensor& from) {
    return weights[plan.tensors[from.index].weight].storage.data();
  };
  for (const FromFileTensor& from : tensors) {
    if (from.shared.defined()) known.insert(storage_of(from));
  }
  for (const FromFileTensor& from : tensors) {
    if (!from.shared.defined()) known.erase(storage_of(from));
  }
  return filling.file
      ->VerifyChecksums([&known](ByteSpan record) { return !known.contains(record.data()); })
      .status();
}

}  // namespace

absl::Status FillTensors(python::Evaluator& ev, Recorder& recorder,
                         const std::vector<NetworkTensor>& tensors, const WeightPlan& plan,
                         const WeightFilling& filling) {
  std::vector<FromFileTensor> from_file;
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
    if (!planned.IsFromFile()) {
      const at::Tensor values = ReadConstant(ev, recorder, tensor.tensor->data());
      if (values.scalar_type() == type) continue;
      at::Tensor cast = values.to(type);
      absl::Status status = CheckRange(tensor, values, cast, filling.label);
      if (!status.ok()) return status;
      ReplaceConstant(tensor.tensor->data(), std::move(cast), /*read_only=*/false);
      continue;
    }
    FromFileTensor& from = from_file.emplace_back();
    from.index = i;
    from.values = FromFile(ev, recorder, tensor, planned, filling);
    from.type = type;
    if (filling.pool != nullptr) {
      // Infinities are checked for by role.
      const bool is_parameter = tensor.facts.role == ArchitectureTensor::Role::kParameter;
      from.key = TensorPool::Derived(
          absl::StrCat(is_parameter ? "parameter as " : "buffer as ", c10::toString(type)),
          {filling.pool->KeyOf(from.values)});
      from.shared = filling.pool->Find(from.key);
    }
  }
  absl::Status verified = VerifyWhatIsNew(from_file, plan, filling);
  if (!verified.ok()) return verified;
  for (const FromFileTensor& from : from_file) {
    const NetworkTensor& tensor = tensors[from.index];
    ev.Step();
    if (from.shared.defined()) {
      ReplaceConstant(tensor.tensor->data(), from.shared, /*read_only=*/true);
      continue;
    }
    if (absl::Status status = Fill(tensor, from, filling); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace graft::models::architecture
