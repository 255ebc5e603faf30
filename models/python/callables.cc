// The classes of functions and methods, property, staticmethod, classmethod, super; and the methods
// that every object has.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/format_spec.h"
#include "models/python/instance_dict.h"
#include "models/python/module_namespace.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/super_object.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

Value MakeProperty(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "property", args, {"fget", "fset", "fdel", "doc"}, 0);
  return ev.heap().New<PropertyObject>(ev, a[0], a[1]);
}

Value MakeStaticMethod(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "staticmethod", args, {""}, 1);
  return ev.heap().New<StaticMethodObject>(ev, a[0]);
}

Value MakeClassMethod(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "classmethod", args, {""}, 1);
  return ev.heap().New<ClassMethodObject>(ev, a[0]);
}

Value CallIt(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "__call__");
  return ev.Call(self, std::move(args));
}

// function.__get__(instance, owner)
Value BindIt(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "__get__", args, {"", "instance", "owner"}, 2);
  if (a[1].IsNone()) return a[0];
  return ev.heap().New<MethodObject>(ev, a[0], a[1]);
}

// --- What every object has: the operation itself, without what the class of a source makes of it.

Value ObjectInit(Evaluator&, CallArgs&) { return {}; }

Value ObjectSetAttr(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__setattr__", args, {"", "", ""}, 3);
  const std::string name = ev.ToText(a[1], "attribute name");
  if (!a[0].IsObject() || !a[0].object()->SetAttr(ev, name, a[2])) {
    ev.Raise(ErrorKind::kAttributeError, absl::StrCat("'", ev.TypeName(a[0]),
                                                      "' object has no attribute '", name, "'"));
  }
  return {};
}

Value ObjectDelAttr(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__delattr__", args, {"", ""}, 2);
  const std::string name = ev.ToText(a[1], "attribute name");
  if (!a[0].IsObject() || !a[0].object()->DelAttr(ev, name)) {
    ev.Raise(ErrorKind::kAttributeError, name);
  }
  return {};
}

Value ObjectGetAttribute(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__getattribute__", args, {"", ""}, 2);
  const std::string name = ev.ToText(a[1], "attribute name");
  if (auto* instance = a[0].As<InstanceObject>()) {
    if (const std::optional<Value> value = instance->GetAttr(ev, name)) return *value;
    ev.Raise(ErrorKind::kAttributeError, absl::StrCat("'", ev.TypeName(a[0]),
                                                      "' object has no attribute '", name, "'"));
  }
  return ev.GetAttr(a[0], name);
}

Value ObjectEq(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__eq__", args, {"", ""}, 2);
  return a[0].Is(a[1]) ? Value::Bool(true) : Value::NotImplemented();
}

Value ObjectNe(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__ne__", args, {"", ""}, 2);
  const Value equal = ev.Compare(CompareOp::kEq, a[0], a[1]);
  return Value::Bool(!ev.Truth(equal));
}

Value ObjectHash(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__hash__");
  if (!self.IsObject()) return Value::Int(static_cast<int64_t>(ev.Hash(self)));
  return Value::Int(static_cast<int64_t>(self.object()->Object::Hash(ev).value_or(0)));
}

Value ObjectRepr(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "object.__repr__");
  const ClassObject* cls = ev.TypeOf(self);
  return ev.Str(
      absl::StrCat("<", cls->module, cls->module.empty() ? "" : ".", cls->name, " object>"));
}

Value ObjectStr(Evaluator& ev, CallArgs& args) {
  return ev.Str(ev.Repr(SelfValue(ev, args, "object.__str__")));
}

Value ObjectFormat(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "object.__format__", args, {"", ""}, 2);
  return ev.Str(FormatBuiltin(ev, a[0], ev.ToText(a[1], "format_spec")));
}

void DefineObject(Evaluator& ev) {
  ClassObject* object = ev.classes().object;
  ev.AddMethod(object, "__init__", ObjectInit);
  ev.AddMethod(object, "__setattr__", ObjectSetAttr);
  ev.AddMethod(object, "__delattr__", ObjectDelAttr);
  ev.AddMethod(object, "__getattribute__", ObjectGetAttribute);
  ev.AddMethod(object, "__eq__", ObjectEq);
  ev.AddMethod(object, "__ne__", ObjectNe);
  ev.AddMethod(object, "__hash__", ObjectHash);
  ev.AddMethod(object, "__repr__", ObjectRepr);
  ev.AddMethod(object, "__str__", ObjectStr);
  ev.AddMethod(object, "__format__", ObjectFormat);
  object->SetOwn("__init_subclass__",
                 ev.heap().New<ClassMethodObject>(ev, ev.Native("__init_subclass__", ObjectInit)));
}

ClassObject* Define(Evaluator& ev, absl::string_view name, ClassObject::New make) {
  ClassObject* cls = ev.NewClass(name, {ev.classes().object});
  cls->make = make != nullptr ? std::move(make)
                              : [](Evaluator& caller, ClassObject* c, CallArgs&) -> Value {
    caller.Raise(ErrorKind::kTypeError, absl::StrCat("cannot create '", c->name, "' instances"));
  };
  return cls;
}

}  // namespace

void DefineCallables(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.function = Define(ev, "function", nullptr);
  classes.builtin_function = Define(ev, "builtin_function_or_method", nullptr);
  classes.method = Define(ev, "method", [](Evaluator& caller, ClassObject*, CallArgs& args) {
    const NativeArgs a(caller, "method", args, {"", ""}, 2);
    return Value(caller.heap().New<MethodObject>(caller, a[0], a[1]));
  });
  classes.module = Define(ev, "module", nullptr);
  for (ClassObject* cls : {classes.function, classes.builtin_function, classes.method}) {
    ev.AddMethod(cls, "__call__", CallIt);
  }
  ev.AddMethod(classes.function, "__get__", BindIt);
  classes.property = Define(ev, "property", MakeProperty);
  classes.static_method = Define(ev, "staticmethod", MakeStaticMethod);
  classes.class_method = Define(ev, "classmethod", MakeClassMethod);
  for (ClassObject* cls : {classes.property, classes.static_method, classes.class_method}) {
    ev.builtins()[cls->name] = cls;
  }
  DefineSuper(ev);
  DefineInstanceDict(ev);
  DefineModuleNamespace(ev);
  DefineObject(ev);
}

}  // namespace graft::models::python
