// The classes type, NoneType, bool, int, float, and those of ... and NotImplemented.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_creation.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/number_text.h"
#include "models/python/object_class.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/underlying.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {
namespace {

// --- int, bool, float ---------------------------------------------------------------------------

// `value`, or an instance of the derived class that stands for it.
Value AsClass(Evaluator& ev, ClassObject* cls, ClassObject* builtin, Value value) {
  if (cls == builtin) return value;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = value;
  return instance;
}

int64_t Truncate(Evaluator& ev, double value) {
  if (std::isnan(value)) ev.Raise(ErrorKind::kValueError, "cannot convert float NaN to integer");
  if (std::isinf(value)) {
    ev.Raise(ErrorKind::kOverflowError, "cannot convert float infinity to integer");
  }
  if (std::fabs(value) >= 0x1p63) {
    ev.Raise(ErrorKind::kOverflowError, "the integer is beyond 64 bits");
  }
  return static_cast<int64_t>(value);
}

int64_t IntFromText(Evaluator& ev, absl::string_view text, int base) {
  ev.Step(1 + static_cast<int64_t>(text.size()) / 64);
  const absl::StatusOr<int64_t> number = ParseInt(text, base);
  if (number.ok()) return *number;
  if (absl::IsOutOfRange(number.status())) {
    ev.Raise(ErrorKind::kOverflowError, "int() of a text: the integer is beyond 64 bits");
  }
  ev.Raise(ErrorKind::kValueError, absl::StrCat("invalid literal for int() with base ", base, ": ",
                                                StrRepr(text.substr(0, 200))));
}

int64_t IntFrom(Evaluator& ev, Value value) {
  const Value plain = Underlying(value);
  if (plain.IsInt() || plain.IsBool()) return plain.AsInt();
  if (plain.IsFloat()) return Truncate(ev, plain.AsFloat());
  if (const auto* text = plain.As<StrObject>()) return IntFromText(ev, text->text, 10);
  for (const absl::string_view method : {"__int__", "__index__", "__trunc__"}) {
    if (const std::optional<Value> convert = ev.ClassMethod(value, method)) {
      return ev.ToInt(ev.Call(*convert, std::vector<Value>()), absl::StrCat(method, " result"));
    }
  }
  if (plain.IsObject()) {
    if (const std::optional<int64_t> index = plain.object()->Index(ev)) return *index;
  }
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("int() argument must be a string, a bytes-like object or a real number, "
                        "not '",
                        ev.TypeName(value), "'"));
}

Value MakeInt(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  const NativeArgs a(ev, "int", args, {"", "base"}, 0);
  int64_t number = 0;
  if (a.Has(1)) {
    const int64_t base = ev.ToInt(a[1], "base");
    if (base != 0 && (base < 2 || base > 36)) {
      ev.Raise(ErrorKind::kValueError, "int() base must be >= 2 and <= 36, or 0");
    }
    number = IntFromText(ev, ev.ToText(a[0], "int() can't convert non-string with explicit base"),
                         static_cast<int>(base));
  } else if (a.Has(0)) {
    number = IntFrom(ev, a[0]);
  }
  return AsClass(ev, cls, ev.classes().int_, Value::Int(number));
}

Value MakeBool(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "bool", args, {""}, 0);
  return Value::Bool(a.Has(0) && ev.Truth(a[0]));
}

double FloatFrom(Evaluator& ev, Value value) {
  const Value plain = Underlying(value);
  if (plain.IsFloat()) return plain.AsFloat();
  if (plain.IsInt() || plain.IsBool()) return static_cast<double>(plain.AsInt());
  if (const auto* text = plain.As<StrObject>()) {
    const std::optional<double> number = ParseFloat(text->text);
    if (number.has_value()) return *number;
    ev.Raise(ErrorKind::kValueError, absl::StrCat("could not convert string to float: ",
                                                  StrRepr(text->text.substr(0, 200))));
  }
  if (const std::optional<Value> convert = ev.ClassMethod(value, "__float__")) {
    return ev.ToFloat(ev.Call(*convert, std::vector<Value>()), "__float__ result");
  }
  if (plain.IsObject()) {
    if (const std::optional<int64_t> index = plain.object()->Index(ev)) {
      return static_cast<double>(*index);
    }
  }
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("float() argument must be a string or a real number, not '",
                        ev.TypeName(value), "'"));
}

Value MakeFloat(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  const NativeArgs a(ev, "float", args, {""}, 0);
  return AsClass(ev, cls, ev.classes().float_, Value::Float(a.Has(0) ? FloatFrom(ev, a[0]) : 0.0));
}

// float.hex
Value Hex(Evaluator& ev, CallArgs& args) {
  const double value = ev.ToFloat(Underlying(SelfValue(ev, args, "float.hex")), "float.hex");
  if (!std::isfinite(value)) return ev.Str(FloatRepr(value));
  char text[64];
  std::snprintf(text, sizeof text, value == 0 ? "%.1a" : "%.13a", value);
  return ev.Str(text);
}

Value AsIntegerRatio(Evaluator& ev, CallArgs& args) {
  const Value self = Underlying(SelfValue(ev, args, "as_integer_ratio"));
  if (!self.IsFloat()) return ev.Tuple({Value::Int(self.AsInt()), Value::Int(1)});
  double value = self.AsFloat();
  int64_t denominator = 1;
  while (std::isfinite(value) && value != std::floor(value)) {
    if (denominator > int64_t{1} << 61) {
      ev.Raise(ErrorKind::kOverflowError, "the denominator is beyond 64 bits");
    }
    value *= 2;
    denominator *= 2;
  }
  return ev.Tuple({Value::Int(Truncate(ev, value)), Value::Int(denominator)});
}

// A read-only attribute that is made of the value.
void AddProperty(Evaluator& ev, ClassObject* cls, absl::string_view name,
                 NativeFunction::Body body) {
  cls->SetOwn(name, ev.heap().New<PropertyObject>(ev, ev.Native(name, std::move(body)), Value()));
}

void DefineNumbers(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  ClassObject* integer = classes.int_ = ev.NewClass("int", {classes.object});
  classes.bool_ = ev.NewClass("bool", {integer});
  ClassObject* real = classes.float_ = ev.NewClass("float", {classes.object});
  integer->make = MakeInt;
  classes.bool_->make = MakeBool;
  real->make = MakeFloat;
  for (ClassObject* cls : {integer, real}) {
    AddArithmeticMethods(ev, cls);
    ev.AddMethod(cls, "as_integer_ratio", AsIntegerRatio);
    const NativeFunction::Body self = [](Evaluator& caller, CallArgs& args) {
      const Value value = Underlying(SelfValue(caller, args, "int.real"));
      return value.IsBool() ? Value::Int(value.AsInt()) : value;
    };
    AddProperty(ev, cls, "real", self);
    ev.AddMethod(cls, "conjugate", self);
    AddProperty(ev, cls, "imag", [](Evaluator& caller, CallArgs& args) {
      const Value value = Underlying(SelfValue(caller, args, "int.imag"));
      return value.IsFloat() ? Value::Float(0) : Value::Int(0);
    });
    ev.AddMethod(cls, "is_integer", [](Evaluator& caller, CallArgs& args) {
      const Value value = Underlying(SelfValue(caller, args, "is_integer"));
      return Value::Bool(!value.IsFloat() || std::floor(value.AsFloat()) == value.AsFloat());
    });
  }
  AddOperatorMethods(ev, integer, {"__index__"});
  AddProperty(ev, integer, "numerator", [](Evaluator& caller, CallArgs& args) {
    return Value::Int(Underlying(SelfValue(caller, args, "int.numerator")).AsInt());
  });
  AddProperty(ev, integer, "denominator", [](Evaluator&, CallArgs&) { return Value::Int(1); });
  ev.AddMethod(integer, "bit_length", [](Evaluator& caller, CallArgs& args) {
    const int64_t value = Underlying(SelfValue(caller, args, "int.bit_length")).AsInt();
    const uint64_t magnitude = value < 0 ? ~static_cast<uint64_t>(value) + 1 : value;
    return Value::Int(magnitude == 0 ? 0 : 64 - __builtin_clzll(magnitude));
  });
  ev.AddMethod(integer, "bit_count", [](Evaluator& caller, CallArgs& args) {
    const int64_t value = Underlying(SelfValue(caller, args, "int.bit_count")).AsInt();
    const uint64_t magnitude = value < 0 ? ~static_cast<uint64_t>(value) + 1 : value;
    return Value::Int(__builtin_popcountll(magnitude));
  });
  ev.AddMethod(real, "hex", Hex);
  ev.builtins()["int"] = integer;
  ev.builtins()["bool"] = classes.bool_;
  ev.builtins()["float"] = real;
}

// --- type ---------------------------------------------------------------------------------------

// type(x), type(name, bases, namespace), and of metaclasses the latter.
Value MakeType(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  if (args.args.size() == 1 && cls == ev.classes().type) return ev.TypeOf(args.args[0]);
  std::vector<Keyword> keywords = std::exchange(args.kwargs, {});
  const NativeArgs a(ev, "type", args, {"", "", ""}, 3);
  std::vector<ClassObject*> bases;
  for (const Value& base : ev.ToVector(a[1])) {
    auto* one = base.As<ClassObject>();
    if (one == nullptr) ev.Raise(ErrorKind::kTypeError, "bases must be types");
    bases.push_back(one);
  }
  auto* names = Underlying<DictObject>(a[2]);
  if (names == nullptr) {
    ev.Raise(ErrorKind::kTypeError, "type() argument 3 must be dict");
  }
  return MakeClass(ev, cls, ev.ToText(a[0], "type() argument 1 must be str"), std::move(bases),
                   names, std::move(keywords));
}

ClassObject& SelfClass(Evaluator& ev, CallArgs& args, absl::string_view method) {
  auto* cls = SelfValue(ev, args, method).As<ClassObject>();
  if (cls == nullptr) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat(method, " needs a class"));
  }
  return *cls;
}

void DefineType(Evaluator& ev) {
  ClassObject* type = ev.classes().type;
  ev.builtins()["type"] = type;
  type->make = MakeType;
  ev.AddMethod(type, "mro", [](Evaluator& caller, CallArgs& args) -> Value {
    const auto& self = Self<ClassObject>(caller, args, "type.mro");
    return caller.List(std::vector<Value>(self.mro.begin(), self.mro.end()));
  });
  ev.AddMethod(type, "__call__", [](Evaluator& caller, CallArgs& args) {
    return SelfClass(caller, args, "type.__call__").Instantiate(caller, args);
  });
  ev.AddMethod(type, "__instancecheck__", [](Evaluator& caller, CallArgs& args) {
    const ClassObject& cls = SelfClass(caller, args, "type.__instancecheck__");
    const NativeArgs a(caller, "type.__instancecheck__", args, {""}, 1);
    return Value::Bool(caller.TypeOf(a[0])->DerivesFrom(&cls));
  });
  ev.AddMethod(type, "__subclasscheck__", [](Evaluator& caller, CallArgs& args) {
    const ClassObject& cls = SelfClass(caller, args, "type.__subclasscheck__");
    const NativeArgs a(caller, "type.__subclasscheck__", args, {""}, 1);
    const auto* derived = a[0].As<ClassObject>();
    return Value::Bool(derived != nullptr && derived->DerivesFrom(&cls));
  });
  ev.AddMethod(type, "__repr__", [](Evaluator& caller, CallArgs& args) -> Value {
    return caller.Str(SelfClass(caller, args, "type.__repr__").PlainRepr());
  });
  const auto prepare = [](Evaluator& caller, CallArgs&) -> Value { return caller.Dict(); };
  type->SetOwn("__prepare__",
               ev.heap().New<ClassMethodObject>(ev, ev.Native("__prepare__", prepare)));
}

}  // namespace

void DefineScalars(Evaluator& ev) {
  DefineObject(ev);
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.type = ev.NewClass("type", {classes.object});
  classes.none_type = ev.NewClass("NoneType", {classes.object});
  classes.none_type->make = [](Evaluator&, ClassObject*, CallArgs&) { return Value(); };
  classes.ellipsis = ev.NewClass("ellipsis", {classes.object});
  classes.not_implemented = ev.NewClass("NotImplementedType", {classes.object});
  DefineNumbers(ev);
  DefineType(ev);
}

}  // namespace graft::models::python
