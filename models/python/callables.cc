// The classes of functions and methods, property, staticmethod, classmethod and super.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/function_code.h"
#include "models/python/instance_dict.h"
#include "models/python/module_namespace.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/super_object.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

Value MakeProperty(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  const NativeArgs a(ev, "property", args, {"fget", "fset", "fdel", "doc"}, 0);
  auto* property = ev.heap().New<PropertyObject>(ev, a[0], a[1], a[2], a[3]);
  if (cls == ev.classes().property) return property;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = property;
  return instance;
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

const PropertyObject& SelfProperty(Evaluator& ev, Value self) {
  const auto* property = Underlying<PropertyObject>(self);
  if (property == nullptr) ev.Raise(ErrorKind::kTypeError, "a property is needed");
  return *property;
}

// What super().__get__ of a class derived from property is.
void AddPropertyMethods(Evaluator& ev, ClassObject* cls) {
  ev.AddMethod(cls, "__get__", [](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "property.__get__", args, {"", "instance", "owner"}, 2);
    const PropertyObject& property = SelfProperty(caller, a[0]);
    if (a[1].IsNone()) return a[0];
    if (property.getter.IsNone()) {
      caller.Raise(ErrorKind::kAttributeError, "property has no getter");
    }
    return caller.Call(property.getter, {a[1]});
  });
  ev.AddMethod(cls, "__set__", [](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "property.__set__", args, {"", "instance", "value"}, 3);
    const PropertyObject& property = SelfProperty(caller, a[0]);
    if (property.setter.IsNone()) {
      caller.Raise(ErrorKind::kAttributeError, "property has no setter");
    }
    return caller.Call(property.setter, {a[1], a[2]});
  });
  ev.AddMethod(cls, "__delete__", [](Evaluator& caller, CallArgs& args) {
    const NativeArgs a(caller, "property.__delete__", args, {"", "instance"}, 2);
    const PropertyObject& property = SelfProperty(caller, a[0]);
    if (property.deleter.IsNone()) {
      caller.Raise(ErrorKind::kAttributeError, "property has no deleter");
    }
    return caller.Call(property.deleter, {a[1]});
  });
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
  classes.function = Define(ev, "function", MakeFunction);
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
  AddPropertyMethods(ev, classes.property);
  classes.static_method = Define(ev, "staticmethod", MakeStaticMethod);
  classes.class_method = Define(ev, "classmethod", MakeClassMethod);
  for (ClassObject* cls : {classes.property, classes.static_method, classes.class_method}) {
    ev.builtins()[cls->name] = cls;
  }
  DefineSuper(ev);
  DefineInstanceDict(ev);
  DefineModuleNamespace(ev);
}

}  // namespace graft::models::python
