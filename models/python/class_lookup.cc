#include "models/python/class_lookup.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/function_object.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {

bool IsMethod(const ClassObject::Attribute& attribute) {
  if (attribute.value.As<FunctionObject>() != nullptr) return true;
  // A native that a source puts into a class (`act = math.tanh`) is a value like others.
  const auto* native = attribute.value.As<NativeFunction>();
  return native != nullptr && (native->is_method || attribute.owner->source == nullptr);
}

Value Bind(Evaluator& ev, const ClassObject::Attribute& attribute, std::optional<Value> self,
           ClassObject* cls) {
  const Value value = attribute.value;
  if (!value.IsObject()) return value;
  if (IsMethod(attribute)) {
    return self.has_value() ? Value(ev.heap().New<MethodObject>(ev, value, *self)) : value;
  }
  if (const auto* method = value.As<StaticMethodObject>()) return method->function;
  if (const auto* method = value.As<ClassMethodObject>()) {
    return ev.heap().New<MethodObject>(ev, method->function, cls);
  }
  if (value.As<PropertyObject>() == nullptr) {
    if (const std::optional<Value> bound =
            CallSpecial(ev, value, "__get__", {self.value_or(Value()), cls})) {
      return *bound;
    }
  }
  // Also of a class that derives from property, and has no __get__ of its own.
  const auto* property = Underlying<PropertyObject>(value);
  if (property == nullptr || !self.has_value()) return value;
  if (property->getter.IsNone()) {
    ev.Raise(ErrorKind::kAttributeError, "property has no getter");
  }
  return ev.Call(property->getter, {*self});
}

bool SetDescriptor(Evaluator& ev, Value found, Value object, absl::string_view attribute,
                   Value value) {
  if (found.As<InstanceObject>() != nullptr &&
      CallSpecial(ev, found, "__set__", {object, value}).has_value()) {
    return true;
  }
  const auto* property = Underlying<PropertyObject>(found);
  if (property == nullptr) return false;
  if (property->setter.IsNone()) {
    ev.Raise(ErrorKind::kAttributeError,
             absl::StrCat("property '", attribute, "' of '", ev.TypeName(object),
                          "' object has no setter"));
  }
  ev.Call(property->setter, {object, value});
  return true;
}

bool DeleteDescriptor(Evaluator& ev, Value found, Value object, absl::string_view attribute) {
  if (found.As<InstanceObject>() != nullptr &&
      CallSpecial(ev, found, "__delete__", {object}).has_value()) {
    return true;
  }
  const auto* property = Underlying<PropertyObject>(found);
  if (property == nullptr) return false;
  if (property->deleter.IsNone()) {
    ev.Raise(ErrorKind::kAttributeError,
             absl::StrCat("property '", attribute, "' of '", ev.TypeName(object),
                          "' object has no deleter"));
  }
  ev.Call(property->deleter, {object});
  return true;
}

std::optional<Value> FindAttribute(Evaluator& ev, Value object, absl::string_view name) {
  if (object.IsObject()) {
    if (std::optional<Value> own = object.object()->GetAttr(ev, name)) return own;
    if (object.As<InstanceObject>() != nullptr) return std::nullopt;  // has asked its class
  }
  ClassObject* cls = ev.TypeOf(object);
  if (const std::optional<ClassObject::Attribute> found = cls->LookupWithOwner(name)) {
    return Bind(ev, *found, object, cls);
  }
  if (name == "__class__") return cls;
  if (name == "__doc__") return Value();
  return std::nullopt;
}

bool IsDataDescriptor(Evaluator& ev, Value attribute) {
  if (Underlying<PropertyObject>(attribute) != nullptr) return true;
  return attribute.As<InstanceObject>() != nullptr &&
         FindSpecial(ev, attribute, "__set__").has_value();
}

std::optional<ClassObject::Attribute> FindSpecial(Evaluator& ev, Value self,
                                                  absl::string_view name) {
  std::optional<ClassObject::Attribute> found = ev.TypeOf(self)->LookupWithOwner(name);
  if (!found.has_value() || found->owner == ev.classes().object || found->value.IsNone()) {
    return std::nullopt;
  }
  return found;
}

std::optional<Value> CallSpecial(Evaluator& ev, Value self, absl::string_view name,
                                 std::vector<Value> args) {
  const std::optional<ClassObject::Attribute> found = FindSpecial(ev, self, name);
  if (!found.has_value()) return std::nullopt;
  if (!IsMethod(*found)) return ev.Call(Bind(ev, *found, self, ev.TypeOf(self)), std::move(args));
  args.insert(args.begin(), self);
  return ev.Call(found->value, std::move(args));
}

bool FindMethod(Evaluator& ev, Value object, absl::string_view name, Value* function) {
  auto* instance = object.As<InstanceObject>();
  if (instance != nullptr || !object.IsObject()) {
    ClassObject* cls = ev.TypeOf(object);
    const std::optional<ClassObject::Attribute> found = cls->LookupWithOwner(name);
    if (found.has_value() && IsMethod(*found) &&
        (instance == nullptr ||
         (!instance->FindOwn(name).has_value() && !cls->InterceptsAttributes()))) {
      *function = found->value;
      return true;
    }
  } else {
    if (const std::optional<Value> own = object.object()->GetAttr(ev, name)) {
      *function = *own;
      return false;
    }
    const std::optional<ClassObject::Attribute> found = ev.TypeOf(object)->LookupWithOwner(name);
    if (found.has_value() && IsMethod(*found)) {
      *function = found->value;
      return true;
    }
  }
  *function = ev.GetAttr(object, name);
  return false;
}

}  // namespace graft::models::python
