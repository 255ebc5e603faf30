// Attributes of values: x.name, x.name = value, del x.name; and what x is an instance of.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"
#include "models/python/objects.h"
#include "models/python/union_object.h"

namespace graft::models::python {
namespace {

std::optional<Value> Find(Evaluator& ev, Value object, absl::string_view name) {
  // Instances of classes of the source, and classes that are instances of a metaclass of it.
  const ClassObject* cls = nullptr;
  if (const auto* instance = object.As<InstanceObject>()) {
    cls = instance->cls;
  } else if (const auto* made = object.As<ClassObject>()) {
    cls = made->metaclass;
  }
  if (cls == nullptr) return FindAttribute(ev, object, name);
  const auto find = [&] {
    return cls->InterceptsAttributes() ? CallSpecial(ev, object, "__getattribute__", {ev.Str(name)})
                                       : FindAttribute(ev, object, name);
  };
  if (!FindSpecial(ev, object, "__getattr__").has_value()) return find();
  try {
    if (std::optional<Value> found = find()) return found;
  } catch (const Raised& raised) {
    // A property whose getter does not find something: Python asks __getattr__ then.
    if (!IsError(ev, raised.exception, ErrorKind::kAttributeError)) throw;
  }
  return CallSpecial(ev, object, "__getattr__", {ev.Str(name)});
}

// Whether assignments to attributes are the business of methods of a class of the source.
bool MaySpecialise(Value object) {
  if (object.As<InstanceObject>() != nullptr) return true;
  const auto* cls = object.As<ClassObject>();
  return cls != nullptr && cls->metaclass != nullptr;
}

[[noreturn]] void RaiseNoAttribute(Evaluator& ev, Value object, absl::string_view name) {
  std::string what = absl::StrCat("'", ev.TypeName(object), "' object");
  if (const auto* module = object.As<ModuleObject>()) {
    what = absl::StrCat("module '", module->name, "'");
  } else if (const auto* cls = object.As<ClassObject>()) {
    what = absl::StrCat("type object '", cls->name, "'");
  }
  ev.Raise(ErrorKind::kAttributeError, absl::StrCat(what, " has no attribute '", name, "'"));
}

// `check` is asked of every class in `classes`: a class, None, a union, or a tuple of such.
template <typename Check>
bool AnyClass(Evaluator& ev, Value classes, absl::string_view function, const Check& check) {
  if (const auto* tuple = classes.As<TupleObject>()) {
    for (const Value& item : tuple->items) {
      if (AnyClass(ev, item, function, check)) return true;
    }
    return false;
  }
  if (const auto* joined = classes.As<UnionObject>()) {
    for (const Value& item : joined->members) {
      if (AnyClass(ev, item, function, check)) return true;
    }
    return false;
  }
  if (classes.IsNone()) return check(ev.classes().none_type);
  if (auto* cls = classes.As<ClassObject>()) return check(cls);
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat(function, "() arg 2 must be a type, a tuple of types, or a union"));
}

}  // namespace

Value Evaluator::GetAttr(Value object, absl::string_view name) {
  if (const std::optional<Value> found = Find(*this, object, name)) return *found;
  RaiseNoAttribute(*this, object, name);
}

std::optional<Value> Evaluator::TryGetAttr(Value object, absl::string_view name) {
  try {
    return Find(*this, object, name);
  } catch (const Raised& raised) {
    if (!IsError(*this, raised.exception, ErrorKind::kAttributeError)) throw;
    return std::nullopt;
  }
}

void Evaluator::SetAttr(Value object, absl::string_view name, Value value) {
  if (MaySpecialise(object) &&
      CallSpecial(*this, object, "__setattr__", {Str(name), value}).has_value()) {
    return;
  }
  if (object.IsObject() && object.object()->SetAttr(*this, name, value)) return;
  Raise(ErrorKind::kAttributeError,
        absl::StrCat("'", TypeName(object), "' object has no attribute '", name,
                     "' that can be set"));
}

void Evaluator::DelAttr(Value object, absl::string_view name) {
  if (MaySpecialise(object) && CallSpecial(*this, object, "__delattr__", {Str(name)}).has_value()) {
    return;
  }
  if (object.IsObject() && object.object()->DelAttr(*this, name)) return;
  RaiseNoAttribute(*this, object, name);
}

std::optional<Value> Evaluator::ClassMethod(Value self, absl::string_view name) {
  const std::optional<ClassObject::Attribute> found = FindSpecial(*this, self, name);
  if (!found.has_value()) return std::nullopt;
  return Bind(*this, *found, self, TypeOf(self));
}

Value Evaluator::CallMethod(Value object, absl::string_view name, std::vector<Value> args) {
  Value function;
  if (FindMethod(*this, object, name, &function)) args.insert(args.begin(), object);
  return Call(function, std::move(args));
}

ClassObject* Evaluator::TypeOf(Value value) {
  switch (value.kind()) {
    case Value::Kind::kNone:
      return classes_.none_type;
    case Value::Kind::kBool:
      return classes_.bool_;
    case Value::Kind::kInt:
      return classes_.int_;
    case Value::Kind::kFloat:
      return classes_.float_;
    case Value::Kind::kEllipsis:
      return classes_.ellipsis;
    case Value::Kind::kNotImplemented:
      return classes_.not_implemented;
    case Value::Kind::kObject:
      return value.object()->Class(*this);
  }
  return classes_.object;
}

namespace {

// asked.__instancecheck__(value) or asked.__subclasscheck__(value): a metaclass's, or what natives
// count in besides (abstract classes like collections.abc.Iterable); nullopt: there is none.
std::optional<bool> AskClass(Evaluator& ev, ClassObject* asked, absl::string_view method,
                             Value value) {
  if (asked->metaclass != nullptr) {
    const std::optional<ClassObject::Attribute> found = FindSpecial(ev, asked, method);
    if (found.has_value() && found->owner != ev.classes().type) {
      return ev.Truth(ev.Call(Bind(ev, *found, asked, asked->metaclass), {value}));
    }
  }
  const std::optional<ClassObject::Attribute> check = asked->LookupWithOwner(method);
  if (!check.has_value() || check->owner == ev.classes().type ||
      check->value.As<NativeFunction>() == nullptr) {
    return std::nullopt;
  }
  return ev.Truth(ev.Call(check->value, {asked, value}));
}

}  // namespace

bool Evaluator::IsInstance(Value value, Value classes) {
  ClassObject* cls = TypeOf(value);
  return AnyClass(*this, classes, "isinstance", [&](ClassObject* asked) {
    if (cls == asked) return true;
    const bool plain = asked->metaclass == nullptr && cls->DerivesFrom(asked);
    return plain ||
           AskClass(*this, asked, "__instancecheck__", value).value_or(cls->DerivesFrom(asked));
  });
}

bool Evaluator::IsSubclass(ClassObject* cls, Value classes) {
  return AnyClass(*this, classes, "issubclass", [&](ClassObject* asked) {
    const bool plain = asked->metaclass == nullptr && cls->DerivesFrom(asked);
    return plain ||
           AskClass(*this, asked, "__subclasscheck__", cls).value_or(cls->DerivesFrom(asked));
  });
}

}  // namespace graft::models::python
