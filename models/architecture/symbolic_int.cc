#include "models/architecture/symbolic_int.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/recorder.h"

namespace graft::models::architecture {
namespace {

using python::BinaryOp;
using python::CompareOp;
using python::Evaluator;
using python::Value;

// Where a comparison is looked at: its outcome must be the same for all of them.
constexpr int64_t kDecidingAgents[] = {1, 2, 3, int64_t{1} << 20};

// An operand: an int, or a symbolic one.
struct Operand {
  std::array<int64_t, 2> at = {};
  torch::jit::Value* value = nullptr;  // null: an int

  int64_t AtAgents(int64_t n) const { return at[0] + (at[1] - at[0]) * (n - kTrialAgents[0]); }
};

std::optional<Operand> AsOperand(Value value) {
  if (value.IsInt() || value.IsBool()) {
    const int64_t number = value.IsBool() ? (value.AsBool() ? 1 : 0) : value.AsInt();
    return Operand{.at = {number, number}};
  }
  if (auto* symbol = value.As<SymbolicInt>()) {
    return Operand{.at = symbol->at(), .value = symbol->value()};
  }
  return std::nullopt;
}

// Python's // and %: towards negative infinity.
int64_t FloorDiv(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

int64_t Apply(Evaluator& ev, BinaryOp op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case BinaryOp::kAdd:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case BinaryOp::kSub:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case BinaryOp::kMul:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    case BinaryOp::kFloorDiv:
    case BinaryOp::kMod:
      if (b == 0) {
        ev.Raise(python::ErrorKind::kZeroDivisionError, "integer division or modulo by zero");
      }
      overflow = b == -1 && a == INT64_MIN;
      if (!overflow) result = op == BinaryOp::kMod ? a - FloorDiv(a, b) * b : FloorDiv(a, b);
      break;
    default:
      ev.RaiseNotSupported("this operation on an integer that depends on the number of agents",
                           "+, -, *, // and %");
  }
  if (overflow) ev.Raise(python::ErrorKind::kOverflowError, "integer overflow");
  return result;
}

c10::Symbol NodeKind(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
      return c10::aten::add;
    case BinaryOp::kSub:
      return c10::aten::sub;
    case BinaryOp::kMul:
      return c10::aten::mul;
    case BinaryOp::kFloorDiv:
      return c10::aten::floordiv;
    default:
      return c10::aten::remainder;
  }
}

template <typename Predicate>
bool Decide(Evaluator& ev, Predicate predicate) {
  const bool first = predicate(kDecidingAgents[0]);
  for (int64_t n : kDecidingAgents) {
    if (predicate(n) != first) {
      ev.RaiseNotSupported(
          "a branch that depends on the number of agents: it is decided once, for any number of "
          "them",
          "code that does the same for any size of the first dimension");
    }
  }
  return first;
}

}  // namespace

Value MakeInt(Evaluator& ev, Recorder& recorder, std::array<int64_t, 2> at,
              torch::jit::Value* value) {
  if (at[0] == at[1]) return Value::Int(at[0]);
  return ev.heap().New<SymbolicInt>(ev, &recorder, at, value);
}

std::optional<Value> SymbolicInt::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (other.IsFloat() || op == BinaryOp::kDiv) {
    if (!other.IsFloat() && !AsOperand(other)) return std::nullopt;
    ev.RaiseNotSupported("a float computed from the number of agents",
                         "integer arithmetic (// instead of /), or arithmetic on tensors");
  }
  std::optional<Operand> right = AsOperand(other);
  if (!right) return std::nullopt;
  Operand left = {.at = at_, .value = value_};
  if (reflected) std::swap(left, *right);
  std::array<int64_t, 2> result = {};
  for (size_t i = 0; i < result.size(); ++i) result[i] = Apply(ev, op, left.at[i], right->at[i]);
  if (result[0] == result[1]) return Value::Int(result[0]);
  torch::jit::Value* inputs[2] = {left.value, right->value};
  if (inputs[0] == nullptr) inputs[0] = recorder_->Constant(ev, left.at[0]);
  if (inputs[1] == nullptr) inputs[1] = recorder_->Constant(ev, right->at[0]);
  torch::jit::Node* node = recorder_->Emit(ev, NodeKind(op), inputs, {c10::IntType::get()});
  return MakeInt(ev, *recorder_, result, node->output());
}

std::optional<Value> SymbolicInt::Unary(Evaluator& ev, python::UnaryOp op) {
  if (op == python::UnaryOp::kPositive) return Value(this);
  if (op == python::UnaryOp::kNegative) return Binary(ev, BinaryOp::kMul, Value::Int(-1), false);
  return std::nullopt;
}

std::optional<Value> SymbolicInt::Compare(Evaluator& ev, CompareOp op, Value other) {
  const Operand left = {.at = at_, .value = value_};
  if (other.IsFloat()) {
    const double right = other.AsFloat();
    return Value::Bool(Decide(ev, [&](int64_t n) {
      const auto at = static_cast<double>(left.AtAgents(n));
      switch (op) {
        case CompareOp::kEq:
          return at == right;
        case CompareOp::kNotEq:
          return at != right;
        case CompareOp::kLess:
          return at < right;
        case CompareOp::kLessEq:
          return at <= right;
        case CompareOp::kGreater:
          return at > right;
        default:
          return at >= right;
      }
    }));
  }
  const std::optional<Operand> right = AsOperand(other);
  if (!right) return std::nullopt;
  return Value::Bool(Decide(ev, [&](int64_t n) {
    const int64_t a = left.AtAgents(n);
    const int64_t b = right->AtAgents(n);
    switch (op) {
      case CompareOp::kEq:
        return a == b;
      case CompareOp::kNotEq:
        return a != b;
      case CompareOp::kLess:
        return a < b;
      case CompareOp::kLessEq:
        return a <= b;
      case CompareOp::kGreater:
        return a > b;
      default:
        return a >= b;
    }
  }));
}

bool SymbolicInt::Truth(Evaluator& ev) {
  const Operand self = {.at = at_, .value = value_};
  return Decide(ev, [&](int64_t n) { return self.AtAgents(n) != 0; });
}

std::optional<int64_t> SymbolicInt::Index(Evaluator& ev) {
  ev.RaiseNotSupported(
      "an integer that depends on the number of agents, where a plain one is needed",
      "tensor operations on the whole first dimension instead of loops and lists over it");
}

std::string SymbolicInt::Repr(Evaluator&) {
  const int64_t slope = (at_[1] - at_[0]) / (kTrialAgents[1] - kTrialAgents[0]);
  const int64_t offset = at_[0] - slope * kTrialAgents[0];
  std::string text = slope == 1 ? "agents" : absl::StrCat(slope, "*agents");
  if (offset != 0) absl::StrAppend(&text, offset > 0 ? "+" : "", offset);
  return text;
}

}  // namespace graft::models::architecture
