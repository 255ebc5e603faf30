#include "models/python/super_object.h"

#include <algorithm>
#include <optional>

#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/interpreter.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

Value Make(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "super", args, {"", ""}, 0);
  ClassObject* after = nullptr;
  Value self;
  if (a.Has(1)) {
    after = a[0].As<ClassObject>();
    self = a[1];
  } else if (!a.Has(0)) {
    const Interpreter::Receiver receiver = ev.interpreter().CurrentReceiver();
    after = receiver.owner;
    self = receiver.self;
  }
  if (after == nullptr) {
    ev.Raise(ErrorKind::kTypeError, "super(): the first argument must be a class");
  }
  ClassObject* cls = self.As<ClassObject>();
  if (cls == nullptr || !cls->DerivesFrom(after)) cls = ev.TypeOf(self);
  if (!cls->DerivesFrom(after)) {
    ev.Raise(ErrorKind::kTypeError, "super(type, obj): obj must be an instance or subtype of type");
  }
  return ev.heap().New<SuperObject>(ev, after, self, cls);
}

}  // namespace

ClassObject* SuperObject::Class(Evaluator& ev) const { return ev.classes().super; }

std::optional<Value> SuperObject::GetAttr(Evaluator& ev, absl::string_view name) {
  auto it = std::find(cls->mro.begin(), cls->mro.end(), after);
  if (it != cls->mro.end()) ++it;
  const bool of_class = Value(cls).Is(self);
  for (; it != cls->mro.end(); ++it) {
    const std::optional<Value> own = (*it)->FindOwn(name);
    if (!own.has_value()) continue;
    return Bind(ev, {*own, *it}, of_class ? std::nullopt : std::optional<Value>(self), cls);
  }
  return std::nullopt;
}

bool SuperObject::SetAttr(Evaluator& ev, absl::string_view name, Value value) {
  // `super().x = value` runs a setter of the classes after; otherwise it is the instance's.
  auto it = std::find(cls->mro.begin(), cls->mro.end(), after);
  if (it != cls->mro.end()) ++it;
  for (; it != cls->mro.end(); ++it) {
    const std::optional<Value> own = (*it)->FindOwn(name);
    if (!own.has_value()) continue;
    const auto* property = own->As<PropertyObject>();
    if (property == nullptr || property->setter.IsNone()) break;
    ev.Call(property->setter, {self, value});
    return true;
  }
  return self.IsObject() && self.object()->SetAttr(ev, name, value);
}

void DefineSuper(Evaluator& ev) {
  ClassObject* cls = ev.NewClass("super", {ev.classes().object});
  cls->make = Make;
  ev.mutable_classes().super = cls;
  ev.builtins()["super"] = cls;
}

}  // namespace graft::models::python
