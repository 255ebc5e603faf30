#include "models/architecture/symbolic_float.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

using python::BinaryOp;
using python::CompareOp;
using python::Evaluator;
using python::Value;

using Points = SymbolicFloat::Points;
using Ratio = SymbolicFloat::Ratio;

// Numbers below are whole in a double, and their products fit an integer.
constexpr double kMostFactor = 1 << 24;

// The number as a ratio of whole numbers; nullopt: it is none of small ones.
std::optional<Ratio> AsRatio(double number) {
  constexpr int64_t kMostUnder = 1 << 12;
  for (int64_t under = 1; under <= kMostUnder; under *= 2) {
    const double over = number * static_cast<double>(under);
    if (over == std::floor(over) && std::abs(over) <= kMostFactor && over > 0) {
      return Ratio{.over = static_cast<int64_t>(over), .under = under};
    }
  }
  return std::nullopt;
}

std::optional<Ratio> Product(const Ratio& a, const Ratio& b) {
  Ratio product = {.over = a.over * b.over, .under = a.under * b.under};
  const int64_t common = std::gcd(product.over, product.under);
  product = {.over = product.over / common, .under = product.under / common};
  constexpr auto kMost = static_cast<int64_t>(kMostFactor);
  if (product.over > kMost || product.under > kMost) return std::nullopt;
  return product;
}

bool AllEqual(const Points& at) {
  return std::all_of(at.begin(), at.end(), [&](double v) { return v == at[0]; });
}

Points AsDoubles(const SymbolicInt& whole) {
  Points at = {};
  std::transform(whole.at().begin(), whole.at().end(), at.begin(),
                 [](int64_t v) { return static_cast<double>(v); });
  return at;
}

std::optional<Value> Scale(Evaluator& ev, SymbolicInt* whole, const Ratio& ratio, const Points& at,
                           BinaryOp op, Value given, bool reflected) {
  const Value other = python::Underlying(given);
  Points operand = {};
  if (auto* symbol = other.As<SymbolicInt>()) {
    operand = AsDoubles(*symbol);
  } else if (other.IsFloat() || other.IsInt() || other.IsBool()) {
    operand.fill(ev.ToFloat(other, "a number"));
  } else {
    return std::nullopt;
  }
  if (op != BinaryOp::kMul && op != BinaryOp::kDiv) RaiseFloatOfAgents(ev);
  Points result = {};
  for (size_t i = 0; i < at.size(); ++i) {
    const double left = reflected ? operand[i] : at[i];
    const double right = reflected ? at[i] : operand[i];
    if (op == BinaryOp::kDiv && right == 0) {
      ev.Raise(python::ErrorKind::kZeroDivisionError, "division by zero");
    }
    result[i] = op == BinaryOp::kMul ? left * right : left / right;
  }
  if (AllEqual(result)) return Value::Float(result[0]);
  std::optional<Ratio> factor;
  if (AllEqual(operand) && (op == BinaryOp::kMul || !reflected)) factor = AsRatio(operand[0]);
  if (!factor) RaiseFloatOfAgents(ev);
  if (op == BinaryOp::kDiv) std::swap(factor->over, factor->under);
  const std::optional<Ratio> product = Product(ratio, *factor);
  if (!product) RaiseFloatOfAgents(ev);
  return Value(ev.heap().New<SymbolicFloat>(ev, whole, *product, result));
}

}  // namespace

void RaiseFloatOfAgents(Evaluator& ev) {
  ev.RaiseNotSupported("a float computed from the number of agents",
                       "integer arithmetic (// instead of /), or arithmetic on tensors");
}

Value MakeFloat(Evaluator& ev, SymbolicInt* whole) {
  return ev.heap().New<SymbolicFloat>(ev, whole, Ratio{}, AsDoubles(*whole));
}

std::optional<Value> ScaleToFloat(Evaluator& ev, SymbolicInt* whole, BinaryOp op, Value other,
                                  bool reflected) {
  return Scale(ev, whole, Ratio{}, AsDoubles(*whole), op, other, reflected);
}

Value SymbolicFloat::ToInt(Evaluator& ev) const {
  Value result = *whole_->Binary(ev, BinaryOp::kMul, Value::Int(ratio_.over), false);
  if (auto* scaled = result.As<SymbolicInt>()) {
    result = *scaled->Binary(ev, BinaryOp::kFloorDiv, Value::Int(ratio_.under), false);
  }
  // Where Python's rounding says the same.
  auto* symbol = result.As<SymbolicInt>();
  if (symbol == nullptr) RaiseFloatOfAgents(ev);
  for (size_t i = 0; i < at_.size(); ++i) {
    if (std::trunc(at_[i]) != static_cast<double>(symbol->at()[i])) RaiseFloatOfAgents(ev);
  }
  return result;
}

std::optional<Value> SymbolicFloat::Binary(Evaluator& ev, BinaryOp op, Value other,
                                           bool reflected) {
  return Scale(ev, whole_, ratio_, at_, op, other, reflected);
}

std::optional<Value> SymbolicFloat::Compare(Evaluator& ev, CompareOp op, Value given) {
  const Value other = python::Underlying(given);
  if (!other.IsFloat() && !other.IsInt() && !other.IsBool()) return std::nullopt;
  const double right = ev.ToFloat(other, "a number");
  SymbolicInt::Points holds = {};
  for (size_t i = 0; i < holds.size(); ++i) holds[i] = Holds(op, at_[i], right) ? 1 : 0;
  return DecideForAll(ev, whole_->recorder(), holds);
}

bool SymbolicFloat::Truth(Evaluator& ev) {
  SymbolicInt::Points holds = {};
  for (size_t i = 0; i < holds.size(); ++i) holds[i] = at_[i] != 0 ? 1 : 0;
  return DecideForAll(ev, whole_->recorder(), holds).AsBool();
}

std::optional<int64_t> SymbolicFloat::Index(Evaluator& ev) { RaiseFloatOfAgents(ev); }

std::string SymbolicFloat::Repr(Evaluator& ev) {
  return absl::StrCat(whole_->Repr(ev), "*", ratio_.over, "/", ratio_.under);
}

}  // namespace graft::models::architecture
