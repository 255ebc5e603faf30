#include "models/architecture/weight_filling.h"

#include <ATen/ATen.h>

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "models/architecture/stored_tensor.h"
#include "models/torch/graph_forward.h"
#include "models/torch/host_values.h"
#include "models/torch/torch_dtype.h"
#include "models/torch/weight_memory.h"

namespace graft::models::architecture {
namespace {

// What the plan takes from the file, in the shape of the tensor.
at::Tensor FromFile(const NetworkTensor& tensor, const PlannedTensor& planned,
                    const WeightFilling& filling) {
  const Weight& weight = (*filling.weights)[planned.weight];
  at::Tensor stored = StoredTensor(weight, ModelFile::Keep(filling.file, weight.storage));
  const at::IntArrayRef shape = tensor.facts.shape;
  if (planned.fate != PlannedTensor::Fate::kSliced) {
    return stored.sizes() == shape ? stored : stored.reshape(shape);
  }
  at::Tensor whole = filling.initial(tensor).clone();
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
absl::StatusOr<at::Tensor> Checked(const NetworkTensor& tensor, const FromFileTensor& from,
                                   const WeightFilling& filling) {
  const bool is_parameter = tensor.facts.role == ArchitectureTensor::Role::kParameter;
  absl::Status status = CheckFinite(tensor.facts.name, from.values, is_parameter, filling.label);
  if (!status.ok()) return status;
  at::Tensor cast = MoveWeights(from.values, from.values.options().dtype(from.type));
  status = CheckRange(tensor, from.values, cast, filling.label);
  if (!status.ok()) return status;
  if (filling.pool != nullptr) filling.pool->Add(from.key, cast);
  return cast;
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

absl::StatusOr<std::vector<at::Tensor>> ReadWeights(const std::vector<NetworkTensor>& tensors,
                                                    const WeightPlan& plan,
                                                    const WeightFilling& filling) {
  const auto cancelled = [&filling] { return filling.cancelled && filling.cancelled(); };
  const auto give_up = [&filling] {
    return absl::CancelledError(absl::StrCat(filling.label, ": loading was cancelled"));
  };
  std::vector<at::Tensor> values(tensors.size());
  std::vector<FromFileTensor> from_file;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const NetworkTensor& tensor = tensors[i];
    const PlannedTensor& planned = plan.tensors[i];
    if (cancelled()) return give_up();
    if (planned.fate == PlannedTensor::Fate::kKept) {
      values[i] = *filling.kept->Find(tensor.facts.name);
    }
    if (!planned.IsFromFile()) continue;
    FromFileTensor& from = from_file.emplace_back();
    from.index = i;
    from.values = FromFile(tensor, planned, filling);
    from.type = TypeOf(tensor, *filling.precision);
    if (filling.pool != nullptr) {
      // Infinities are checked for by role.
      const bool is_parameter = tensor.facts.role == ArchitectureTensor::Role::kParameter;
      from.key = TensorPool::Derived(
          absl::StrCat(is_parameter ? "parameter as " : "buffer as ", c10::toString(from.type)),
          {filling.pool->KeyOf(from.values)});
      from.shared = filling.pool->Find(from.key);
    }
  }
  absl::Status verified = VerifyWhatIsNew(from_file, plan, filling);
  if (!verified.ok()) return verified;
  for (const FromFileTensor& from : from_file) {
    if (cancelled()) return give_up();
    if (from.shared.defined()) {
      values[from.index] = from.shared;
      continue;
    }
    absl::StatusOr<at::Tensor> checked = Checked(tensors[from.index], from, filling);
    if (!checked.ok()) return checked.status();
    values[from.index] = *std::move(checked);
  }
  if (absl::Status status = filling.file->CheckIntact(); !status.ok()) return status;
  return values;
}

absl::Status FillTensors(python::Evaluator& ev, Recorder& recorder,
                         const std::vector<NetworkTensor>& tensors, const WeightPlan& plan,
                         const std::vector<at::Tensor>& values, const WeightFilling& filling) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const NetworkTensor& tensor = tensors[i];
    ev.Step();
    if (plan.tensors[i].fate == PlannedTensor::Fate::kTied) continue;
    if (values[i].defined()) {
      ReplaceConstant(tensor.tensor->data(), values[i], /*read_only=*/true);
      continue;
    }
    const at::Tensor own = ReadConstant(ev, recorder, tensor.tensor->data());
    const c10::ScalarType type = TypeOf(tensor, *filling.precision);
    if (own.scalar_type() == type) continue;
    at::Tensor cast = MoveWeights(own, own.options().dtype(type));
    absl::Status status = CheckRange(tensor, own, cast, filling.label);
    if (!status.ok()) return status;
    ReplaceConstant(tensor.tensor->data(), std::move(cast), /*read_only=*/false);
  }
  return absl::OkStatus();
}

}  // namespace graft::models::architecture
