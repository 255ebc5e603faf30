#include "models/architecture/tensor_object.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/recorder.h"
#include "models/architecture/symbolic_float.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/tensor_attributes.h"
#include "models/architecture/tensor_indexing.h"
#include "models/architecture/torch_error_at_line.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

using python::BinaryOp;
using python::CompareOp;
using python::Evaluator;
using python::Value;

bool IsOperand(Value given) {
  const Value value = python::Underlying(given);
  return value.IsInt() || value.IsFloat() || value.IsBool() ||
         value.As<TensorObject>() != nullptr || value.As<SymbolicInt>() != nullptr ||
         value.As<SymbolicFloat>() != nullptr;
}

bool IsBool(const TensorData& data) { return data.dtype() == at::kBool; }

absl::string_view OperatorOf(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
      return "add";
    case BinaryOp::kSub:
      return "sub";
    case BinaryOp::kMul:
      return "mul";
    case BinaryOp::kMatMul:
      return "matmul";
    case BinaryOp::kDiv:
      return "div";
    case BinaryOp::kFloorDiv:
      return "floor_divide";
    case BinaryOp::kMod:
      return "remainder";
    case BinaryOp::kPow:
      return "pow";
    case BinaryOp::kLeftShift:
      return "bitwise_left_shift";
    case BinaryOp::kRightShift:
      return "bitwise_right_shift";
    case BinaryOp::kBitAnd:
      return "bitwise_and";
    case BinaryOp::kBitOr:
      return "bitwise_or";
    case BinaryOp::kBitXor:
      return "bitwise_xor";
  }
  return "";
}

absl::string_view OperatorOf(CompareOp op) {
  switch (op) {
    case CompareOp::kEq:
      return "eq";
    case CompareOp::kNotEq:
      return "ne";
    case CompareOp::kLess:
      return "lt";
    case CompareOp::kLessEq:
      return "le";
    case CompareOp::kGreater:
      return "gt";
    case CompareOp::kGreaterEq:
      return "ge";
    default:
      return "";
  }
}

// Over what unbind gave.
class Rows final : public python::IteratorObject {
 public:
  explicit Rows(std::vector<Value> rows) : rows_(std::move(rows)) {}
  std::optional<Value> Next(Evaluator&) override {
    if (next_ == rows_.size()) return std::nullopt;
    return rows_[next_++];
  }

 private:
  const std::vector<Value> rows_;
  size_t next_ = 0;
};

}  // namespace

std::optional<Value> TensorObject::GetAttr(Evaluator& ev, absl::string_view name) {
  for (const auto& [known, value] : attributes_) {
    if (known == name) return value;
  }
  IsTraced(ev, *recorder_, *data_);  // brings the shape of a view up to date
  // A class of the model's own, derived from Tensor or Parameter.
  if (cls_->source != nullptr && cls_->Lookup(name)) return std::nullopt;
  return TensorAttribute(ev, *this, name);
}

bool TensorObject::SetAttr(Evaluator& ev, absl::string_view name, Value value) {
  if (SetTensorAttribute(ev, *this, name, value)) return true;
  for (auto& [known, old] : attributes_) {
    if (known == name) {
      old = value;
      return true;
    }
  }
  attributes_.emplace_back(name, value);
  return true;
}

bool TensorObject::DelAttr(Evaluator&, absl::string_view name) {
  const auto found = std::find_if(attributes_.begin(), attributes_.end(),
                                  [&](const auto& one) { return one.first == name; });
  if (found == attributes_.end()) return false;
  attributes_.erase(found);
  return true;
}

std::optional<Value> TensorObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (!IsOperand(other)) return std::nullopt;
  if (reflected) {
    // Numbers on the left.
    if (op == BinaryOp::kSub) return CallOperator(ev, *recorder_, "rsub", {{this, other}});
    if (op == BinaryOp::kDiv) {
      const Value inverse = CallOperator(ev, *recorder_, "reciprocal", {{this}});
      return CallOperator(ev, *recorder_, "mul", {{inverse, other}});
    }
    if (op == BinaryOp::kAdd || op == BinaryOp::kMul || op == BinaryOp::kBitAnd ||
        op == BinaryOp::kBitOr || op == BinaryOp::kBitXor) {
      return CallOperator(ev, *recorder_, OperatorOf(op), {{this, other}});
    }
    return CallOperator(ev, *recorder_, OperatorOf(op), {{other, this}});
  }
  return CallOperator(ev, *recorder_, OperatorOf(op), {{this, other}});
}

std::optional<Value> TensorObject::InPlace(Evaluator& ev, BinaryOp op, Value other) {
  if (!IsOperand(other) || op == BinaryOp::kMatMul) return std::nullopt;
  return CallOperator(ev, *recorder_, absl::StrCat(OperatorOf(op), "_"), {{this, other}},
                      CallStyle::kMethod);
}

std::optional<Value> TensorObject::Unary(Evaluator& ev, python::UnaryOp op) {
  switch (op) {
    case python::UnaryOp::kNegative:
      return CallOperator(ev, *recorder_, "neg", {{this}});
    case python::UnaryOp::kPositive:
      return Value(this);
    case python::UnaryOp::kInvert:
      return CallOperator(ev, *recorder_, IsBool(*data_) ? "logical_not" : "bitwise_not", {{this}});
    default:
      return std::nullopt;
  }
}

std::optional<Value> TensorObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  if (!IsOperand(other)) return std::nullopt;
  return CallOperator(ev, *recorder_, OperatorOf(op), {{this, other}});
}

Value TensorObject::GetItem(Evaluator& ev, Value key) { return IndexTensor(ev, *this, key); }

void TensorObject::SetItem(Evaluator& ev, Value key, Value value) {
  AssignIndexed(ev, *this, key, value);
}

std::optional<bool> TensorObject::Contains(Evaluator& ev, Value item) {
  const std::optional<Value> equal = Compare(ev, CompareOp::kEq, item);
  if (!equal) return false;
  return ev.Truth(CallOperator(ev, *recorder_, "any", {{*equal}}));
}

std::optional<int64_t> TensorObject::Length(Evaluator& ev) {
  if (data_->meta[0].dim() == 0) {
    ev.Raise(python::ErrorKind::kTypeError, "len() of a 0-d tensor");
  }
  const Value size = SizeOf(ev, 0);
  if (auto* symbol = size.As<SymbolicInt>()) return symbol->Index(ev);
  return size.AsInt();
}

bool TensorObject::Truth(Evaluator& ev) {
  // What is asserted of the inputs' values is taken to hold, as under python -O.
  if (ev.asserting() && IsTraced(ev, *recorder_, *data_)) {
    ev.Note("an assertion about the elements of a tensor is taken to hold");
    return true;
  }
  return ev.Truth(Item(ev, "a condition"));
}

python::IteratorObject* TensorObject::Iter(Evaluator& ev) {
  if (data_->meta[0].dim() == 0) {
    ev.Raise(python::ErrorKind::kTypeError, "iteration over a 0-d tensor");
  }
  if (data_->meta[0].size(0) != data_->meta[1].size(0)) {
    ev.RaiseNotSupported("a loop over the agents",
                         "their number is not known while forward is recorded; write tensor "
                         "operations on the whole first dimension");
  }
  const Value rows = CallOperator(ev, *recorder_, "unbind", {{this, Value::Int(0)}});
  return ev.heap().New<Rows>(ev, rows.As<python::TupleObject>()->items);
}

std::optional<int64_t> TensorObject::Index(Evaluator& ev) {
  if (!c10::isIntegralType(data_->dtype(), /*includeBool=*/true) || data_->meta[0].numel() != 1) {
    ev.Raise(python::ErrorKind::kTypeError,
             "only integer tensors of a single element can be converted to an index");
  }
  const Value item = Item(ev, "an index");
  return item.IsBool() ? static_cast<int64_t>(item.AsBool()) : item.AsInt();
}

std::string TensorObject::Repr(Evaluator& ev) {
  const std::string shape = ev.Repr(Shape(ev));
  return absl::StrCat(IsTraced(ev, *recorder_, *data_) ? "tensor of the graph(" : "tensor(",
                      "shape=", shape, ", dtype=torch.", ScalarTypeName(data_->dtype()), ")");
}

std::optional<size_t> TensorObject::Hash(Evaluator&) { return reinterpret_cast<size_t>(this); }

Value TensorObject::Item(Evaluator& ev, absl::string_view what) {
  if (IsTraced(ev, *recorder_, *data_)) {
    ev.RaiseNotSupported(absl::StrCat(what, " that depends on the elements of a tensor"),
                         "forward is recorded once, for any inputs; go on with tensors: "
                         "torch.where(condition, x, y)");
  }
  if (data_->meta[0].numel() != 1) {
    ev.Raise(python::ErrorKind::kRuntimeError,
             absl::StrCat("a Tensor with ", data_->meta[0].numel(), " elements cannot be ",
                          "converted to Scalar"));
  }
  const at::Tensor& elements = ReadConstant(ev, *recorder_, *data_);
  const at::Scalar item = AtLine(ev, [&] { return elements.item(); });
  if (item.isBoolean()) return Value::Bool(item.toBool());
  if (item.isIntegral(/*includeBool=*/false)) return Value::Int(item.toLong());
  if (item.isFloatingPoint()) return Value::Float(item.toDouble());
  ev.RaiseNotSupported("a complex number outside of tensors");
}

Value TensorObject::SizeOf(Evaluator& ev, int64_t dim) {
  const int64_t dims = data_->meta[0].dim();
  if (dim < -dims || dim >= dims) {
    ev.Raise(python::ErrorKind::kIndexError,
             absl::StrCat("Dimension out of range (expected to be in range of [", -dims, ", ",
                          dims - 1, "], but got ", dim, ")"));
  }
  if (dim < 0) dim += dims;
  const std::array<int64_t, 2> sizes = {data_->meta[0].size(dim), data_->meta[1].size(dim)};
  if (sizes[0] == sizes[1]) return Value::Int(sizes[0]);
  for (const auto& [known, value] : data_->sizes) {
    if (known == dim) return MakeInt(ev, *recorder_, sizes, value);
  }
  torch::jit::Value* const inputs[] = {data_->value, recorder_->Constant(ev, dim)};
  torch::jit::Value* value =
      recorder_->Emit(ev, c10::aten::size, inputs, {c10::IntType::get()})->output();
  data_->sizes.emplace_back(dim, value);
  return MakeInt(ev, *recorder_, sizes, value);
}

Value TensorObject::Shape(Evaluator& ev) {
  std::vector<Value> sizes;
  for (int64_t dim = 0; dim < data_->meta[0].dim(); ++dim) sizes.push_back(SizeOf(ev, dim));
  return recorder_->types(ev).Size(ev, std::move(sizes));
}

}  // namespace graft::models::architecture
