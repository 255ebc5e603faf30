#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_creation.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/function_object.h"
#include "models/python/interpreter.h"
#include "models/python/objects.h"
#include "models/python/operator_names.h"
#include "models/python/union_object.h"

namespace graft::models::python {
namespace {

constexpr absl::string_view kGetAttribute = "__getattribute__";

// The attributes that every class has, whatever its own.
std::optional<Value> ClassFact(Evaluator& ev, ClassObject* cls, absl::string_view name) {
  if (name == "__name__" || name == "__qualname__") return ev.Str(cls->name);
  if (name == "__module__") return ev.Str(cls->module);
  if (name == "__class__") return cls->Class(ev);
  if (name == "__doc__") return Value();
  if (name == "__mro__") return ev.Tuple({cls->mro.begin(), cls->mro.end()});
  if (name == "__bases__") return ev.Tuple({cls->bases.begin(), cls->bases.end()});
  if (name == "__base__") return cls->bases.empty() ? Value() : Value(cls->bases[0]);
  if (name == "__dict__") {
    DictObject* attributes = ev.Dict();
    for (const auto& [key, value] : cls->attributes) attributes->Set(ev, key, value);
    return attributes;
  }
  if (name == "__subclasses__") {
    return ev.Native("__subclasses__", [cls](Evaluator& caller, CallArgs&) -> Value {
      caller.interpreter().loader().DefineSubclasses(*cls);
      return caller.List({cls->subclasses.begin(), cls->subclasses.end()});
    });
  }
  return std::nullopt;
}

// The metaclass's own, beyond what type has.
std::optional<Value> CallMeta(Evaluator& ev, ClassObject* cls, absl::string_view name,
                              std::vector<Value> args) {
  if (cls->metaclass == nullptr) return std::nullopt;
  const std::optional<ClassObject::Attribute> found = FindSpecial(ev, cls, name);
  if (!found.has_value() || found->owner == ev.classes().type) return std::nullopt;
  return ev.Call(Bind(ev, *found, cls, cls->metaclass), std::move(args));
}

}  // namespace

ClassObject* ClassObject::Class(Evaluator& ev) const {
  return metaclass != nullptr ? metaclass : ev.classes().type;
}

std::optional<Value> ClassObject::FindOwn(absl::string_view attribute) const {
  const auto found = index_.find(attribute);
  if (found == index_.end()) return std::nullopt;
  return attributes[found->second].second;
}

void ClassObject::SetOwn(absl::string_view attribute, Value value) {
  if (attribute == kGetAttribute) intercepts_ = true;
  const auto [it, inserted] = index_.try_emplace(attribute, attributes.size());
  if (inserted) {
    attributes.emplace_back(attribute, value);
  } else {
    attributes[it->second].second = value;
  }
}

bool ClassObject::EraseOwn(absl::string_view attribute) {
  const auto found = index_.find(attribute);
  if (found == index_.end()) return false;
  if (attribute == kGetAttribute) intercepts_ = false;
  const size_t position = found->second;
  index_.erase(found);
  attributes.erase(attributes.begin() + static_cast<ptrdiff_t>(position));
  for (auto& [name, index] : index_) {
    if (index > position) --index;
  }
  return true;
}

void ClassObject::ClearOwn() {
  attributes.clear();
  index_.clear();
  intercepts_ = false;
}

bool ClassObject::InterceptsAttributes() const {
  // The last one is object.
  return !mro.empty() && std::any_of(mro.begin(), mro.end() - 1,
                                     [](const ClassObject* cls) { return cls->intercepts_; });
}

std::optional<ClassObject::Attribute> ClassObject::LookupWithOwner(
    absl::string_view attribute) const {
  for (ClassObject* cls : mro) {
    const auto found = cls->index_.find(attribute);
    if (found != cls->index_.end()) return Attribute{cls->attributes[found->second].second, cls};
  }
  return std::nullopt;
}

std::optional<Value> ClassObject::Lookup(absl::string_view attribute) const {
  const std::optional<Attribute> found = LookupWithOwner(attribute);
  if (!found.has_value()) return std::nullopt;
  return found->value;
}

bool ClassObject::DerivesFrom(const ClassObject* other) const {
  for (const ClassObject* cls : mro) {
    if (cls == other) return true;
  }
  return false;
}

std::optional<Value> ClassObject::GetAttr(Evaluator& ev, absl::string_view attribute) {
  if (metaclass != nullptr) {  // a property of the metaclass comes first
    const std::optional<Attribute> found = metaclass->LookupWithOwner(attribute);
    if (found.has_value() && IsDataDescriptor(ev, found->value)) {
      return Bind(ev, *found, this, metaclass);
    }
  }
  if (attribute == "__dict__" || attribute == "__class__") return ClassFact(ev, this, attribute);
  if (const std::optional<Attribute> found = LookupWithOwner(attribute)) {
    // What `object` says of instances (its __class__, its __doc__) is not said of classes.
    const bool fact = found->owner != this && found->owner == ev.classes().object;
    if (!fact || !ClassFact(ev, this, attribute).has_value()) {
      return Bind(ev, *found, std::nullopt, this);
    }
  }
  return ClassFact(ev, this, attribute);
}

bool ClassObject::SetAttr(Evaluator& ev, absl::string_view attribute, Value value) {
  if (metaclass != nullptr) {
    const std::optional<Attribute> found = metaclass->LookupWithOwner(attribute);
    if (found.has_value() && IsDataDescriptor(ev, found->value)) {
      return SetDescriptor(ev, found->value, this, attribute, value);
    }
  }
  if (source == nullptr) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("cannot set '", attribute, "' attribute of immutable type '", name, "'"));
  }
  if (const auto* members = enum_members.As<DictObject>();
      members != nullptr && members->Find(attribute).has_value()) {
    ev.Raise(ErrorKind::kAttributeError, absl::StrCat("cannot reassign member '", attribute, "'"));
  }
  if (!index_.contains(attribute)) {
    ev.heap().Charge(ev, attribute.size() + sizeof(attributes[0]));
  }
  SetOwn(attribute, value);
  return true;
}

bool ClassObject::DelAttr(Evaluator& ev, absl::string_view attribute) {
  ev.Step(static_cast<int64_t>(attributes.size()) / 16);
  return source != nullptr && EraseOwn(attribute);
}

Value ClassObject::Call(Evaluator& ev, CallArgs& args) {
  if (metaclass != nullptr) {
    const std::optional<Attribute> found = FindSpecial(ev, this, "__call__");
    if (found.has_value() && found->owner != ev.classes().type) {
      return ev.Call(Bind(ev, *found, this, metaclass), std::move(args));
    }
  }
  return Instantiate(ev, args);
}

Value ClassObject::Instantiate(Evaluator& ev, CallArgs& args) {
  if (!enum_members.IsNone()) return MakeInstance(ev, this, args);  // a member that there is
  const std::optional<Attribute> maker = LookupWithOwner("__new__");
  const std::optional<Attribute> init = LookupWithOwner("__init__");
  const bool has_init = init.has_value() && init->owner != ev.classes().object;
  Value instance;
  if (maker.has_value() && maker->owner != ev.classes().object) {
    CallArgs with_class = args;
    with_class.args.insert(with_class.args.begin(), this);
    instance = ev.Call(Bind(ev, *maker, std::nullopt, this), std::move(with_class));
  } else if (has_init) {
    CallArgs copy = args;
    instance = MakeInstance(ev, this, copy);
  } else {
    bool native = false;
    for (const ClassObject* cls : mro) native |= cls->make != nullptr;
    if (!native && (!args.args.empty() || !args.kwargs.empty())) {
      ev.Raise(ErrorKind::kTypeError, absl::StrCat(name, "() takes no arguments"));
    }
    return MakeInstance(ev, this, args);
  }
  // What __new__ has made may be of a class derived from this one: it has an __init__ of its own.
  ClassObject* made = ev.TypeOf(instance);
  if (!made->DerivesFrom(this)) return instance;
  const std::optional<Attribute> own = made == this ? init : made->LookupWithOwner("__init__");
  if (!own.has_value() || own->owner == ev.classes().object) return instance;
  Value result;
  if (IsMethod(*own)) {
    args.args.insert(args.args.begin(), instance);
    result = own->value.object()->Call(ev, args);
  } else {
    result = ev.Call(Bind(ev, *own, instance, made), std::move(args));
  }
  if (!result.IsNone()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("__init__() should return None, not '", ev.TypeName(result), "'"));
  }
  return instance;
}

std::optional<Value> ClassObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (std::optional<Value> result = CallMeta(
          ev, this, MethodOf(op, reflected ? Operand::kReflected : Operand::kLeft), {other})) {
    return result;
  }
  if (op != BinaryOp::kBitOr) return std::nullopt;
  return reflected ? JoinTypes(ev, other, this) : JoinTypes(ev, this, other);
}

std::optional<Value> ClassObject::Unary(Evaluator& ev, UnaryOp op) {
  return CallMeta(ev, this, MethodOf(op), {});
}

std::optional<Value> ClassObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  return CallMeta(ev, this, MethodOf(op), {other});
}

std::optional<size_t> ClassObject::Hash(Evaluator& ev) {
  if (const std::optional<Value> hash = CallMeta(ev, this, "__hash__", {})) {
    return static_cast<size_t>(ev.ToInt(*hash, "the result of __hash__"));
  }
  return Object::Hash(ev);
}

std::optional<bool> ClassObject::Contains(Evaluator& ev, Value item) {
  if (const std::optional<Value> found = CallMeta(ev, this, "__contains__", {item})) {
    return ev.Truth(*found);
  }
  return std::nullopt;
}

void ClassObject::SetItem(Evaluator& ev, Value key, Value value) {
  if (!CallMeta(ev, this, "__setitem__", {key, value}).has_value()) {
    Object::SetItem(ev, key, value);
  }
}

void ClassObject::DelItem(Evaluator& ev, Value key) {
  if (!CallMeta(ev, this, "__delitem__", {key}).has_value()) Object::DelItem(ev, key);
}

bool ClassObject::Truth(Evaluator& ev) {
  if (const std::optional<Value> truth = CallMeta(ev, this, "__bool__", {})) {
    return ev.Truth(*truth);
  }
  if (const std::optional<Value> length = CallMeta(ev, this, "__len__", {})) {
    return ev.Truth(*length);
  }
  return true;
}

Value ClassObject::GetItem(Evaluator& ev, Value key) {
  if (const std::optional<Value> item = CallMeta(ev, this, "__getitem__", {key})) return *item;
  if (!enum_members.IsNone()) return ev.GetItem(enum_members, key);
  const std::optional<Attribute> getter = LookupWithOwner("__class_getitem__");
  if (getter.has_value()) {
    return ev.Call(Bind(ev, *getter, std::nullopt, this), {key});
  }
  return this;  // List[int], Generic[T]: annotations are not looked at
}

IteratorObject* ClassObject::Iter(Evaluator& ev) {
  if (const std::optional<Value> iterator = CallMeta(ev, this, "__iter__", {})) {
    return ev.Iter(*iterator);
  }
  const auto* members = enum_members.As<DictObject>();
  if (members == nullptr) return nullptr;
  std::vector<Value> values;
  for (const auto& [key, value] : members->Items()) values.push_back(value);
  return ev.Iter(ev.List(std::move(values)));
}

std::optional<int64_t> ClassObject::Length(Evaluator& ev) {
  if (const std::optional<Value> length = CallMeta(ev, this, "__len__", {})) {
    return ev.ToInt(*length, "the result of __len__");
  }
  const auto* members = enum_members.As<DictObject>();
  if (members == nullptr) return std::nullopt;
  return static_cast<int64_t>(members->size());
}

std::string ClassObject::Repr(Evaluator& ev) {
  if (const std::optional<Value> text = CallMeta(ev, this, "__repr__", {})) {
    return ev.ToText(*text, "the result of __repr__");
  }
  return PlainRepr();
}

std::string ClassObject::PlainRepr() const {
  if (module.empty() || module == "builtins") return absl::StrCat("<class '", name, "'>");
  return absl::StrCat("<class '", module, ".", name, "'>");
}

}  // namespace graft::models::python
