// The methods of the class object: what every object does where its class says nothing else.
#include "models/python/object_class.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_creation.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/format_spec.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// object.__new__(cls, ...), and so tuple.__new__, int.__new__ ...: what the class is made by.
Value New(Evaluator& ev, CallArgs& args) {
  auto* cls = SelfValue(ev, args, "object.__new__").As<ClassObject>();
  if (cls == nullptr) {
    ev.Raise(ErrorKind::kTypeError, "object.__new__(X): X is not a type object");
  }
  return MakeInstance(ev, cls, args);
}

// Arguments are for those who override __init__ or __new__, as in Python.
Value Init(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__init__");
  if (args.args.empty() && args.kwargs.empty()) return {};
  const ClassObject* object = ev.classes().object;
  for (const ClassObject* base : ev.TypeOf(self)->mro) {
    if (base != object && (base->make || base->FindOwn("__new__").has_value())) return {};
  }
  ev.Raise(ErrorKind::kTypeError,
           "object.__init__() takes exactly one argument (the instance to initialize)");
}

[[noreturn]] void RaiseNoAttribute(Evaluator& ev, Value self, absl::string_view name) {
  ev.Raise(ErrorKind::kAttributeError,
           absl::StrCat("'", ev.TypeName(self), "' object has no attribute '", name, "'"));
}

// The operations themselves: the evaluator's would ask the class again.
Value SetAttribute(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__setattr__", args, {"", "", ""}, 3);
  const std::string name = ev.ToText(a[1], "attribute name must be string");
  if (!a[0].IsObject() || !a[0].object()->SetAttr(ev, name, a[2])) {
    RaiseNoAttribute(ev, a[0], name);
  }
  return {};
}

Value DeleteAttribute(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__delattr__", args, {"", ""}, 2);
  const std::string name = ev.ToText(a[1], "attribute name must be string");
  if (!a[0].IsObject() || !a[0].object()->DelAttr(ev, name)) RaiseNoAttribute(ev, a[0], name);
  return {};
}

Value GetAttribute(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__getattribute__", args, {"", ""}, 2);
  const std::string name = ev.ToText(a[1], "attribute name must be string");
  if (const std::optional<Value> value = FindAttribute(ev, a[0], name)) return *value;
  RaiseNoAttribute(ev, a[0], name);
}

Value ReprMethod(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__repr__");
  const ClassObject* cls = ev.TypeOf(self);
  return ev.Str(
      absl::StrCat("<", cls->module, cls->module.empty() ? "" : ".", cls->name, " object>"));
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
  return Value::Bool(!ev.Equal(a[0], a[1]));
}

Value HashMethod(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__hash__");
  if (!self.IsObject()) return Value::Int(static_cast<int64_t>(ev.Hash(self)));
  return Value::Int(static_cast<int64_t>(self.object()->Object::Hash(ev).value_or(0)));
}

Value FormatMethod(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__format__", args, {"", ""}, 2);
  return ev.Str(FormatBuiltin(ev, a[0], ev.ToText(a[1], "format_spec")));
}

Value InitSubclass(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__init_subclass__");
  const auto* cls = self.As<ClassObject>();
  if (args.args.empty() && args.kwargs.empty()) return {};
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat(cls == nullptr ? "object" : cls->name, ".__init_subclass__() takes no ",
                        args.kwargs.empty() ? "" : "keyword ", "arguments"));
}

}  // namespace

void DefineObject(Evaluator& ev) {
  ClassObject* object = ev.mutable_classes().object = ev.NewClass("object", {});
  object->has_dict = false;
  ev.builtins()["object"] = object;
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
  object->SetOwn("__init_subclass__", ev.heap().New<ClassMethodObject>(
                                          ev, ev.Native("__init_subclass__", InitSubclass)));
}

}  // namespace graft::models::python
