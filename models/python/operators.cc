// What Python's operators and built-in functions do with any value: scalars are handled here,
// objects are asked by way of Object, the left one first.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/format_spec.h"
#include "models/python/number_arithmetic.h"
#include "models/python/number_text.h"
#include "models/python/objects.h"
#include "models/python/operator_names.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

bool IsResult(const std::optional<Value>& result) {
  return result.has_value() && !result->IsNotImplemented();
}

// Python asks the right operand first when its class derives from the left one's and may know more.
bool RightFirst(Evaluator& ev, Value left, Value right) {
  if (right.As<InstanceObject>() == nullptr) return false;
  ClassObject* const left_class = ev.TypeOf(left);
  ClassObject* const right_class = ev.TypeOf(right);
  return left_class != right_class && right_class->DerivesFrom(left_class);
}

std::optional<Value> TryBinary(Evaluator& ev, BinaryOp op, Value left, Value right) {
  if (IsNumber(left) && IsNumber(right)) return NumberBinary(ev, op, left, right);
  const bool right_first = RightFirst(ev, left, right);
  if (right_first) {
    std::optional<Value> result = right.object()->Binary(ev, op, left, /*reflected=*/true);
    if (IsResult(result)) return result;
  }
  if (left.IsObject()) {
    std::optional<Value> result = left.object()->Binary(ev, op, right, /*reflected=*/false);
    if (IsResult(result)) return result;
  }
  if (right.IsObject() && !right_first) {
    std::optional<Value> result = right.object()->Binary(ev, op, left, /*reflected=*/true);
    if (IsResult(result)) return result;
  }
  // Built-in types know each other, not the classes derived from them.
  const Value plain_left = Underlying(left);
  const Value plain_right = Underlying(right);
  if (!plain_left.Is(left) || !plain_right.Is(right)) {
    return TryBinary(ev, op, plain_left, plain_right);
  }
  return std::nullopt;
}

[[noreturn]] void RaiseOperands(Evaluator& ev, absl::string_view symbol, Value left, Value right) {
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("unsupported operand type(s) for ", symbol, ": '", ev.TypeName(left),
                        "' and '", ev.TypeName(right), "'"));
}

std::optional<Value> TryCompare(Evaluator& ev, CompareOp op, Value left, Value right) {
  const bool right_first = RightFirst(ev, left, right);
  if (right_first) {
    std::optional<Value> result = right.object()->Compare(ev, Swapped(op), left);
    if (IsResult(result)) return result;
  }
  if (left.IsObject()) {
    std::optional<Value> result = left.object()->Compare(ev, op, right);
    if (IsResult(result)) return result;
  }
  if (right.IsObject() && !right_first) {
    std::optional<Value> result = right.object()->Compare(ev, Swapped(op), left);
    if (IsResult(result)) return result;
  }
  return std::nullopt;
}

// a is b. Python keeps one object for each literal that looks like a name, and sources rely on it:
// `kind is "normal"`.
bool Same(Value a, Value b) {
  if (a.Is(b)) return true;
  const auto* x = a.As<StrObject>();
  const auto* y = b.As<StrObject>();
  return x != nullptr && y != nullptr && x->text == y->text;
}

}  // namespace

Value Evaluator::Call(Value callee, CallArgs args) {
  CheckStack();
  if (callee.IsObject()) return callee.object()->Call(*this, args);
  Raise(ErrorKind::kTypeError, absl::StrCat("'", TypeName(callee), "' object is not callable"));
}

Value Evaluator::Binary(BinaryOp op, Value left, Value right) {
  if (const std::optional<Value> result = TryBinary(*this, op, left, right)) return *result;
  RaiseOperands(*this, op == BinaryOp::kPow ? "** or pow()" : OperatorSymbol(op), left, right);
}

Value Evaluator::InPlace(BinaryOp op, Value target, Value value) {
  if (target.IsObject()) {
    const std::optional<Value> result = target.object()->InPlace(*this, op, value);
    if (IsResult(result)) return *result;
  }
  if (const std::optional<Value> result = TryBinary(*this, op, target, value)) return *result;
  RaiseOperands(*this, absl::StrCat(OperatorSymbol(op), "="), target, value);
}

Value Evaluator::Unary(UnaryOp op, Value operand) {
  if (op == UnaryOp::kNot) return Value::Bool(!Truth(operand));
  std::optional<Value> result;
  if (IsNumber(operand)) {
    result = NumberUnary(*this, op, operand);
  } else if (operand.IsObject()) {
    result = operand.object()->Unary(*this, op);
  }
  if (IsResult(result)) return *result;
  Raise(ErrorKind::kTypeError, absl::StrCat("bad operand type for unary ", OperatorSymbol(op),
                                            ": '", TypeName(operand), "'"));
}

Value Evaluator::Compare(CompareOp op, Value left, Value right) {
  switch (op) {
    case CompareOp::kIs:
      return Value::Bool(Same(left, right));
    case CompareOp::kIsNot:
      return Value::Bool(!Same(left, right));
    case CompareOp::kIn:
      return Value::Bool(Contains(right, left));
    case CompareOp::kNotIn:
      return Value::Bool(!Contains(right, left));
    default:
      break;
  }
  if (IsNumber(left) && IsNumber(right)) return Value::Bool(NumberCompare(op, left, right));
  if (const std::optional<Value> result = TryCompare(*this, op, left, right)) return *result;
  if (op == CompareOp::kEq) return Value::Bool(left.Is(right));
  if (op == CompareOp::kNotEq) return Value::Bool(!left.Is(right));
  Raise(ErrorKind::kTypeError,
        absl::StrCat("'", OperatorSymbol(op), "' not supported between instances of '",
                     TypeName(left), "' and '", TypeName(right), "'"));
}

bool Evaluator::Equal(Value left, Value right) {
  return Truth(Compare(CompareOp::kEq, left, right));
}

bool Evaluator::Truth(Value value) {
  switch (value.kind()) {
    case Value::Kind::kNone:
      return false;
    case Value::Kind::kBool:
      return value.AsBool();
    case Value::Kind::kInt:
      return value.AsInt() != 0;
    case Value::Kind::kFloat:
      return value.AsFloat() != 0;
    case Value::Kind::kObject:
      return value.object()->Truth(*this);
    default:
      return true;
  }
}

Value Evaluator::GetItem(Value object, Value key) {
  if (object.IsObject()) return object.object()->GetItem(*this, key);
  Raise(ErrorKind::kTypeError,
        absl::StrCat("'", TypeName(object), "' object is not subscriptable"));
}

void Evaluator::SetItem(Value object, Value key, Value value) {
  if (object.IsObject()) return object.object()->SetItem(*this, key, value);
  Raise(ErrorKind::kTypeError,
        absl::StrCat("'", TypeName(object), "' object does not support item assignment"));
}

void Evaluator::DelItem(Value object, Value key) {
  if (object.IsObject()) return object.object()->DelItem(*this, key);
  Raise(ErrorKind::kTypeError,
        absl::StrCat("'", TypeName(object), "' object does not support item deletion"));
}

bool Evaluator::Contains(Value container, Value item) {
  if (!container.IsObject()) {
    Raise(ErrorKind::kTypeError,
          absl::StrCat("argument of type '", TypeName(container), "' is not iterable"));
  }
  if (const std::optional<bool> contains = container.object()->Contains(*this, item)) {
    return *contains;
  }
  IteratorObject* items = Iter(container);
  while (const std::optional<Value> candidate = items->Next(*this)) {
    Step();
    if (candidate->Is(item) || Equal(*candidate, item)) return true;
  }
  return false;
}

int64_t Evaluator::Length(Value object) {
  std::optional<int64_t> length;
  if (object.IsObject()) length = object.object()->Length(*this);
  if (!length.has_value()) {
    Raise(ErrorKind::kTypeError,
          absl::StrCat("object of type '", TypeName(object), "' has no len()"));
  }
  return *length;
}

IteratorObject* Evaluator::Iter(Value iterable) {
  IteratorObject* iterator = nullptr;
  if (iterable.IsObject()) iterator = iterable.object()->Iter(*this);
  if (iterator == nullptr) {
    Raise(ErrorKind::kTypeError, absl::StrCat("'", TypeName(iterable), "' object is not iterable"));
  }
  return iterator;
}

std::vector<Value> Evaluator::ToVector(Value iterable) {
  if (const auto* tuple = iterable.As<TupleObject>()) {
    heap_.Charge(*this, tuple->items.size() * sizeof(Value));
    return tuple->items;
  }
  if (const auto* list = iterable.As<ListObject>()) {
    heap_.Charge(*this, list->items.size() * sizeof(Value));
    return list->items;
  }
  std::vector<Value> items;
  IteratorObject* iterator = Iter(iterable);
  while (const std::optional<Value> item = iterator->Next(*this)) {
    Step();
    heap_.Charge(*this, sizeof(Value));
    items.push_back(*item);
  }
  return items;
}

size_t Evaluator::Hash(Value value) {
  switch (value.kind()) {
    case Value::Kind::kBool:
    case Value::Kind::kInt:
      return static_cast<size_t>(value.AsInt());
    case Value::Kind::kFloat: {
      // Equal numbers have equal hashes.
      const double number = value.AsFloat();
      constexpr double kBeyond = 9223372036854775808.0;  // 2**63
      if (number == std::floor(number) && number >= -kBeyond && number < kBeyond) {
        return static_cast<size_t>(static_cast<int64_t>(number));
      }
      return std::hash<double>()(number);
    }
    case Value::Kind::kObject: {
      const std::optional<size_t> hash = value.object()->Hash(*this);
      if (hash.has_value()) return *hash;
      Raise(ErrorKind::kTypeError, absl::StrCat("unhashable type: '", TypeName(value), "'"));
    }
    default:
      return static_cast<size_t>(value.kind()) + 0x9e3779b9;
  }
}

std::string Evaluator::ToStr(Value value) {
  CheckStack();
  return value.IsObject() ? value.object()->Str(*this) : Repr(value);
}

std::string Evaluator::Repr(Value value) {
  switch (value.kind()) {
    case Value::Kind::kNone:
      return "None";
    case Value::Kind::kBool:
      return value.AsBool() ? "True" : "False";
    case Value::Kind::kInt:
      return absl::StrCat(value.AsInt());
    case Value::Kind::kFloat:
      return FloatRepr(value.AsFloat());
    case Value::Kind::kEllipsis:
      return "Ellipsis";
    case Value::Kind::kNotImplemented:
      return "NotImplemented";
    case Value::Kind::kObject:
      CheckStack();
      return value.object()->Repr(*this);
  }
  return "";
}

std::string Evaluator::Format(Value value, absl::string_view spec) {
  if (value.As<InstanceObject>() != nullptr) {
    const std::optional<ClassObject::Attribute> format = FindSpecial(*this, value, "__format__");
    // Those of built-in types do as str() does when nothing is asked for.
    if (spec.empty() && (!format.has_value() || format->owner->source == nullptr)) {
      return ToStr(value);
    }
    if (format.has_value()) {
      return ToText(*CallSpecial(*this, value, "__format__", {Str(spec)}),
                    "the result of __format__");
    }
  }
  return FormatBuiltin(*this, value, spec);
}

int64_t Evaluator::ToInt(Value value, absl::string_view what) {
  if (value.IsInt() || value.IsBool()) return value.AsInt();
  if (value.IsObject()) {
    if (const std::optional<int64_t> index = value.object()->Index(*this)) return *index;
  }
  Raise(ErrorKind::kTypeError, absl::StrCat(what, ": an int is expected, not ", TypeName(value)));
}

double Evaluator::ToFloat(Value value, absl::string_view what) {
  const Value plain = Underlying(value);
  if (plain.IsFloat()) return plain.AsFloat();
  if (plain.IsInt() || plain.IsBool()) return static_cast<double>(plain.AsInt());
  if (const std::optional<Value> number = CallSpecial(*this, value, "__float__", {})) {
    if (number->IsFloat()) return number->AsFloat();
  }
  Raise(ErrorKind::kTypeError, absl::StrCat(what, ": a number is expected, not ", TypeName(value)));
}

std::string Evaluator::ToText(Value value, absl::string_view what) {
  if (const auto* text = Underlying<StrObject>(value)) return text->text;
  Raise(ErrorKind::kTypeError, absl::StrCat(what, ": a str is expected, not ", TypeName(value)));
}

}  // namespace graft::models::python
