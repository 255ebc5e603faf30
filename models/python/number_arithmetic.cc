#include "models/python/number_arithmetic.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "models/python/evaluator.h"
#include "models/python/operator_names.h"

namespace graft::models::python {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

double AsDouble(Value v) { return v.IsFloat() ? v.AsFloat() : static_cast<double>(v.AsInt()); }

[[noreturn]] void RaiseOverflow(Evaluator& ev, BinaryOp op) {
  ev.Raise(ErrorKind::kOverflowError, absl::StrCat("the result of ", OperatorSymbol(op),
                                                   " does not fit an int: here ints have 64 bits"));
}

[[noreturn]] void RaiseZeroDivision(Evaluator& ev, absl::string_view message) {
  ev.Raise(ErrorKind::kZeroDivisionError, message);
}

Value IntPower(Evaluator& ev, int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) RaiseZeroDivision(ev, "0.0 cannot be raised to a negative power");
    return Value::Float(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) {
      RaiseOverflow(ev, BinaryOp::kPow);
    }
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) {
      RaiseOverflow(ev, BinaryOp::kPow);
    }
  }
  return Value::Int(result);
}

Value IntFloorDiv(Evaluator& ev, int64_t a, int64_t b) {
  if (b == 0) RaiseZeroDivision(ev, "integer division or modulo by zero");
  if (a == kMin && b == -1) RaiseOverflow(ev, BinaryOp::kFloorDiv);
  const int64_t quotient = a / b;
  return Value::Int(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient);
}

Value IntMod(Evaluator& ev, int64_t a, int64_t b) {
  if (b == 0) RaiseZeroDivision(ev, "integer modulo by zero");
  if (b == -1) return Value::Int(0);  // the processor traps on the smallest int
  const int64_t remainder = a % b;
  return Value::Int(remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder);
}

Value IntShift(Evaluator& ev, BinaryOp op, int64_t a, int64_t count) {
  if (count < 0) ev.Raise(ErrorKind::kValueError, "negative shift count");
  if (op == BinaryOp::kRightShift) return Value::Int(a >> (count > 63 ? 63 : count));
  if (a == 0) return Value::Int(0);
  if (count > 62) RaiseOverflow(ev, op);
  int64_t result = 0;
  if (__builtin_mul_overflow(a, int64_t{1} << count, &result)) RaiseOverflow(ev, op);
  return Value::Int(result);
}

std::optional<Value> IntBinary(Evaluator& ev, BinaryOp op, int64_t a, int64_t b, bool bools) {
  int64_t result = 0;
  switch (op) {
    case BinaryOp::kAdd:
      if (__builtin_add_overflow(a, b, &result)) RaiseOverflow(ev, op);
      return Value::Int(result);
    case BinaryOp::kSub:
      if (__builtin_sub_overflow(a, b, &result)) RaiseOverflow(ev, op);
      return Value::Int(result);
    case BinaryOp::kMul:
      if (__builtin_mul_overflow(a, b, &result)) RaiseOverflow(ev, op);
      return Value::Int(result);
    case BinaryOp::kDiv:
      if (b == 0) RaiseZeroDivision(ev, "division by zero");
      return Value::Float(static_cast<double>(a) / static_cast<double>(b));
    case BinaryOp::kFloorDiv:
      return IntFloorDiv(ev, a, b);
    case BinaryOp::kMod:
      return IntMod(ev, a, b);
    case BinaryOp::kPow:
      return IntPower(ev, a, b);
    case BinaryOp::kLeftShift:
    case BinaryOp::kRightShift:
      return IntShift(ev, op, a, b);
    case BinaryOp::kBitAnd:
      return bools ? Value::Bool((a & b) != 0) : Value::Int(a & b);
    case BinaryOp::kBitOr:
      return bools ? Value::Bool((a | b) != 0) : Value::Int(a | b);
    case BinaryOp::kBitXor:
      return bools ? Value::Bool((a ^ b) != 0) : Value::Int(a ^ b);
    case BinaryOp::kMatMul:
      return std::nullopt;
  }
  return std::nullopt;
}

// As CPython's float_divmod: the remainder has the divisor's sign.
double FloatMod(double a, double b) {
  double remainder = std::fmod(a, b);
  if (remainder == 0) return std::copysign(0.0, b);
  if ((b < 0) != (remainder < 0)) remainder += b;
  return remainder;
}

double FloatFloorDiv(double a, double b) {
  const double remainder = std::fmod(a, b);
  double quotient = (a - remainder) / b;
  if (remainder != 0 && (b < 0) != (remainder < 0)) quotient -= 1.0;
  if (quotient == 0) return std::copysign(0.0, a / b);
  const double floor = std::floor(quotient);
  return quotient - floor > 0.5 ? floor + 1.0 : floor;
}

Value FloatPower(Evaluator& ev, double a, double b) {
  if (a == 0 && b < 0) RaiseZeroDivision(ev, "0.0 cannot be raised to a negative power");
  if (a < 0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b)) {
    ev.RaiseNotSupported("a negative number to the power of a fraction, which is complex,");
  }
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) {
    ev.Raise(ErrorKind::kOverflowError, "(34, 'Numerical result out of range')");
  }
  return Value::Float(result);
}

std::optional<Value> FloatBinary(Evaluator& ev, BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::kAdd:
      return Value::Float(a + b);
    case BinaryOp::kSub:
      return Value::Float(a - b);
    case BinaryOp::kMul:
      return Value::Float(a * b);
    case BinaryOp::kDiv:
      if (b == 0) RaiseZeroDivision(ev, "float division by zero");
      return Value::Float(a / b);
    case BinaryOp::kFloorDiv:
      if (b == 0) RaiseZeroDivision(ev, "float floor division by zero");
      return Value::Float(FloatFloorDiv(a, b));
    case BinaryOp::kMod:
      if (b == 0) RaiseZeroDivision(ev, "float modulo");
      return Value::Float(FloatMod(a, b));
    case BinaryOp::kPow:
      return FloatPower(ev, a, b);
    default:
      return std::nullopt;
  }
}

template <typename T>
bool Ordered(CompareOp op, T a, T b) {
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
}

// Exact, unlike a comparison as doubles: 2**53 + 1 is not 2.0**53. -1, 0, 1; 2: not comparable.
int CompareIntWithFloat(int64_t a, double b) {
  if (std::isnan(b)) return 2;
  constexpr double kBeyond = 9223372036854775808.0;  // 2**63
  if (b >= kBeyond) return -1;
  if (b < -kBeyond) return 1;
  const double whole = std::floor(b);
  const auto floor = static_cast<int64_t>(whole);
  if (a != floor) return a < floor ? -1 : 1;
  return b > whole ? -1 : 0;
}

}  // namespace

std::optional<Value> NumberBinary(Evaluator& ev, BinaryOp op, Value left, Value right) {
  if (!left.IsFloat() && !right.IsFloat()) {
    return IntBinary(ev, op, left.AsInt(), right.AsInt(), left.IsBool() && right.IsBool());
  }
  return FloatBinary(ev, op, AsDouble(left), AsDouble(right));
}

std::optional<Value> NumberUnary(Evaluator& ev, UnaryOp op, Value operand) {
  if (operand.IsFloat()) {
    if (op == UnaryOp::kNegative) return Value::Float(-operand.AsFloat());
    if (op == UnaryOp::kPositive) return operand;
    return std::nullopt;
  }
  const int64_t value = operand.AsInt();
  switch (op) {
    case UnaryOp::kNegative:
      if (value == kMin) RaiseOverflow(ev, BinaryOp::kSub);
      return Value::Int(-value);
    case UnaryOp::kPositive:
      return Value::Int(value);
    case UnaryOp::kInvert:
      return Value::Int(~value);
    case UnaryOp::kNot:
      break;
  }
  return std::nullopt;
}

bool NumberCompare(CompareOp op, Value left, Value right) {
  if (left.IsFloat() && right.IsFloat()) return Ordered(op, left.AsFloat(), right.AsFloat());
  if (!left.IsFloat() && !right.IsFloat()) return Ordered(op, left.AsInt(), right.AsInt());
  const int order = left.IsFloat() ? -CompareIntWithFloat(right.AsInt(), left.AsFloat())
                                   : CompareIntWithFloat(left.AsInt(), right.AsFloat());
  if (order == 2 || order == -2) return op == CompareOp::kNotEq;
  return Ordered(op, order, 0);
}

}  // namespace graft::models::python
