// The built-in functions, but for those that give iterators (builtin_iterators.h).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/builtin_iterators.h"
#include "models/python/evaluator.h"
#include "models/python/format_spec.h"
#include "models/python/module_loader.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/stable_sort.h"
#include "models/python/underlying.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {
namespace {

bool IsInteger(Value value) { return value.IsInt() || value.IsBool(); }

// --- Numbers ------------------------------------------------------------------------------------

Value Abs(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "abs", args, {""}, 1);
  if (const std::optional<Value> method = ev.ClassMethod(a[0], "__abs__")) {
    return ev.Call(*method, std::vector<Value>());
  }
  const Value plain = Underlying(a[0]);
  if (plain.IsFloat()) return Value::Float(std::fabs(plain.AsFloat()));
  if (IsInteger(plain)) {
    return plain.AsInt() < 0 ? ev.Unary(UnaryOp::kNegative, plain) : Value::Int(plain.AsInt());
  }
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("bad operand type for abs(): '", ev.TypeName(a[0]), "'"));
}

Value DivMod(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "divmod", args, {"", ""}, 2);
  if (const std::optional<Value> method = ev.ClassMethod(a[0], "__divmod__")) {
    return ev.Call(*method, {a[1]});
  }
  return ev.Tuple(
      {ev.Binary(BinaryOp::kFloorDiv, a[0], a[1]), ev.Binary(BinaryOp::kMod, a[0], a[1])});
}

Value Pow(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "pow", args, {"base", "exp", "mod"}, 2);
  if (a[2].IsNone()) return ev.Binary(BinaryOp::kPow, a[0], a[1]);
  if (const std::optional<Value> method = ev.ClassMethod(a[0], "__pow__");
      method.has_value() && a[0].As<InstanceObject>() != nullptr) {
    return ev.Call(*method, {a[1], a[2]});
  }
  const int64_t mod = ev.ToInt(a[2], "pow() 3rd argument");
  int64_t exponent = ev.ToInt(a[1], "pow() 2nd argument");
  if (mod == 0) ev.Raise(ErrorKind::kValueError, "pow() 3rd argument cannot be 0");
  if (exponent < 0) ev.RaiseNotSupported("pow() with a negative exponent and a modulus");
  const __int128 wide_mod = mod;
  __int128 base = ev.ToInt(a[0], "pow() 1st argument") % wide_mod;
  __int128 result = 1 % wide_mod;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = result * base % wide_mod;
    base = base * base % wide_mod;
  }
  if (result != 0 && (result < 0) != (mod < 0)) result += wide_mod;
  return Value::Int(static_cast<int64_t>(result));
}

// To `digits` decimals, halves to even, by way of the decimal text as Python does.
double RoundTo(Evaluator& ev, double value, int64_t digits) {
  // Nothing to round beyond these, and nothing left below.
  if (!std::isfinite(value) || digits > 323) return value;
  if (digits < -308) return std::copysign(0.0, value);
  if (digits < 0) {
    const double scale = std::pow(10.0, static_cast<double>(-digits));
    const double scaled = std::nearbyint(value / scale) * scale;
    if (!std::isfinite(scaled)) {
      ev.Raise(ErrorKind::kOverflowError, "rounded value too large to represent");
    }
    return scaled;
  }
  char text[800];
  std::snprintf(text, sizeof text, "%.*f", static_cast<int>(digits), value);
  return std::strtod(text, nullptr);
}

int64_t RoundInt(Evaluator& ev, int64_t value, int64_t digits) {
  if (digits >= 0) return value;
  if (digits < -18) return 0;
  int64_t unit = 1;
  for (int64_t i = digits; i < 0; ++i) unit *= 10;
  const int64_t rest = ((value % unit) + unit) % unit;
  const __int128 floor = static_cast<__int128>(value) - rest;
  const bool up = rest > unit / 2 || (rest == unit / 2 && (floor / unit) % 2 != 0);
  const __int128 rounded = floor + (up ? unit : 0);
  if (rounded != static_cast<int64_t>(rounded)) {
    ev.Raise(ErrorKind::kOverflowError, "the integer is beyond 64 bits");
  }
  return static_cast<int64_t>(rounded);
}

Value Round(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "round", args, {"number", "ndigits"}, 1);
  const Value plain = Underlying(a[0]);
  if (const std::optional<Value> method = ev.ClassMethod(a[0], "__round__")) {
    return ev.Call(*method, a[1].IsNone() ? std::vector<Value>() : std::vector<Value>{a[1]});
  }
  if (IsInteger(plain)) {
    return Value::Int(a[1].IsNone() ? plain.AsInt()
                                    : RoundInt(ev, plain.AsInt(), ev.ToInt(a[1], "ndigits")));
  }
  if (!plain.IsFloat()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("type ", ev.TypeName(a[0]), " doesn't define __round__ method"));
  }
  if (!a[1].IsNone()) {
    return Value::Float(RoundTo(ev, plain.AsFloat(), ev.ToInt(a[1], "ndigits")));
  }
  return ev.Call(ev.classes().int_, {Value::Float(std::nearbyint(plain.AsFloat()))});
}

// bin, hex, oct.
Value InBase(Evaluator& ev, CallArgs& args, absl::string_view function, char type) {
  const NativeArgs a(ev, function, args, {""}, 1);
  FormatSpec spec;
  spec.type = type;
  spec.alternate = true;
  return ev.Str(FormatInt(ev, ev.ToInt(a[0], absl::StrCat(function, "()")), spec));
}

Value Sum(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "sum", args, {"", "start"}, 1);
  Value total = a.Has(1) ? a[1] : Value::Int(0);
  if (total.As<StrObject>() != nullptr) {
    ev.Raise(ErrorKind::kTypeError, "sum() can't sum strings [use ''.join(seq) instead]");
  }
  IteratorObject* items = ev.Iter(a[0]);
  while (const std::optional<Value> item = items->Next(ev)) {
    ev.Step();
    total = ev.Binary(BinaryOp::kAdd, total, *item);
  }
  return total;
}

// min and max: of an iterable, or of the arguments; the first of equals wins.
Value Extreme(Evaluator& ev, CallArgs& args, absl::string_view function, CompareOp better) {
  const Value key = args.Take("key").value_or(Value());
  const std::optional<Value> absent = args.Take("default");
  if (!args.kwargs.empty() || args.args.empty()) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat(function, " expected at least 1 argument, got 0"));
  }
  const std::vector<Value> items = args.args.size() == 1 ? ev.ToVector(args.args[0]) : args.args;
  if (items.empty()) {
    if (absent.has_value()) return *absent;
    ev.Raise(ErrorKind::kValueError, absl::StrCat(function, "() arg is an empty sequence"));
  }
  Value best = items[0];
  Value best_key = key.IsNone() ? best : ev.Call(key, {best});
  for (size_t i = 1; i < items.size(); ++i) {
    ev.Step();
    const Value item_key = key.IsNone() ? items[i] : ev.Call(key, {items[i]});
    if (!ev.Truth(ev.Compare(better, item_key, best_key))) continue;
    best = items[i];
    best_key = item_key;
  }
  return best;
}

// --- Text ---------------------------------------------------------------------------------------

Value Chr(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "chr", args, {""}, 1);
  const std::optional<std::string> text = EncodeCodePoint(ev.ToInt(a[0], "chr()"));
  if (!text.has_value()) {
    ev.Raise(ErrorKind::kValueError, "chr() arg not in range(0x110000)");
  }
  return ev.Str(*text);
}

Value Ord(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "ord", args, {""}, 1);
  const std::string text = ev.ToText(a[0], "ord() expected string of length 1");
  if (CountCodePoints(text) != 1) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("ord() expected a character, but string of length ",
                          CountCodePoints(text), " found"));
  }
  return Value::Int(DecodeCodePoint(text));
}

Value Print(Evaluator& ev, CallArgs& args) {
  const auto text_or = [&ev, &args](absl::string_view name, absl::string_view absent) {
    const Value value = args.Take(name).value_or(Value());
    return value.IsNone() ? std::string(absent) : ev.ToText(value, name);
  };
  const std::string separator = text_or("sep", " ");
  const std::string end = text_or("end", "\n");
  std::string line;
  for (size_t i = 0; i < args.args.size(); ++i) {
    const std::string text = ev.ToStr(args.args[i]);
    ev.heap().Charge(ev, separator.size() + text.size());
    absl::StrAppend(&line, i == 0 ? "" : separator, text);
  }
  ev.Print(absl::StrCat(line, end));
  return {};
}

// --- Truth and order ----------------------------------------------------------------------------

// all(items), any(items): ends at the first item whose truth is `decisive`.
Value Quantify(Evaluator& ev, CallArgs& args, absl::string_view function, bool decisive) {
  const NativeArgs a(ev, function, args, {""}, 1);
  IteratorObject* items = ev.Iter(a[0]);
  while (const std::optional<Value> item = items->Next(ev)) {
    ev.Step();
    if (ev.Truth(*item) == decisive) return Value::Bool(decisive);
  }
  return Value::Bool(!decisive);
}

Value Sorted(Evaluator& ev, CallArgs& args) {
  const Value key = args.Take("key").value_or(Value());
  const bool reverse = ev.Truth(args.Take("reverse").value_or(Value::Bool(false)));
  const NativeArgs a(ev, "sorted", args, {""}, 1);
  return ev.List(StableSort(ev, ev.ToVector(a[0]), key, reverse));
}

// --- Attributes and types -----------------------------------------------------------------------

bool IsCallable(Evaluator& ev, Value value) {
  const Evaluator::Classes& classes = ev.classes();
  if (!value.IsObject()) return false;
  if (value.As<ClassObject>() != nullptr || ev.ClassMethod(value, "__call__").has_value()) {
    return true;
  }
  const ClassObject* cls = ev.TypeOf(value);
  return cls == classes.function || cls == classes.builtin_function || cls == classes.method ||
         cls == classes.static_method;
}

Value GetAttrFunction(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "getattr", args, {"", "", ""}, 2);
  const std::string name = ev.ToText(a[1], "attribute name must be string");
  if (!a.Has(2)) return ev.GetAttr(a[0], name);
  return ev.TryGetAttr(a[0], name).value_or(a[2]);
}

Value IsInstanceFunction(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "isinstance", args, {"", ""}, 2);
  return Value::Bool(ev.IsInstance(a[0], a[1]));
}

Value IsSubclassFunction(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "issubclass", args, {"", ""}, 2);
  auto* cls = a[0].As<ClassObject>();
  if (cls == nullptr) ev.Raise(ErrorKind::kTypeError, "issubclass() arg 1 must be a class");
  return Value::Bool(ev.IsSubclass(cls, a[1]));
}

// The names of an instance or a class, and of the classes above, sorted.
Value Dir(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "dir", args, {""}, 0);
  if (!a.Has(0)) ev.RaiseNotSupported("dir() without an argument");
  if (const std::optional<Value> own = ev.ClassMethod(a[0], "__dir__")) {
    const std::vector<Value> given = ev.ToVector(ev.Call(*own, std::vector<Value>()));
    return ev.List(StableSort(ev, given, Value(), /*reverse=*/false));
  }
  DictObject* names = ev.Dict();
  if (const auto* module = a[0].As<ModuleObject>()) {
    for (const std::string& name : ModuleLoader::Names(*module)) names->Set(ev, name, Value());
  }
  if (const auto* instance = a[0].As<InstanceObject>()) {
    for (const auto& [name, value] : instance->attributes) names->Set(ev, name, Value());
  }
  const auto* cls = a[0].As<ClassObject>();
  for (const ClassObject* base : (cls != nullptr ? cls : ev.TypeOf(a[0]))->mro) {
    for (const auto& [name, value] : base->attributes) names->Set(ev, name, Value());
  }
  return ev.List(StableSort(ev, ev.ToVector(names), Value(), /*reverse=*/false));
}

// --- Refused ------------------------------------------------------------------------------------

void Refuse(Evaluator& ev, absl::string_view name, absl::string_view instead) {
  ev.builtins()[name] = ev.Native(
      name, [what = absl::StrCat(name, "()"), instead](Evaluator& caller, CallArgs&) -> Value {
        caller.RaiseNotSupported(what, instead);
      });
}

void RefuseWhatReachesOut(Evaluator& ev) {
  constexpr absl::string_view kNoFiles =
      "a model's source reaches no file; pass what it needs as an argument";
  constexpr absl::string_view kNoCode = "write the code itself";
  Refuse(ev, "open", kNoFiles);
  Refuse(ev, "input", kNoFiles);
  Refuse(ev, "breakpoint", "");
  Refuse(ev, "exit", "raise an error");
  Refuse(ev, "quit", "raise an error");
  Refuse(ev, "eval", kNoCode);
  Refuse(ev, "exec", kNoCode);
  Refuse(ev, "compile", kNoCode);
  Refuse(ev, "memoryview", "");
  Refuse(ev, "bytearray", "");
  Refuse(ev, "complex", "");
}

// --- Tables -------------------------------------------------------------------------------------

using Body = NativeFunction::Body;

void Add(Evaluator& ev, absl::string_view name, Body body) {
  ev.builtins()[name] = ev.Native(name, std::move(body));
}

// Of one argument, and done by the evaluator.
void AddUnary(Evaluator& ev, absl::string_view name, std::function<Value(Evaluator&, Value)> body) {
  Add(ev, name, [name, body = std::move(body)](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, name, args, {""}, 1);
    return body(caller, a[0]);
  });
}

void DefineNumeric(Evaluator& ev) {
  Add(ev, "abs", Abs);
  Add(ev, "divmod", DivMod);
  Add(ev, "pow", Pow);
  Add(ev, "round", Round);
  Add(ev, "sum", Sum);
  Add(ev, "bin",
      [](Evaluator& caller, CallArgs& args) { return InBase(caller, args, "bin", 'b'); });
  Add(ev, "hex",
      [](Evaluator& caller, CallArgs& args) { return InBase(caller, args, "hex", 'x'); });
  Add(ev, "oct",
      [](Evaluator& caller, CallArgs& args) { return InBase(caller, args, "oct", 'o'); });
  Add(ev, "min", [](Evaluator& caller, CallArgs& args) {
    return Extreme(caller, args, "min", CompareOp::kLess);
  });
  Add(ev, "max", [](Evaluator& caller, CallArgs& args) {
    return Extreme(caller, args, "max", CompareOp::kGreater);
  });
}

void DefineReflection(Evaluator& ev) {
  Add(ev, "getattr", GetAttrFunction);
  Add(ev, "hasattr", [](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "hasattr", args, {"", ""}, 2);
    const std::string name = caller.ToText(a[1], "attribute name must be string");
    return Value::Bool(caller.TryGetAttr(a[0], name).has_value());
  });
  Add(ev, "setattr", [](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "setattr", args, {"", "", ""}, 3);
    caller.SetAttr(a[0], caller.ToText(a[1], "attribute name must be string"), a[2]);
    return Value();
  });
  Add(ev, "delattr", [](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "delattr", args, {"", ""}, 2);
    caller.DelAttr(a[0], caller.ToText(a[1], "attribute name must be string"));
    return Value();
  });
  Add(ev, "isinstance", IsInstanceFunction);
  Add(ev, "issubclass", IsSubclassFunction);
  Add(ev, "dir", Dir);
  AddUnary(ev, "callable",
           [](Evaluator& caller, Value value) { return Value::Bool(IsCallable(caller, value)); });
  AddUnary(ev, "vars",
           [](Evaluator& caller, Value value) { return caller.GetAttr(value, "__dict__"); });
  // Numbers in the order of asking: an address would differ from run to run.
  AddUnary(ev, "id",
           [ids = absl::flat_hash_map<const Object*, int64_t>()](Evaluator& caller,
                                                                 Value value) mutable {
             if (!value.IsObject()) return Value::Int(static_cast<int64_t>(caller.Hash(value)));
             const auto next = static_cast<int64_t>(ids.size()) + 1;
             caller.heap().Charge(caller, sizeof(void*) * 4);
             return Value::Int(ids.try_emplace(value.object(), next * 16).first->second);
           });
}

}  // namespace

void DefineBuiltinFunctions(Evaluator& ev) {
  DefineBuiltinIterators(ev);
  DefineNumeric(ev);
  DefineReflection(ev);
  RefuseWhatReachesOut(ev);
  Add(ev, "chr", Chr);
  Add(ev, "ord", Ord);
  Add(ev, "print", Print);
  Add(ev, "sorted", Sorted);
  Add(ev, "all",
      [](Evaluator& caller, CallArgs& args) { return Quantify(caller, args, "all", false); });
  Add(ev, "any",
      [](Evaluator& caller, CallArgs& args) { return Quantify(caller, args, "any", true); });
  Add(ev, "format", [](Evaluator& caller, CallArgs& args) -> Value {
    const NativeArgs a(caller, "format", args, {"", ""}, 1);
    return caller.Str(caller.Format(a[0], a.Has(1) ? caller.ToText(a[1], "format_spec") : ""));
  });
  AddUnary(ev, "len",
           [](Evaluator& caller, Value value) { return Value::Int(caller.Length(value)); });
  AddUnary(ev, "hash", [](Evaluator& caller, Value value) {
    return Value::Int(static_cast<int64_t>(caller.Hash(value)));
  });
  AddUnary(ev, "repr",
           [](Evaluator& caller, Value value) -> Value { return caller.Str(caller.Repr(value)); });
  AddUnary(ev, "ascii", [](Evaluator& caller, Value value) -> Value {
    return caller.Str(EscapeNonAscii(caller.Repr(value)));
  });
  ev.builtins()["NotImplemented"] = Value::NotImplemented();
  ev.builtins()["Ellipsis"] = Value::Ellipsis();
  ev.builtins()["__debug__"] = Value::Bool(true);
}

}  // namespace graft::models::python
