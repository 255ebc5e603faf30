// The module math.
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/standard_modules.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// The argument of math's functions: numbers, and what has __float__.
double Real(Evaluator& ev, Value value) {
  const Value plain = Underlying(value);
  if (plain.IsFloat()) return plain.AsFloat();
  if (plain.IsInt() || plain.IsBool()) return static_cast<double>(plain.AsInt());
  if (plain.As<StrObject>() != nullptr) {
    ev.Raise(ErrorKind::kTypeError, "must be real number, not str");
  }
  return ev.Call(ev.classes().float_, {value}).AsFloat();
}

// What C's functions leave as NaN or infinity Python raises, unless it went in so.
Value Checked(Evaluator& ev, double result, bool finite_in) {
  if (finite_in && std::isnan(result)) ev.Raise(ErrorKind::kValueError, "math domain error");
  if (finite_in && std::isinf(result)) ev.Raise(ErrorKind::kOverflowError, "math range error");
  return Value::Float(result);
}

using Function = double (*)(double);
using BinaryFunction = double (*)(double, double);

void Add(Evaluator& ev, ModuleObject* module, absl::string_view name, NativeFunction::Body body) {
  module->globals[name] = ev.Native(name, std::move(body));
}

void AddReal(Evaluator& ev, ModuleObject* module, absl::string_view name, Function function) {
  Add(ev, module, name, [name, function](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, name, args, {""}, 1);
    const double x = Real(caller, a[0]);
    return Checked(caller, function(x), std::isfinite(x));
  });
}

void AddReal(Evaluator& ev, ModuleObject* module, absl::string_view name, BinaryFunction function) {
  Add(ev, module, name, [name, function](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, name, args, {"", ""}, 2);
    const double x = Real(caller, a[0]);
    const double y = Real(caller, a[1]);
    return Checked(caller, function(x, y), std::isfinite(x) && std::isfinite(y));
  });
}

// log and its kin: a pole is outside of the domain.
double CheckedLog(Evaluator& ev, Value value, Function function) {
  const double x = Real(ev, value);
  if (x <= 0) ev.Raise(ErrorKind::kValueError, "math domain error");
  return function(x);
}

Value Log(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "log", args, {"", ""}, 1);
  const double log = CheckedLog(ev, a[0], std::log);
  if (!a.Has(1)) return Value::Float(log);
  const double base = CheckedLog(ev, a[1], std::log);
  if (base == 0) ev.Raise(ErrorKind::kZeroDivisionError, "float division by zero");
  return Value::Float(log / base);
}

// floor, ceil, trunc: integers.
void AddRounding(Evaluator& ev, ModuleObject* module, absl::string_view name, Function function) {
  Add(ev, module, name, [name, function](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, name, args, {""}, 1);
    const Value plain = Underlying(a[0]);
    if (plain.IsInt() || plain.IsBool()) return Value::Int(plain.AsInt());
    if (const std::optional<Value> method =
            caller.ClassMethod(a[0], absl::StrCat("__", name, "__"))) {
      return caller.Call(*method, std::vector<Value>());
    }
    return caller.Call(caller.classes().int_, {Value::Float(function(Real(caller, a[0])))});
  });
}

using Test = bool (*)(double);
void AddTest(Evaluator& ev, ModuleObject* module, absl::string_view name, Test test) {
  Add(ev, module, name, [name, test](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, name, args, {""}, 1);
    return Value::Bool(test(Real(caller, a[0])));
  });
}

[[noreturn]] void RaiseTooLarge(Evaluator& ev) {
  ev.Raise(ErrorKind::kOverflowError, "the integer is beyond 64 bits");
}

int64_t Multiply(Evaluator& ev, int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) RaiseTooLarge(ev);
  return product;
}

// The exact quotient n * (n - 1) * ... / k!.
int64_t Choose(Evaluator& ev, int64_t n, int64_t k) {
  k = std::min(k, n - k);
  int64_t result = 1;
  for (int64_t i = 1; i <= k; ++i) {
    ev.Step();
    const __int128 wide = static_cast<__int128>(result) * (n - k + i) / i;
    if (wide > std::numeric_limits<int64_t>::max()) RaiseTooLarge(ev);
    result = static_cast<int64_t>(wide);
  }
  return result;
}

int64_t NotNegative(Evaluator& ev, Value value, absl::string_view function) {
  const int64_t n = ev.ToInt(value, function);
  if (n < 0) {
    ev.Raise(ErrorKind::kValueError, absl::StrCat(function, "() not defined for negative values"));
  }
  return n;
}

Value Factorial(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "factorial", args, {""}, 1);
  const int64_t n = NotNegative(ev, a[0], "factorial");
  int64_t result = 1;
  for (int64_t i = 2; i <= n; ++i) result = Multiply(ev, result, i);
  return Value::Int(result);
}

Value Comb(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "comb", args, {"", ""}, 2);
  const int64_t n = NotNegative(ev, a[0], "comb");
  const int64_t k = NotNegative(ev, a[1], "comb");
  return Value::Int(k > n ? 0 : Choose(ev, n, k));
}

Value Perm(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "perm", args, {"", ""}, 1);
  const int64_t n = NotNegative(ev, a[0], "perm");
  const int64_t k = a[1].IsNone() ? n : NotNegative(ev, a[1], "perm");
  if (k > n) return Value::Int(0);
  int64_t result = 1;
  for (int64_t i = 0; i < k && result != 0; ++i) result = Multiply(ev, result, n - i);
  return Value::Int(result);
}

Value Isqrt(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "isqrt", args, {""}, 1);
  const int64_t n = NotNegative(ev, a[0], "isqrt");
  auto root = static_cast<int64_t>(std::sqrt(static_cast<double>(n)));
  const auto square = [](int64_t x) { return static_cast<__int128>(x) * x; };
  while (square(root) > n) --root;
  while (square(root + 1) <= n) ++root;
  return Value::Int(root);
}

uint64_t Magnitude(int64_t n) { return n < 0 ? ~static_cast<uint64_t>(n) + 1 : n; }

int64_t Gcd(Evaluator& ev, int64_t a, int64_t b) {
  const uint64_t gcd = std::gcd(Magnitude(a), Magnitude(b));
  if (gcd > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) RaiseTooLarge(ev);
  return static_cast<int64_t>(gcd);
}

Value GcdFunction(Evaluator& ev, CallArgs& args) {
  int64_t result = 0;
  for (const Value& value : args.args) result = Gcd(ev, result, ev.ToInt(value, "gcd"));
  return Value::Int(result);
}

Value LcmFunction(Evaluator& ev, CallArgs& args) {
  int64_t result = 1;
  for (const Value& value : args.args) {
    const int64_t n = ev.ToInt(value, "lcm");
    if (n == 0) return Value::Int(0);
    result = Multiply(ev, result, n / Gcd(ev, result, n));
    if (result < 0) result = Multiply(ev, result, -1);
  }
  return Value::Int(result);
}

Value Prod(Evaluator& ev, CallArgs& args) {
  const Value start = args.Take("start").value_or(Value::Int(1));
  const NativeArgs a(ev, "prod", args, {""}, 1);
  Value product = start;
  IteratorObject* items = ev.Iter(a[0]);
  while (const std::optional<Value> item = items->Next(ev)) {
    ev.Step();
    product = ev.Binary(BinaryOp::kMul, product, *item);
  }
  return product;
}

// Shewchuk's exact sum: partials that do not overlap, as in CPython's mathmodule.c.
Value Fsum(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "fsum", args, {""}, 1);
  std::vector<double> partials;
  double special = 0;
  IteratorObject* items = ev.Iter(a[0]);
  while (const std::optional<Value> item = items->Next(ev)) {
    ev.Step(1 + static_cast<int64_t>(partials.size()));
    double x = Real(ev, *item);
    if (!std::isfinite(x)) {
      special += x;
      continue;
    }
    size_t kept = 0;
    for (double y : partials) {
      if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
      const double high = x + y;
      const double low = y - (high - x);
      if (low != 0) partials[kept++] = low;
      x = high;
    }
    partials.resize(kept);
    partials.push_back(x);
  }
  if (special != 0 || std::isnan(special)) return Value::Float(special);
  double sum = 0;
  while (!partials.empty()) {
    const double x = sum;
    const double y = partials.back();
    partials.pop_back();
    sum = x + y;
    const double low = y - (sum - x);
    if (low == 0) continue;
    // Halves to even: what is left decides.
    if (!partials.empty() && (low < 0) == (partials.back() < 0) && partials.back() != 0) {
      const double twice = low * 2;
      if (twice == (sum + twice) - sum) sum += twice;
    }
    break;
  }
  return Value::Float(sum);
}

Value Hypot(Evaluator& ev, CallArgs& args) {
  double result = 0;
  for (const Value& value : args.args) result = std::hypot(result, Real(ev, value));
  return Value::Float(result);
}

Value Dist(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "dist", args, {"", ""}, 2);
  const std::vector<Value> p = ev.ToVector(a[0]);
  const std::vector<Value> q = ev.ToVector(a[1]);
  if (p.size() != q.size()) {
    ev.Raise(ErrorKind::kValueError, "both points must have the same number of dimensions");
  }
  double result = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    result = std::hypot(result, Real(ev, p[i]) - Real(ev, q[i]));
  }
  return Value::Float(result);
}

Value IsClose(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "isclose", args, {"a", "b", "rel_tol", "abs_tol"}, 2);
  const double x = Real(ev, a[0]);
  const double y = Real(ev, a[1]);
  const double relative = a.Has(2) ? Real(ev, a[2]) : 1e-9;
  const double absolute = a.Has(3) ? Real(ev, a[3]) : 0;
  if (x == y) return Value::Bool(true);
  if (std::isinf(x) || std::isinf(y)) return Value::Bool(false);
  const double distance = std::fabs(x - y);
  return Value::Bool(distance <= relative * std::max(std::fabs(x), std::fabs(y)) ||
                     distance <= absolute);
}

Value Frexp(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "frexp", args, {""}, 1);
  int exponent = 0;
  const double mantissa = std::frexp(Real(ev, a[0]), &exponent);
  return ev.Tuple({Value::Float(mantissa), Value::Int(exponent)});
}

Value Ldexp(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "ldexp", args, {"", ""}, 2);
  const double x = Real(ev, a[0]);
  const int64_t exponent = std::clamp<int64_t>(ev.ToInt(a[1], "ldexp"), -5000, 5000);
  return Checked(ev, std::ldexp(x, static_cast<int>(exponent)), std::isfinite(x));
}

Value Modf(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "modf", args, {""}, 1);
  double whole = 0;
  const double fraction = std::modf(Real(ev, a[0]), &whole);
  return ev.Tuple({Value::Float(fraction), Value::Float(whole)});
}

void AddReals(Evaluator& ev, ModuleObject* module) {
  constexpr std::pair<absl::string_view, Function> kOfOne[] = {
      {"acos", std::acos},
      {"acosh", std::acosh},
      {"asin", std::asin},
      {"asinh", std::asinh},
      {"atan", std::atan},
      {"atanh", std::atanh},
      {"cbrt", std::cbrt},
      {"cos", std::cos},
      {"cosh", std::cosh},
      {"erf", std::erf},
      {"erfc", std::erfc},
      {"exp", std::exp},
      {"exp2", std::exp2},
      {"expm1", std::expm1},
      {"fabs", std::fabs},
      {"gamma", std::tgamma},
      {"lgamma", std::lgamma},
      {"log1p", std::log1p},
      {"sin", std::sin},
      {"sinh", std::sinh},
      {"sqrt", std::sqrt},
      {"tan", std::tan},
      {"tanh", std::tanh},
      {"degrees", [](double x) { return x * (180.0 / M_PI); }},
      {"radians", [](double x) { return x * (M_PI / 180.0); }},
      {"ulp", [](double x) { return std::nextafter(std::fabs(x), INFINITY) - std::fabs(x); }},
  };
  for (const auto& [name, function] : kOfOne) AddReal(ev, module, name, function);
  constexpr std::pair<absl::string_view, BinaryFunction> kOfTwo[] = {
      {"atan2", std::atan2},         {"copysign", std::copysign}, {"fmod", std::fmod},
      {"nextafter", std::nextafter}, {"pow", std::pow},           {"remainder", std::remainder},
  };
  for (const auto& [name, function] : kOfTwo) AddReal(ev, module, name, function);
  AddRounding(ev, module, "floor", std::floor);
  AddRounding(ev, module, "ceil", std::ceil);
  AddRounding(ev, module, "trunc", std::trunc);
  AddTest(ev, module, "isnan", [](double x) { return std::isnan(x); });
  AddTest(ev, module, "isinf", [](double x) { return std::isinf(x); });
  AddTest(ev, module, "isfinite", [](double x) { return std::isfinite(x); });
  Add(ev, module, "log", Log);
  Add(ev, module, "log2", [](Evaluator& caller, CallArgs& args) {
    return Value::Float(
        CheckedLog(caller, NativeArgs(caller, "log2", args, {""}, 1)[0], std::log2));
  });
  Add(ev, module, "log10", [](Evaluator& caller, CallArgs& args) {
    return Value::Float(
        CheckedLog(caller, NativeArgs(caller, "log10", args, {""}, 1)[0], std::log10));
  });
}

}  // namespace

void DefineMath(Evaluator& ev) {
  ev.DefineModule("math", [](Evaluator& caller, ModuleObject* module) {
    AddReals(caller, module);
    Add(caller, module, "factorial", Factorial);
    Add(caller, module, "comb", Comb);
    Add(caller, module, "perm", Perm);
    Add(caller, module, "isqrt", Isqrt);
    Add(caller, module, "gcd", GcdFunction);
    Add(caller, module, "lcm", LcmFunction);
    Add(caller, module, "prod", Prod);
    Add(caller, module, "fsum", Fsum);
    Add(caller, module, "hypot", Hypot);
    Add(caller, module, "dist", Dist);
    Add(caller, module, "isclose", IsClose);
    Add(caller, module, "frexp", Frexp);
    Add(caller, module, "ldexp", Ldexp);
    Add(caller, module, "modf", Modf);
    module->globals["pi"] = Value::Float(M_PI);
    module->globals["e"] = Value::Float(M_E);
    module->globals["tau"] = Value::Float(2 * M_PI);
    module->globals["inf"] = Value::Float(INFINITY);
    module->globals["nan"] = Value::Float(NAN);
  });
}

}  // namespace graft::models::python
