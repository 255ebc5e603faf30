// The classes object, type, NoneType, bool, int, float, and those of ... and NotImplemented.
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
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/number_text.h"
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
  return AsClass(ev, cls, ev.classes().float_,
                 Value::Float(a.Has(0) ? FloatFrom(ev, a[0]) : 0.0));
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
  AddProperty(ev, integer, "denominator",
              [](Evaluator&, CallArgs&) { return Value::Int(1); });
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

// --- object -------------------------------------------------------------------------------------

// object.__new__(cls, ...), and so tuple.__new__, int.__new__ ...: what the class is made by.
Value New(Evaluator& ev, CallArgs& args) {
  const Value first = SelfValue(ev, args, "object.__new__");
  auto* cls = first.As<ClassObject>();
  if (cls == nullptr) {
    ev.Raise(ErrorKind::kTypeError, "object.__new__(X): X is not a type object");
  }
  for (ClassObject* base : cls->mro) {
    if (base->make) return base->make(ev, cls, args);
  }
  return ev.heap().New<InstanceObject>(ev, cls);
}

// Arguments are for those who override __init__ or __new__, as in Python.
Value Init(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__init__");
  if (args.args.empty() && args.kwargs.empty()) return {};
  ClassObject* cls = ev.TypeOf(self);
  const ClassObject* object = ev.classes().object;
  for (const ClassObject* base : cls->mro) {
    if (base != object && (base->make || base->FindOwn("__new__").has_value())) return {};
  }
  const bool own_init = !cls->Lookup("__init__")->Is(*object->FindOwn("__init__"));
  ev.Raise(ErrorKind::kTypeError,
           own_init ? "object.__init__() takes exactly one argument (the instance to initialize)"
                    : absl::StrCat(cls->name, "() takes no arguments"));
}

// What `x.name = value` does where no class has a __setattr__ of its own.
Value SetAttribute(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__setattr__", args, {"", "", ""}, 3);
  const std::string name = ev.ToText(a[1], "attribute name must be string");
  auto* instance = a[0].As<InstanceObject>();
  if (instance == nullptr) {
    ev.SetAttr(a[0], name, a[2]);
    return {};
  }
  const std::optional<Value> found = instance->cls->Lookup(name);
  if (found.has_value()) {
    if (const auto* property = found->As<PropertyObject>()) {
      if (property->setter.IsNone()) {
        ev.Raise(ErrorKind::kAttributeError,
                 absl::StrCat("property '", name, "' of '", instance->cls->name,
                              "' object has no setter"));
      }
      ev.Call(property->setter, {a[0], a[2]});
      return {};
    }
    if (const std::optional<Value> set = ev.ClassMethod(*found, "__set__")) {
      ev.Call(*set, {a[0], a[2]});
      return {};
    }
  }
  instance->SetOwn(name, a[2]);
  return {};
}

Value DeleteAttribute(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__delattr__", args, {"", ""}, 2);
  const std::string name = ev.ToText(a[1], "attribute name must be string");
  auto* instance = a[0].As<InstanceObject>();
  if (instance == nullptr) {
    ev.DelAttr(a[0], name);
  } else if (!instance->EraseOwn(name)) {
    ev.Raise(ErrorKind::kAttributeError,
             absl::StrCat("'", instance->cls->name, "' object has no attribute '", name, "'"));
  }
  return {};
}

// What `x.name` does where no class has a __getattribute__ or __getattr__ of its own.
Value GetAttribute(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__getattribute__", args, {"", ""}, 2);
  const std::string name = ev.ToText(a[1], "attribute name must be string");
  auto* instance = a[0].As<InstanceObject>();
  if (instance == nullptr) return ev.GetAttr(a[0], name);
  const std::optional<Value> found = instance->cls->Lookup(name);
  if (found.has_value()) {
    if (const auto* property = found->As<PropertyObject>()) {
      return ev.Call(property->getter, {a[0]});
    }
  }
  if (const std::optional<Value> own = instance->FindOwn(name)) return *own;
  if (name == "__dict__" || name == "__class__") return ev.GetAttr(a[0], name);
  if (const std::optional<Value> bound = ev.ClassMethod(a[0], name)) return *bound;
  ev.Raise(ErrorKind::kAttributeError,
           absl::StrCat("'", instance->cls->name, "' object has no attribute '", name, "'"));
}

std::string PlainRepr(Evaluator& ev, Value self) {
  const ClassObject* cls = ev.TypeOf(self);
  return absl::StrCat("<", cls->module.empty() ? "" : absl::StrCat(cls->module, "."), cls->name,
                      " object>");
}

Value ReprMethod(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__repr__");
  const auto* instance = self.As<InstanceObject>();
  if (instance == nullptr) return ev.Str(ev.Repr(self));
  return ev.Str(instance->payload.IsNone() ? PlainRepr(ev, self) : ev.Repr(instance->payload));
}

Value StrMethod(Evaluator& ev, CallArgs& args) {
  return ev.Str(ev.Repr(SelfValue(ev, args, "object.__str__")));
}

Value EqMethod(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__eq__", args, {"", ""}, 2);
  return a[0].Is(a[1]) ? Value::Bool(true) : Value::NotImplemented();
}

Value NeMethod(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__ne__", args, {"", ""}, 2);
  const std::optional<Value> equal = ev.ClassMethod(a[0], "__eq__");
  if (!equal.has_value()) return Value::NotImplemented();
  const Value answer = ev.Call(*equal, {a[1]});
  return answer.IsNotImplemented() ? answer : Value::Bool(!ev.Truth(answer));
}

Value HashMethod(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__hash__");
  if (!self.IsObject()) return Value::Int(static_cast<int64_t>(ev.Hash(self)));
  return Value::Int(static_cast<int64_t>(self.object()->Object::Hash(ev).value_or(0)));
}

Value FormatMethod(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__format__", args, {"", ""}, 2);
  if (!ev.ToText(a[1], "format_spec").empty()) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat("unsupported format string passed to ",
                                                 ev.TypeName(a[0]), ".__format__"));
  }
  return ev.Str(ev.ToStr(a[0]));
}

void DefineObject(Evaluator& ev) {
  ClassObject* object = ev.mutable_classes().object = ev.NewClass("object", {});
  ev.builtins()["object"] = object;
  ev.mutable_classes().type = ev.NewClass("type", {object});
}

// Once there are functions to make them of.
void FillObject(Evaluator& ev) {
  ClassObject* object = ev.classes().object;
  object->SetOwn("__new__", ev.heap().New<StaticMethodObject>(ev, ev.Native("__new__", New)));
  ev.AddMethod(object, "__init__", Init);
  ev.AddMethod(object, "__setattr__", SetAttribute);
  ev.AddMethod(object, "__delattr__", DeleteAttribute);
  ev.AddMethod(object, "__getattribute__", GetAttribute);
  ev.AddMethod(object, "__repr__", ReprMethod);
  ev.AddMethod(object, "__str__", StrMethod);
  ev.AddMethod(object, "__eq__", EqMethod);
  ev.AddMethod(object, "__ne__", NeMethod);
  ev.AddMethod(object, "__hash__", HashMethod);
  ev.AddMethod(object, "__format__", FormatMethod);
  const NativeFunction::Body nothing = [](Evaluator&, CallArgs&) { return Value(); };
  object->SetOwn("__init_subclass__", ev.heap().New<ClassMethodObject>(
                                          ev, ev.Native("__init_subclass__", nothing)));
}

// --- type ---------------------------------------------------------------------------------------

// type(x), type(name, bases, namespace)
Value MakeType(Evaluator& ev, ClassObject*, CallArgs& args) {
  if (args.args.size() == 1) return ev.TypeOf(args.args[0]);
  const NativeArgs a(ev, "type", args, {"", "", ""}, 3);
  std::vector<ClassObject*> bases;
  for (const Value& base : ev.ToVector(a[1])) {
    auto* cls = base.As<ClassObject>();
    if (cls == nullptr) ev.Raise(ErrorKind::kTypeError, "bases must be types");
    bases.push_back(cls);
  }
  if (bases.empty()) bases.push_back(ev.classes().object);
  const auto* names = Underlying<DictObject>(a[2]);
  if (names == nullptr) {
    ev.Raise(ErrorKind::kTypeError, "type() argument 3 must be dict");
  }
  ClassObject* cls = ev.NewClass(ev.ToText(a[0], "type() argument 1 must be str"), bases);
  for (const auto& [name, value] : names->Items()) {
    cls->SetOwn(ev.ToText(name, "attribute name must be string"), value);
  }
  for (size_t i = 1; i < cls->mro.size(); ++i) {
    if (cls->mro[i]->on_subclass) cls->mro[i]->on_subclass(ev, cls);
  }
  return cls;
}

void DefineType(Evaluator& ev) {
  ClassObject* type = ev.classes().type;
  ev.builtins()["type"] = type;
  type->make = MakeType;
  ev.AddMethod(type, "mro", [](Evaluator& caller, CallArgs& args) -> Value {
    const auto& self = Self<ClassObject>(caller, args, "type.mro");
    return caller.List(std::vector<Value>(self.mro.begin(), self.mro.end()));
  });
}

}  // namespace

void DefineScalars(Evaluator& ev) {
  DefineObject(ev);
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.none_type = ev.NewClass("NoneType", {classes.object});
  classes.none_type->make = [](Evaluator&, ClassObject*, CallArgs&) { return Value(); };
  classes.ellipsis = ev.NewClass("ellipsis", {classes.object});
  classes.not_implemented = ev.NewClass("NotImplementedType", {classes.object});
  DefineNumbers(ev);
  FillObject(ev);
  DefineType(ev);
}

}  // namespace graft::models::python
