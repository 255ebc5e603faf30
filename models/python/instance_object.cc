// Instances of classes of a source. Each operation is a method of the class, else what the payload
// (of a class derived from a built-in one) does.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/dunder_iterator.h"
#include "models/python/evaluator.h"
#include "models/python/instance_dict.h"
#include "models/python/objects.h"
#include "models/python/operator_names.h"

namespace graft::models::python {

namespace {

// Whether a class of the MRO names it in __slots__.
bool IsSlot(Evaluator& ev, const ClassObject& cls, absl::string_view name) {
  for (const ClassObject* base : cls.mro) {
    const std::optional<Value> slots = base->FindOwn("__slots__");
    if (!slots.has_value()) continue;
    if (const auto* one = slots->As<StrObject>()) {
      if (one->text == name) return true;
    } else if (ev.Contains(*slots, ev.Str(name))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<Value> InstanceObject::FindOwn(absl::string_view attribute) const {
  for (const auto& [name, value] : attributes) {
    if (name == attribute) return value;
  }
  return std::nullopt;
}

void InstanceObject::SetOwn(absl::string_view attribute, Value value) {
  for (auto& [name, own] : attributes) {
    if (name != attribute) continue;
    own = value;
    return;
  }
  attributes.emplace_back(attribute, value);
}

bool InstanceObject::EraseOwn(absl::string_view attribute) {
  for (auto it = attributes.begin(); it != attributes.end(); ++it) {
    if (it->first != attribute) continue;
    attributes.erase(it);
    return true;
  }
  return false;
}

std::optional<Value> InstanceObject::GetAttr(Evaluator& ev, absl::string_view name) {
  const std::optional<ClassObject::Attribute> found = cls->LookupWithOwner(name);
  if (found.has_value() && IsDataDescriptor(ev, found->value)) return Bind(ev, *found, this, cls);
  ev.Step(static_cast<int64_t>(attributes.size()) / 16);
  if (const std::optional<Value> own = FindOwn(name)) return own;
  if (name == "__dict__" && cls->has_dict) return ev.heap().New<InstanceDict>(ev, this);
  if (name == "__class__") return cls;
  if (found.has_value()) return Bind(ev, *found, this, cls);
  if (name == "__module__") return ev.Str(cls->module);
  if (name == "__doc__") return Value();
  if (payload.IsObject()) return payload.object()->GetAttr(ev, name);
  return std::nullopt;
}

bool InstanceObject::SetAttr(Evaluator& ev, absl::string_view name, Value value) {
  if (const std::optional<ClassObject::Attribute> found = cls->LookupWithOwner(name)) {
    if (SetDescriptor(ev, found->value, this, name, value)) return true;
  }
  if (name == "__class__") {
    auto* other = value.As<ClassObject>();
    if (other == nullptr) ev.Raise(ErrorKind::kTypeError, "__class__ must be set to a class");
    cls = other;
    return true;
  }
  if (name == "__dict__") {
    std::vector<std::pair<std::string, Value>> taken;
    const auto* mapping = value.As<DictObject>();
    if (mapping == nullptr) ev.RaiseNotSupported("setting __dict__ to what is not a dict");
    for (const auto& [key, item] : mapping->Items()) {
      taken.emplace_back(ev.ToText(key, "__dict__"), item);
      ev.Step();
      ev.heap().Charge(ev, sizeof(taken[0]) + taken.back().first.size());
    }
    attributes = std::move(taken);
    return true;
  }
  ev.Step(1 + static_cast<int64_t>(attributes.size()) / 16);
  for (auto& [own_name, own] : attributes) {
    if (own_name != name) continue;
    own = value;
    return true;
  }
  if (!cls->has_dict && !IsSlot(ev, *cls, name)) {
    ev.Raise(ErrorKind::kAttributeError,
             absl::StrCat("'", cls->name, "' object has no attribute '", name, "'"));
  }
  ev.heap().Charge(ev, name.size() + sizeof(attributes[0]));
  attributes.emplace_back(name, value);
  return true;
}

bool InstanceObject::DelAttr(Evaluator& ev, absl::string_view name) {
  const std::optional<Value> found = cls->Lookup(name);
  if (found.has_value() && DeleteDescriptor(ev, *found, this, name)) return true;
  ev.Step(static_cast<int64_t>(attributes.size()) / 16);
  return EraseOwn(name);
}

Value InstanceObject::Call(Evaluator& ev, CallArgs& args) {
  const std::optional<ClassObject::Attribute> found = FindSpecial(ev, this, "__call__");
  if (!found.has_value()) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat("'", cls->name, "' object is not callable"));
  }
  if (!IsMethod(*found)) return ev.Call(Bind(ev, *found, this, cls), std::move(args));
  args.args.insert(args.args.begin(), this);
  return found->value.object()->Call(ev, args);
}

std::optional<Value> InstanceObject::Binary(Evaluator& ev, BinaryOp op, Value other,
                                            bool reflected) {
  return CallSpecial(ev, this, MethodOf(op, reflected ? Operand::kReflected : Operand::kLeft),
                     {other});
}

std::optional<Value> InstanceObject::InPlace(Evaluator& ev, BinaryOp op, Value other) {
  std::optional<Value> result = CallSpecial(ev, this, MethodOf(op, Operand::kInPlace), {other});
  // The payload changes in place; the name stays with the instance.
  if (result.has_value() && result->IsObject() && result->Is(payload)) return this;
  return result;
}

std::optional<Value> InstanceObject::Unary(Evaluator& ev, UnaryOp op) {
  return CallSpecial(ev, this, MethodOf(op), {});
}

std::optional<Value> InstanceObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  if (op == CompareOp::kEq && Value(this).Is(other) &&
      !FindSpecial(ev, this, "__eq__").has_value()) {
    return Value::Bool(true);
  }
  std::optional<Value> result = CallSpecial(ev, this, MethodOf(op), {other});
  if (result.has_value() || op != CompareOp::kNotEq) return result;
  result = CallSpecial(ev, this, "__eq__", {other});
  if (!result.has_value() || result->IsNotImplemented()) return std::nullopt;
  return Value::Bool(!ev.Truth(*result));
}

Value InstanceObject::GetItem(Evaluator& ev, Value key) {
  if (const std::optional<Value> item = CallSpecial(ev, this, "__getitem__", {key})) return *item;
  return Object::GetItem(ev, key);
}

void InstanceObject::SetItem(Evaluator& ev, Value key, Value value) {
  if (!CallSpecial(ev, this, "__setitem__", {key, value}).has_value()) {
    Object::SetItem(ev, key, value);
  }
}

void InstanceObject::DelItem(Evaluator& ev, Value key) {
  if (!CallSpecial(ev, this, "__delitem__", {key}).has_value()) Object::DelItem(ev, key);
}

std::optional<bool> InstanceObject::Contains(Evaluator& ev, Value item) {
  const std::optional<Value> result = CallSpecial(ev, this, "__contains__", {item});
  if (!result.has_value()) return std::nullopt;
  return ev.Truth(*result);
}

std::optional<int64_t> InstanceObject::Length(Evaluator& ev) {
  const std::optional<Value> length = CallSpecial(ev, this, "__len__", {});
  if (!length.has_value()) return std::nullopt;
  const int64_t count = ev.ToInt(*length, "the result of __len__");
  if (count < 0) ev.Raise(ErrorKind::kValueError, "__len__() should return >= 0");
  return count;
}

bool InstanceObject::Truth(Evaluator& ev) {
  if (const std::optional<Value> truth = CallSpecial(ev, this, "__bool__", {})) {
    if (!truth->IsBool()) {
      ev.Raise(ErrorKind::kTypeError,
               absl::StrCat("__bool__ should return bool, returned ", ev.TypeName(*truth)));
    }
    return truth->AsBool();
  }
  if (!payload.IsNone()) return ev.Truth(payload);
  return Object::Truth(ev);
}

IteratorObject* InstanceObject::Iter(Evaluator& ev) {
  if (const std::optional<Value> iterator = CallSpecial(ev, this, "__iter__", {})) {
    if (auto* object = iterator->As<IteratorObject>()) return object;
    if (FindSpecial(ev, *iterator, "__next__").has_value()) {
      return ev.heap().New<DunderIterator>(ev, *iterator);
    }
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("iter() returned non-iterator of type '", ev.TypeName(*iterator), "'"));
  }
  if (FindSpecial(ev, this, "__getitem__").has_value()) {
    return ev.heap().New<ItemIterator>(ev, this);
  }
  return nullptr;
}

std::optional<int64_t> InstanceObject::Index(Evaluator& ev) {
  if (payload.IsInt() || payload.IsBool()) return payload.AsInt();
  const std::optional<Value> index = CallSpecial(ev, this, "__index__", {});
  if (!index.has_value()) return std::nullopt;
  if (!index->IsInt() && !index->IsBool()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("__index__ returned non-int (type ", ev.TypeName(*index), ")"));
  }
  return index->AsInt();
}

std::string InstanceObject::Repr(Evaluator& ev) {
  if (const std::optional<Value> text = CallSpecial(ev, this, "__repr__", {})) {
    return ev.ToText(*text, "the result of __repr__");
  }
  return absl::StrCat("<", cls->module, cls->module.empty() ? "" : ".", cls->name, " object>");
}

std::string InstanceObject::Str(Evaluator& ev) {
  if (const std::optional<Value> text = CallSpecial(ev, this, "__str__", {})) {
    return ev.ToText(*text, "the result of __str__");
  }
  return Repr(ev);
}

std::optional<size_t> InstanceObject::Hash(Evaluator& ev) {
  const std::optional<ClassObject::Attribute> hash = cls->LookupWithOwner("__hash__");
  const std::optional<ClassObject::Attribute> equal = FindSpecial(ev, this, "__eq__");
  if (hash.has_value() && hash->owner != ev.classes().object) {
    if (hash->value.IsNone()) return std::nullopt;
    // A class that has its own == and no hash has none.
    bool shadowed = false;
    for (const ClassObject* c : cls->mro) {
      if (c == hash->owner) break;
      shadowed |= equal.has_value() && c == equal->owner;
    }
    if (shadowed) return std::nullopt;
    return static_cast<size_t>(
        ev.ToInt(*CallSpecial(ev, this, "__hash__", {}), "the result of __hash__"));
  }
  if (!payload.IsNone()) return ev.Hash(payload);
  if (equal.has_value()) return std::nullopt;
  return Object::Hash(ev);
}

}  // namespace graft::models::python
