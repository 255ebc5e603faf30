// The module enum: members are made when the body of a class derived from Enum has run.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/format_spec.h"
#include "models/python/native_args.h"
#include "models/python/nesting.h"
#include "models/python/objects.h"
#include "models/python/standard_modules.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// The classes of the module that members are made by.
struct EnumClasses {
  ClassObject* enumeration = nullptr;
  ClassObject* str_enum = nullptr;
  ClassObject* flag = nullptr;
  ClassObject* automatic = nullptr;  // auto
};

// What a body may hold beside its members.
bool IsMember(Evaluator& ev, absl::string_view name, Value value) {
  if (absl::StartsWith(name, "_")) return false;
  if (value.As<PropertyObject>() != nullptr || value.As<StaticMethodObject>() != nullptr ||
      value.As<ClassMethodObject>() != nullptr || value.As<NativeFunction>() != nullptr ||
      value.As<ClassObject>() != nullptr) {
    return false;
  }
  return ev.TypeOf(value) != ev.classes().function;
}

// A program may have taken it away, or given it another value.
Value Own(Evaluator& ev, const InstanceObject& member, absl::string_view attribute) {
  if (const std::optional<Value> value = member.FindOwn(attribute)) return *value;
  ev.Raise(ErrorKind::kAttributeError,
           absl::StrCat("'", member.cls->name, "' object has no attribute '", attribute, "'"));
}

std::string MemberName(Evaluator& ev, const InstanceObject& member) {
  return ev.ToText(Own(ev, member, "_name_"), "the name of a member");
}

Value MemberValue(Evaluator& ev, const InstanceObject& member) {
  return Own(ev, member, "_value_");
}

// Looking at each.
std::vector<std::pair<Value, Value>> AllOf(Evaluator& ev, const DictObject& members) {
  ev.Step(1 + static_cast<int64_t>(members.size()));
  return members.Items();
}

// What auto() stands for: the lower-case name, the next power of two, or one more than before.
Value Automatic(Evaluator& ev, const EnumClasses& classes, const ClassObject& cls,
                absl::string_view name, const DictObject& members) {
  if (cls.DerivesFrom(classes.str_enum)) return ev.Str(absl::AsciiStrToLower(name));
  int64_t highest = 0;
  for (const auto& [key, member] : AllOf(ev, members)) {
    const Value value = Underlying(MemberValue(ev, *member.As<InstanceObject>()));
    if (value.IsInt()) highest = std::max(highest, value.AsInt());
  }
  const bool is_flag = cls.DerivesFrom(classes.flag);
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kHighestPower = kMost / 2 + 1;
  if (highest >= (is_flag ? kHighestPower : kMost)) {
    ev.Raise(ErrorKind::kOverflowError, absl::StrCat("auto() beyond ", highest));
  }
  if (!is_flag) return Value::Int(highest + 1);
  int64_t power = 1;
  while (power <= highest) power *= 2;
  return Value::Int(power);
}

BinaryOp CombinationOf(Evaluator& ev, Value op) {
  for (const BinaryOp one : {BinaryOp::kBitOr, BinaryOp::kBitAnd, BinaryOp::kBitXor}) {
    if (op.IsInt() && op.AsInt() == static_cast<int64_t>(one)) return one;
  }
  ev.Raise(ErrorKind::kTypeError, "auto() is combined by |, & and ^ only");
}

// An auto(), or what a body has combined of such ones: R | W.
// NOLINTNEXTLINE(misc-no-recursion): Nesting bounds it.
Value Resolve(Evaluator& ev, const EnumClasses& classes, const ClassObject& cls,
              absl::string_view name, const DictObject& members, Value value) {
  auto* automatic = value.As<InstanceObject>();
  if (automatic == nullptr || automatic->cls != classes.automatic) return value;
  if (const std::optional<Value> known = automatic->FindOwn("value")) return *known;
  const Nesting level(ev, automatic);
  Value resolved;
  if (const std::optional<Value> op = automatic->FindOwn("op")) {
    const auto part = [&](absl::string_view side) {
      return Resolve(ev, classes, cls, name, members, Own(ev, *automatic, side));
    };
    const BinaryOp combination = CombinationOf(ev, *op);
    const Value left = part("left");
    const Value right = part("right");
    resolved = ev.Binary(combination, left, right);
  } else {
    resolved = Automatic(ev, classes, cls, name, members);
  }
  automatic->SetOwn("value", resolved);
  return resolved;
}

// auto() | auto(): a value when the members are made.
void AddCombinations(Evaluator& ev, ClassObject* automatic) {
  const auto add = [&](absl::string_view name, BinaryOp op, bool reflected) {
    ev.AddMethod(automatic, name,
                 [automatic, name, op, reflected](Evaluator& caller, CallArgs& args) -> Value {
                   const NativeArgs a(caller, name, args, {"", ""}, 2);
                   auto* both = caller.heap().New<InstanceObject>(caller, automatic);
                   both->SetOwn("op", Value::Int(static_cast<int64_t>(op)));
                   both->SetOwn("left", a[reflected ? 1 : 0]);
                   both->SetOwn("right", a[reflected ? 0 : 1]);
                   return both;
                 });
  };
  add("__or__", BinaryOp::kBitOr, false);
  add("__ror__", BinaryOp::kBitOr, true);
  add("__and__", BinaryOp::kBitAnd, false);
  add("__rand__", BinaryOp::kBitAnd, true);
  add("__xor__", BinaryOp::kBitXor, false);
  add("__rxor__", BinaryOp::kBitXor, true);
}

// The built-in type that members are of, too: `class Mode(str, Enum)`.
ClassObject* MixedIn(Evaluator& ev, const ClassObject& cls) {
  const Evaluator::Classes& builtins = ev.classes();
  for (ClassObject* base : cls.mro) {
    if (base == builtins.int_ || base == builtins.str || base == builtins.float_ ||
        base == builtins.tuple) {
      return base;
    }
  }
  return nullptr;
}

InstanceObject* NewMember(Evaluator& ev, ClassObject* cls, absl::string_view name, Value value) {
  auto* member = ev.heap().New<InstanceObject>(ev, cls);
  std::vector<Value> args = {value};
  if (const auto* tuple = value.As<TupleObject>()) args = tuple->items;
  if (ClassObject* mixed = MixedIn(ev, *cls)) {
    member->payload = mixed == ev.classes().tuple ? ev.Call(mixed, {value}) : ev.Call(mixed, args);
    if (value.As<TupleObject>() == nullptr) value = member->payload;
  }
  member->SetOwn("_name_", ev.Str(name));
  member->SetOwn("_value_", value);
  const std::optional<Value> init = cls->Lookup("__init__");
  if (init.has_value() && ev.TypeOf(*init) == ev.classes().function) {
    args.insert(args.begin(), member);
    ev.Call(*init, args);
  }
  return member;
}

// The text of a member is Enum's, whatever built-in type it is of besides; that of IntEnum and
// StrEnum comes before that of the type already.
void TakeText(Evaluator& ev, const EnumClasses& classes, ClassObject* cls) {
  const Evaluator::Classes& builtins = ev.classes();
  for (const absl::string_view method : {"__repr__", "__str__", "__format__"}) {
    const std::optional<ClassObject::Attribute> found = cls->LookupWithOwner(method);
    if (!found.has_value()) continue;
    for (const ClassObject* builtin :
         {builtins.int_, builtins.str, builtins.float_, builtins.tuple}) {
      if (found->owner == builtin) cls->SetOwn(method, *classes.enumeration->FindOwn(method));
    }
  }
}

void MakeMembers(Evaluator& ev, const EnumClasses& classes, ClassObject* cls) {
  TakeText(ev, classes, cls);
  DictObject* members = ev.Dict();
  const std::vector<std::pair<std::string, Value>> attributes = cls->attributes;
  // While they are made the class has none: Enum's own construction is not a lookup yet.
  for (const auto& [name, given] : attributes) {
    if (!IsMember(ev, name, given)) continue;
    const Value value = Resolve(ev, classes, *cls, name, *members, given);
    // The same value again is another name of the member.
    std::optional<Value> alias;
    for (const auto& [key, member] : AllOf(ev, *members)) {
      if (ev.Equal(MemberValue(ev, *member.As<InstanceObject>()), value)) alias = member;
    }
    const Value member = alias.has_value() ? *alias : Value(NewMember(ev, cls, name, value));
    if (!alias.has_value()) members->Set(ev, name, member);
    cls->SetOwn(name, member);
  }
  if (members->size() == 0) return;
  cls->enum_members = members;
  DictObject* named = ev.Dict();
  for (const auto& [name, value] : cls->attributes) {
    const auto* member = value.As<InstanceObject>();
    if (member != nullptr && member->cls == cls) named->Set(ev, name, value);
  }
  cls->SetOwn("__members__", named);
}

// A combination of flags: the member of this value, or one made for it, named "A|B".
Value FlagOf(Evaluator& ev, ClassObject* cls, int64_t bits) {
  const auto* members = cls->enum_members.As<DictObject>();
  if (members == nullptr) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat(cls->name, " has no flags"));
  }
  std::string name;
  for (const auto& [key, member] : AllOf(ev, *members)) {
    const auto& flag = *member.As<InstanceObject>();
    const int64_t value = ev.ToInt(MemberValue(ev, flag), "flag");
    if (value == bits) return member;
    if (value != 0 && (bits & value) == value) {
      absl::StrAppend(&name, name.empty() ? "" : "|", MemberName(ev, flag));
    }
  }
  auto* made = ev.heap().New<InstanceObject>(ev, cls);
  if (MixedIn(ev, *cls) != nullptr) made->payload = Value::Int(bits);
  made->SetOwn("_name_", name.empty() ? Value() : Value(ev.Str(name)));
  made->SetOwn("_value_", Value::Int(bits));
  return made;
}

// Color("red"): the member of the value.
Value LookUp(Evaluator& ev, const EnumClasses& classes, ClassObject* cls, const CallArgs& args) {
  const NativeArgs a(ev, cls->name, args, {"value"}, 1);
  const auto* members = cls->enum_members.As<DictObject>();
  if (members == nullptr) {
    ev.RaiseNotSupported("an Enum made by a call", "write it as a class");
  }
  for (const auto& [name, member] : AllOf(ev, *members)) {
    if (member.Is(a[0]) || ev.Equal(MemberValue(ev, *member.As<InstanceObject>()), a[0])) {
      return member;
    }
  }
  if (cls->DerivesFrom(classes.flag) && a[0].IsInt()) return FlagOf(ev, cls, a[0].AsInt());
  if (const std::optional<Value> missing = cls->Lookup("_missing_")) {
    const Value made = ev.CallMethod(cls, "_missing_", {a[0]});
    if (!made.IsNone()) return made;
  }
  ev.Raise(ErrorKind::kValueError, absl::StrCat(ev.Repr(a[0]), " is not a valid ", cls->name));
}

InstanceObject& Member(Evaluator& ev, CallArgs& args, absl::string_view method) {
  auto* member = SelfValue(ev, args, method).As<InstanceObject>();
  if (member == nullptr || !member->FindOwn("_name_").has_value()) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat(method, " needs a member of an Enum"));
  }
  return *member;
}

std::string Qualified(Evaluator& ev, const InstanceObject& member) {
  const bool unnamed = Own(ev, member, "_name_").IsNone();
  return absl::StrCat(member.cls->name, ".", unnamed ? "0" : MemberName(ev, member));
}

void AddProperty(Evaluator& ev, ClassObject* cls, absl::string_view name,
                 absl::string_view attribute) {
  const auto get = [attribute](Evaluator& caller, CallArgs& args) {
    return Own(caller, Member(caller, args, attribute), attribute);
  };
  cls->SetOwn(name, ev.heap().New<PropertyObject>(ev, ev.Native(name, get), Value()));
}

void AddMemberMethods(Evaluator& ev, ClassObject* enumeration) {
  AddProperty(ev, enumeration, "name", "_name_");
  AddProperty(ev, enumeration, "value", "_value_");
  ev.AddMethod(enumeration, "__repr__", [](Evaluator& caller, CallArgs& args) -> Value {
    const InstanceObject& member = Member(caller, args, "__repr__");
    return caller.Str(absl::StrCat("<", Qualified(caller, member), ": ",
                                   caller.Repr(MemberValue(caller, member)), ">"));
  });
  ev.AddMethod(enumeration, "__str__", [](Evaluator& caller, CallArgs& args) -> Value {
    return caller.Str(Qualified(caller, Member(caller, args, "__str__")));
  });
  ev.AddMethod(enumeration, "__format__", [](Evaluator& caller, CallArgs& args) -> Value {
    InstanceObject& member = Member(caller, args, "__format__");
    const NativeArgs a(caller, "__format__", args, {""}, 1);
    const Value text = caller.Str(caller.ToStr(&member));
    return caller.Str(FormatBuiltin(caller, text, caller.ToText(a[0], "format_spec")));
  });
  ev.AddMethod(enumeration, "__hash__", [](Evaluator& caller, CallArgs& args) {
    return Value::Int(
        static_cast<int64_t>(caller.Hash(MemberValue(caller, Member(caller, args, "__hash__")))));
  });
}

// IntEnum and StrEnum are written as their values are; only their repr is Enum's.
void AddPlainText(Evaluator& ev, const EnumClasses& classes, ClassObject* cls) {
  cls->SetOwn("__repr__", *classes.enumeration->FindOwn("__repr__"));
  ev.AddMethod(cls, "__format__", [](Evaluator& caller, CallArgs& args) -> Value {
    const InstanceObject& member = Member(caller, args, "__format__");
    const NativeArgs a(caller, "__format__", args, {""}, 1);
    return caller.Str(FormatBuiltin(caller, Underlying(MemberValue(caller, member)),
                                    caller.ToText(a[0], "format_spec")));
  });
  ev.AddMethod(cls, "__str__", [](Evaluator& caller, CallArgs& args) -> Value {
    return caller.Str(caller.ToStr(MemberValue(caller, Member(caller, args, "__str__"))));
  });
}

void AddFlagMethods(Evaluator& ev, ClassObject* flag) {
  const auto bits = [](Evaluator& caller, Value value) {
    const auto* member = value.As<InstanceObject>();
    const std::optional<Value> own = member == nullptr ? std::nullopt : member->FindOwn("_value_");
    return caller.ToInt(own.value_or(value), "flag");
  };
  const auto add = [&](absl::string_view name, int64_t (*combine)(int64_t, int64_t)) {
    ev.AddMethod(flag, name, [name, bits, combine](Evaluator& caller, CallArgs& args) {
      const NativeArgs a(caller, name, args, {"", ""}, 2);
      return FlagOf(caller, caller.TypeOf(a[0]), combine(bits(caller, a[0]), bits(caller, a[1])));
    });
  };
  add("__or__", [](int64_t a, int64_t b) { return a | b; });
  add("__and__", [](int64_t a, int64_t b) { return a & b; });
  add("__xor__", [](int64_t a, int64_t b) { return a ^ b; });
  ev.AddMethod(flag, "__contains__", [bits](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "__contains__", args, {"", ""}, 2);
    const int64_t part = bits(caller, a[1]);
    return Value::Bool((bits(caller, a[0]) & part) == part);
  });
  ev.AddMethod(flag, "__bool__", [bits](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "__bool__", args, {""}, 1);
    return Value::Bool(bits(caller, a[0]) != 0);
  });
}

void Fill(Evaluator& ev, ModuleObject* module) {
  const Evaluator::Classes& builtins = ev.classes();
  EnumClasses classes;
  classes.enumeration = ev.NewClass("Enum", {builtins.object});
  classes.automatic = ev.NewClass("auto", {builtins.object});
  AddCombinations(ev, classes.automatic);
  classes.str_enum = ev.NewClass("StrEnum", {builtins.str, classes.enumeration});
  ClassObject* int_enum = ev.NewClass("IntEnum", {builtins.int_, classes.enumeration});
  classes.flag = ev.NewClass("Flag", {classes.enumeration});
  ClassObject* int_flag = ev.NewClass("IntFlag", {builtins.int_, classes.flag});
  AddMemberMethods(ev, classes.enumeration);
  AddFlagMethods(ev, classes.flag);
  for (ClassObject* cls : {classes.str_enum, int_enum, int_flag}) AddPlainText(ev, classes, cls);

  const ClassObject::New make = [classes](Evaluator& caller, ClassObject* cls, CallArgs& args) {
    return LookUp(caller, classes, cls, args);
  };
  const auto on_subclass = [classes, make](Evaluator& caller, ClassObject* cls) {
    cls->make = make;  // before that of a built-in type that it is of, too
    MakeMembers(caller, classes, cls);
  };
  classes.enumeration->on_subclass = on_subclass;
  for (ClassObject* cls :
       {classes.enumeration, classes.str_enum, int_enum, classes.flag, int_flag}) {
    cls->make = make;
    cls->module = "enum";
    module->globals[cls->name] = cls;
  }
  module->globals["auto"] = classes.automatic;
  module->globals["EnumMeta"] = builtins.type;
  module->globals["EnumType"] = builtins.type;
  const NativeFunction::Body same = [](Evaluator& caller, CallArgs& args) {
    return NativeArgs(caller, "unique", args, {""}, 1)[0];
  };
  module->globals["unique"] = ev.Native("unique", same);
}

}  // namespace

void DefineEnum(Evaluator& ev) { ev.DefineModule("enum", Fill); }

}  // namespace graft::models::python
