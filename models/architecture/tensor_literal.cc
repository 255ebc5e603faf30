#include "models/architecture/tensor_literal.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/torch_error_at_line.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

using python::Evaluator;
using python::Value;

constexpr size_t kMaxDimensions = 64;

bool IsSequence(Value value) {
  return python::Underlying<python::ListObject>(value) != nullptr ||
         python::Underlying<python::TupleObject>(value) != nullptr ||
         value.As<python::RangeObject>() != nullptr;
}

// Numbers of nested lists, in order, and the shape that they have.
struct Numbers {
  std::vector<Value> leaves;
  std::vector<int64_t> shape;
  bool plain = true;                                   // only bool, int and float
  std::optional<c10::ScalarType> type = std::nullopt;  // of all that was collected

  void Meet(c10::ScalarType other) { type = type ? c10::promoteTypes(*type, other) : other; }
};

// NumPy's arrays and numbers, or what is made like them: an object with a dtype and tolist().
std::optional<c10::ScalarType> TypeOfArray(Evaluator& ev, Value value) {
  if (value.As<python::InstanceObject>() == nullptr || !ev.ClassMethod(value, "tolist")) {
    return std::nullopt;
  }
  const std::optional<Value> dtype = ev.TryGetAttr(value, "dtype");
  const std::optional<Value> name = dtype ? ev.TryGetAttr(*dtype, "name") : std::nullopt;
  if (!name || name->As<python::StrObject>() == nullptr) return std::nullopt;
  const Value known = ev.GetAttr(ev.ImportModule("torch"), name->As<python::StrObject>()->text);
  return AsScalarType(ev, known);
}

void Collect(Evaluator& ev, Value given, size_t depth, Numbers* out) {
  ev.Step();
  Value value = given;
  if (const std::optional<c10::ScalarType> type = TypeOfArray(ev, given)) {
    const std::optional<c10::ScalarType> before = out->type;
    Collect(ev, ev.CallMethod(given, "tolist", {}), depth, out);
    out->type = before;
    out->Meet(*type);
    return;
  }
  if (!IsSequence(value)) {
    if (out->shape.size() != depth) {
      ev.Raise(python::ErrorKind::kValueError,
               absl::StrCat("expected sequences of equal length at dim ", depth));
    }
    value = python::Underlying(value);
    out->plain = out->plain && (value.IsInt() || value.IsFloat() || value.IsBool());
    if (value.IsFloat()) out->Meet(at::kFloat);
    if (value.IsInt()) out->Meet(at::kLong);
    if (value.IsBool()) out->Meet(at::kBool);
    out->leaves.push_back(value);
    return;
  }
  const std::vector<Value> items = ev.ToVector(value);
  if (out->shape.size() == depth && out->leaves.empty() && depth < kMaxDimensions) {
    out->shape.push_back(static_cast<int64_t>(items.size()));
  } else if (out->shape.size() <= depth ||
             out->shape[depth] != static_cast<int64_t>(items.size())) {
    ev.Raise(python::ErrorKind::kValueError,
             absl::StrCat("expected sequence of length ",
                          depth < out->shape.size() ? out->shape[depth] : 0, " at dim ", depth,
                          " (got ", items.size(), ")"));
  }
  for (const Value& item : items) Collect(ev, item, depth + 1, out);
}

double AsDouble(Value value) {
  return value.IsFloat() ? value.AsFloat() : static_cast<double>(value.AsInt());
}

at::Tensor FromNumbers(const Numbers& numbers, c10::ScalarType type) {
  const bool floats = std::any_of(numbers.leaves.begin(), numbers.leaves.end(),
                                  [](const Value& v) { return v.IsFloat(); });
  at::Tensor made =
      at::empty(numbers.shape, at::TensorOptions(at::kCPU).dtype(floats ? at::kDouble : at::kLong));
  for (size_t i = 0; i < numbers.leaves.size(); ++i) {
    const Value& leaf = numbers.leaves[i];
    if (floats) {
      made.mutable_data_ptr<double>()[i] = AsDouble(leaf);
    } else {
      made.mutable_data_ptr<int64_t>()[i] = leaf.AsInt();
    }
  }
  return made.to(type);
}

Value Convert(Evaluator& ev, Recorder& recorder, Value tensor,
              std::optional<c10::ScalarType> dtype) {
  if (!dtype) return tensor;
  return CallOperator(ev, recorder, "to", {{tensor, recorder.types(ev).DType(*dtype)}},
                      CallStyle::kMethod);
}

Value NestedList(const at::Tensor& tensor, Evaluator& ev) {
  ev.Step();
  std::vector<Value> items;
  for (int64_t i = 0; tensor.dim() > 0 && i < tensor.size(0); ++i) {
    items.push_back(NestedList(tensor[i], ev));
  }
  if (tensor.dim() > 0) return ev.List(std::move(items));
  const at::Scalar item = tensor.item();
  if (item.isBoolean()) return Value::Bool(item.toBool());
  if (item.isIntegral(/*includeBool=*/false)) return Value::Int(item.toLong());
  return Value::Float(item.toDouble());
}

}  // namespace

Value MakeTensor(Evaluator& ev, Recorder& recorder, Value data,
                 std::optional<c10::ScalarType> dtype) {
  if (data.As<TensorObject>() != nullptr) {
    return Convert(ev, recorder, CallOperator(ev, recorder, "clone", {{data}}), dtype);
  }
  if (data.As<SymbolicInt>() != nullptr) {
    const Value type = recorder.types(ev).DType(dtype.value_or(at::kLong));
    return CallOperator(ev, recorder, "full", {{ev.List({}), data}, {{"dtype", type}}});
  }
  Numbers numbers;
  Collect(ev, data, 0, &numbers);
  if (numbers.plain) {
    const c10::ScalarType type = dtype.value_or(numbers.type.value_or(at::kFloat));
    at::Tensor made = AtLine(ev, [&] { return FromNumbers(numbers, type); });
    recorder.Charge(ev, made);
    return recorder.NewTensor(ev, TensorData::Constant(std::move(made), recorder.NextOrdinal()));
  }
  if (!IsSequence(data)) {
    ev.Raise(python::ErrorKind::kTypeError,
             absl::StrCat("a tensor cannot be made of ", ev.TypeName(data)));
  }
  std::vector<Value> rows;
  for (const Value& item : ev.ToVector(data)) rows.push_back(MakeTensor(ev, recorder, item, dtype));
  return CallOperator(ev, recorder, "stack", {{ev.List(std::move(rows))}});
}

Value ToList(Evaluator& ev, TensorObject& tensor) {
  if (IsTraced(ev, tensor.recorder(), tensor.data())) {
    ev.RaiseNotSupported("a list of the elements of a tensor that depends on the inputs",
                         "operations on tensors");
  }
  const at::Tensor& elements = ReadConstant(ev, tensor.recorder(), tensor.data());
  return AtLine(ev, [&] { return NestedList(elements, ev); });
}

}  // namespace graft::models::architecture
