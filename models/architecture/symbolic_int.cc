#include "models/architecture/symbolic_int.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/recorder.h"
#include "models/architecture/symbolic_float.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

using python::BinaryOp;
using python::CompareOp;
using python::Evaluator;
using python::Value;

using Points = SymbolicInt::Points;

// What Points are for.
constexpr Points kAgents = {1, kTrialAgents[0], kTrialAgents[1], int64_t{1} << 20};

// An operand: an int, or a symbolic one.
struct Operand {
  Points at = {};
  torch::jit::Value* value = nullptr;  // null: an int
};

// On the line through what it is for kTrialAgents.
Points Line(int64_t first, int64_t second) {
  Points at = {};
  for (size_t i = 0; i < at.size(); ++i) {
    at[i] = first + (second - first) * (kAgents[i] - kTrialAgents[0]);
  }
  return at;
}

bool AllEqual(const Points& at) {
  return std::all_of(at.begin(), at.end(), [&](int64_t v) { return v == at[0]; });
}

std::optional<Operand> AsOperand(Value given) {
  const Value value = python::Underlying(given);
  if (value.IsInt() || value.IsBool()) {
    const int64_t number = value.IsBool() ? (value.AsBool() ? 1 : 0) : value.AsInt();
    return Operand{.at = {number, number, number, number}};
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

[[noreturn]] void RaiseBranch(Evaluator& ev) {
  ev.RaiseNotSupported(
      "a branch that depends on the number of agents",
      "it is decided once, for any number of them; write code that does the same for any size of "
      "the first dimension");
}

}  // namespace

Value DecideForAll(Evaluator& ev, Recorder& recorder, const SymbolicInt::Points& holds,
                   std::optional<int64_t> only_agents) {
  const int64_t many = holds.back();
  if (AllEqual(holds) && !only_agents) return Value::Bool(many != 0);
  if (ev.either_answer_will_do()) return Value::Bool(true);
  // Where one number of agents is the exception. Of one agent alone nobody needs to say it.
  const int64_t exception = only_agents.value_or(kAgents[0]);
  for (size_t i = 0; i < holds.size(); ++i) {
    if (holds[i] != many && kAgents[i] != exception) RaiseBranch(ev);
  }
  const bool is_trial = exception == kTrialAgents[0] || exception == kTrialAgents[1];
  try {
    RaiseBranch(ev);
  } catch (const python::Raised& raised) {
    if (is_trial || !recorder.NoteBranch(exception, raised)) throw;
  }
  return Value::Bool(many != 0);
}

Value MakeInt(Evaluator& ev, Recorder& recorder, std::array<int64_t, 2> at,
              torch::jit::Value* value) {
  if (at[0] == at[1]) return Value::Int(at[0]);
  return ev.heap().New<SymbolicInt>(ev, &recorder, Line(at[0], at[1]), value);
}

bool SymbolicInt::grows_evenly() const { return at_ == Line(at_[1], at_[2]); }

std::optional<Value> SymbolicInt::Binary(Evaluator& ev, BinaryOp op, Value given, bool reflected) {
  const Value other = python::Underlying(given);
  if (other.IsFloat() || op == BinaryOp::kDiv) {
    return ScaleToFloat(ev, this, op, other, reflected);
  }
  std::optional<Operand> right = AsOperand(other);
  if (!right) return std::nullopt;
  Operand left = {.at = at_, .value = value_};
  if (reflected) std::swap(left, *right);
  Points result = {};
  for (size_t i = 0; i < result.size(); ++i) result[i] = Apply(ev, op, left.at[i], right->at[i]);
  if (AllEqual(result)) return Value::Int(result[0]);
  torch::jit::Value* inputs[2] = {left.value, right->value};
  if (inputs[0] == nullptr) inputs[0] = recorder_->Constant(ev, left.at[0]);
  if (inputs[1] == nullptr) inputs[1] = recorder_->Constant(ev, right->at[0]);
  torch::jit::Node* node = recorder_->Emit(ev, NodeKind(op), inputs, {c10::IntType::get()});
  return Value(ev.heap().New<SymbolicInt>(ev, recorder_, result, node->output()));
}

std::optional<Value> SymbolicInt::Unary(Evaluator& ev, python::UnaryOp op) {
  if (op == python::UnaryOp::kPositive) return Value(this);
  if (op == python::UnaryOp::kNegative) return Binary(ev, BinaryOp::kMul, Value::Int(-1), false);
  return std::nullopt;
}

std::optional<Value> SymbolicInt::Compare(Evaluator& ev, CompareOp op, Value given) {
  const Value other = python::Underlying(given);
  const std::optional<Operand> right = AsOperand(other);
  if (!right && !other.IsFloat()) return std::nullopt;
  Points holds = {};
  for (size_t i = 0; i < holds.size(); ++i) {
    holds[i] = other.IsFloat() ? Holds(op, static_cast<double>(at_[i]), other.AsFloat())
                               : Holds(op, at_[i], right->at[i]);
  }
  const bool equality = op == CompareOp::kEq || op == CompareOp::kNotEq;
  const bool with_plain = right && right->value == nullptr;
  return DecideForAll(ev, *recorder_, holds,
                      equality && with_plain ? AgentsFor(right->at[0]) : std::nullopt);
}

std::optional<int64_t> SymbolicInt::AgentsFor(int64_t number) const {
  int64_t above = 0;
  if (!grows_evenly() || __builtin_sub_overflow(number, at_[0], &above)) return std::nullopt;
  const int64_t step = at_[1] - at_[0];
  if (step == 0 || above % step != 0 || above / step < 0) return std::nullopt;
  return kAgents[0] + above / step;
}

bool SymbolicInt::Truth(Evaluator& ev) {
  Points holds = {};
  for (size_t i = 0; i < holds.size(); ++i) holds[i] = at_[i] != 0;
  return DecideForAll(ev, *recorder_, holds).AsBool();
}

std::optional<int64_t> SymbolicInt::Index(Evaluator& ev) {
  ev.RaiseNotSupported(
      "an integer that depends on the number of agents, where a plain one is needed",
      "tensor operations on the whole first dimension instead of loops and lists over it");
}

std::string SymbolicInt::Repr(Evaluator&) {
  if (!grows_evenly()) return "a number of agents";
  const int64_t slope = at_[2] - at_[1];
  const int64_t offset = at_[1] - slope * kTrialAgents[0];
  std::string text = slope == 1 ? "agents" : absl::StrCat(slope, "*agents");
  if (offset != 0) absl::StrAppend(&text, offset > 0 ? "+" : "", offset);
  return text;
}

}  // namespace graft::models::architecture
