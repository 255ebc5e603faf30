// set and frozenset: the objects, their classes and methods.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/container_types.h"
#include "models/python/dict_view.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/nesting.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/sequence_items.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

std::vector<Value> Elements(Evaluator& ev, const SetObject& set) {
  ev.heap().Charge(ev, set.keys->size() * sizeof(Value));
  std::vector<Value> elements;
  elements.reserve(set.keys->size());
  for (const auto& [key, none] : set.keys->Items()) elements.push_back(key);
  return elements;
}

bool IsSubset(Evaluator& ev, const SetObject& inner, const SetObject& outer) {
  if (inner.keys->size() > outer.keys->size()) return false;
  for (const auto& [key, none] : inner.keys->Items()) {
    ev.Step();
    if (!outer.keys->Find(ev, key).has_value()) return false;
  }
  return true;
}

// The set of the elements of `a` and `b` that the operator keeps.
Value Combine(Evaluator& ev, BinaryOp op, const SetObject& a, const SetObject& b) {
  SetObject* result = MakeSet(ev, a.cls);
  for (const auto& [key, none] : a.keys->Items()) {
    ev.Step();
    const bool in_b = b.keys->Find(ev, key).has_value();
    if (op == BinaryOp::kBitOr || in_b == (op == BinaryOp::kBitAnd)) {
      result->keys->Set(ev, key, Value());
    }
  }
  if (op != BinaryOp::kBitOr && op != BinaryOp::kBitXor) return result;
  for (const auto& [key, none] : b.keys->Items()) {
    ev.Step();
    if (!a.keys->Find(ev, key).has_value()) result->keys->Set(ev, key, Value());
  }
  return result;
}

// A set of any iterable: an argument of the methods, which take more than sets.
SetObject& AsSet(Evaluator& ev, Value value) {
  if (auto* set = Underlying<SetObject>(value)) return *set;
  return *MakeSet(ev, ev.classes().set, value);
}

Value Make(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  const Evaluator::Classes& classes = ev.classes();
  ClassObject* native = cls->DerivesFrom(classes.frozen_set) ? classes.frozen_set : classes.set;
  SetObject* set = MakeSet(ev, native);
  // A frozenset cannot be filled later: it has no __init__.
  if (native == classes.frozen_set) {
    const NativeArgs a(ev, "frozenset", args, {""}, 0);
    if (a.Has(0)) set = MakeSet(ev, native, a[0]);
  }
  if (cls == native) return set;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = set;
  return instance;
}

void Add(Evaluator& ev, SetObject& set, Value iterable) {
  for (const Value& item : ev.ToVector(iterable)) set.keys->Set(ev, item, Value());
}

Value Init(Evaluator& ev, CallArgs& args) {
  auto& self = Self<SetObject>(ev, args, "set.__init__");
  const NativeArgs a(ev, "set", args, {""}, 0);
  self.keys->Clear();
  if (a.Has(0)) Add(ev, self, a[0]);
  return {};
}

// a.union(b, c), a.intersection(b, c) ...: a new set.
void AddCombining(Evaluator& ev, ClassObject* cls, absl::string_view name, BinaryOp op) {
  ev.AddMethod(cls, name, [name, op](Evaluator& caller, CallArgs& args) -> Value {
    Value result = &Self<SetObject>(caller, args, name);
    result = Combine(caller, BinaryOp::kBitOr, *result.As<SetObject>(), *result.As<SetObject>());
    for (const Value& other : args.args) {
      result = Combine(caller, op, *result.As<SetObject>(), AsSet(caller, other));
    }
    return result;
  });
}

// a.update(b), a.difference_update(b) ...: in place.
void AddUpdating(Evaluator& ev, absl::string_view name, BinaryOp op) {
  ev.AddMethod(ev.classes().set, name, [name, op](Evaluator& caller, CallArgs& args) {
    auto& self = Self<SetObject>(caller, args, name);
    for (const Value& other : args.args) self.InPlace(caller, op, &AsSet(caller, other));
    return Value();
  });
}

using Test = bool (*)(Evaluator& ev, const SetObject& self, const SetObject& other);

void AddTest(Evaluator& ev, ClassObject* cls, absl::string_view name, Test test) {
  ev.AddMethod(cls, name, [name, test](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<SetObject>(caller, args, name);
    const NativeArgs a(caller, name, args, {""}, 1);
    return Value::Bool(test(caller, self, AsSet(caller, a[0])));
  });
}

void AddReading(Evaluator& ev, ClassObject* cls) {
  AddCombining(ev, cls, "union", BinaryOp::kBitOr);
  AddCombining(ev, cls, "intersection", BinaryOp::kBitAnd);
  AddCombining(ev, cls, "difference", BinaryOp::kSub);
  AddCombining(ev, cls, "symmetric_difference", BinaryOp::kBitXor);
  AddTest(ev, cls, "issubset", IsSubset);
  AddTest(ev, cls, "issuperset", [](Evaluator& caller, const SetObject& a, const SetObject& b) {
    return IsSubset(caller, b, a);
  });
  AddTest(ev, cls, "isdisjoint", [](Evaluator& caller, const SetObject& a, const SetObject& b) {
    return Combine(caller, BinaryOp::kBitAnd, a, b).As<SetObject>()->keys->size() == 0;
  });
  ev.AddMethod(cls, "copy", [](Evaluator& caller, CallArgs& args) -> Value {
    auto& self = Self<SetObject>(caller, args, "copy");
    return MakeSet(caller, self.cls, &self);
  });
  AddOperatorMethods(
      ev, cls,
      {"__and__", "__or__", "__sub__", "__xor__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__",
       "__ge__", "__contains__", "__len__", "__iter__", "__repr__"});
}

void AddChanging(Evaluator& ev, ClassObject* set) {
  ev.AddMethod(set, "__init__", Init);
  AddUpdating(ev, "update", BinaryOp::kBitOr);
  AddUpdating(ev, "intersection_update", BinaryOp::kBitAnd);
  AddUpdating(ev, "difference_update", BinaryOp::kSub);
  AddUpdating(ev, "symmetric_difference_update", BinaryOp::kBitXor);
  ev.AddMethod(set, "add", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<SetObject>(caller, args, "set.add");
    const NativeArgs a(caller, "set.add", args, {""}, 1);
    self.keys->Set(caller, a[0], Value());
    return Value();
  });
  ev.AddMethod(set, "discard", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<SetObject>(caller, args, "set.discard");
    const NativeArgs a(caller, "set.discard", args, {""}, 1);
    self.keys->Erase(caller, a[0]);
    return Value();
  });
  ev.AddMethod(set, "remove", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<SetObject>(caller, args, "set.remove");
    const NativeArgs a(caller, "set.remove", args, {""}, 1);
    if (!self.keys->Erase(caller, a[0])) RaiseKeyError(caller, a[0]);
    return Value();
  });
  ev.AddMethod(set, "pop", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<SetObject>(caller, args, "set.pop");
    IteratorObject* keys = self.keys->Iter(caller);
    const std::optional<Value> first = keys->Next(caller);
    if (!first.has_value()) RaiseKeyError(caller, caller.Str("pop from an empty set"));
    self.keys->Erase(caller, *first);
    return *first;
  });
  ev.AddMethod(set, "clear", [](Evaluator& caller, CallArgs& args) {
    Self<SetObject>(caller, args, "set.clear").keys->Clear();
    return Value();
  });
}

}  // namespace

SetObject* MakeSet(Evaluator& ev, ClassObject* cls, std::optional<Value> iterable) {
  auto* set = ev.heap().New<SetObject>(ev, cls, ev.Dict());
  if (iterable.has_value()) Add(ev, *set, *iterable);
  return set;
}

std::optional<Value> SetObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  const auto* right = Underlying<SetObject>(other);
  if (right == nullptr) {
    if (other.As<DictView>() == nullptr) return std::nullopt;
    right = &AsSet(ev, other);
  }
  if (op != BinaryOp::kBitAnd && op != BinaryOp::kBitOr && op != BinaryOp::kBitXor &&
      op != BinaryOp::kSub) {
    return std::nullopt;
  }
  return reflected ? Combine(ev, op, *right, *this) : Combine(ev, op, *this, *right);
}

std::optional<Value> SetObject::InPlace(Evaluator& ev, BinaryOp op, Value other) {
  if (cls != ev.classes().set) return std::nullopt;
  const std::optional<Value> result = Binary(ev, op, other, /*reflected=*/false);
  if (!result.has_value()) return std::nullopt;
  const std::vector<Value> elements = Elements(ev, *result->As<SetObject>());
  keys->Clear();
  for (const Value& element : elements) keys->Set(ev, element, Value());
  return this;
}

std::optional<Value> SetObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  const auto* right = Underlying<SetObject>(other);
  if (right == nullptr) return std::nullopt;
  const Nesting level(ev, this);
  const bool fewer = keys->size() < right->keys->size();
  const bool more = keys->size() > right->keys->size();
  switch (op) {
    case CompareOp::kEq:
      return Value::Bool(!fewer && !more && IsSubset(ev, *this, *right));
    case CompareOp::kNotEq:
      return Value::Bool(fewer || more || !IsSubset(ev, *this, *right));
    case CompareOp::kLess:
      return Value::Bool(fewer && IsSubset(ev, *this, *right));
    case CompareOp::kLessEq:
      return Value::Bool(IsSubset(ev, *this, *right));
    case CompareOp::kGreater:
      return Value::Bool(more && IsSubset(ev, *right, *this));
    case CompareOp::kGreaterEq:
      return Value::Bool(IsSubset(ev, *right, *this));
    default:
      return std::nullopt;
  }
}

std::optional<bool> SetObject::Contains(Evaluator& ev, Value item) {
  return keys->Find(ev, item).has_value();
}

std::optional<int64_t> SetObject::Length(Evaluator&) { return static_cast<int64_t>(keys->size()); }

IteratorObject* SetObject::Iter(Evaluator& ev) { return keys->Iter(ev); }

std::string SetObject::Repr(Evaluator& ev) {
  const Nesting level(ev, this);
  if (level.again()) return absl::StrCat(cls->name, "(...)");
  if (keys->size() == 0) return absl::StrCat(cls->name, "()");
  const std::string elements = absl::StrCat("{", JoinReprs(ev, Elements(ev, *this)), "}");
  return cls == ev.classes().set ? elements : absl::StrCat(cls->name, "(", elements, ")");
}

// The same whatever the order.
std::optional<size_t> SetObject::Hash(Evaluator& ev) {
  if (cls != ev.classes().frozen_set) return std::nullopt;
  const Nesting level(ev, this);
  size_t hash = keys->size();
  for (const auto& [key, none] : keys->Items()) {
    const size_t element = ev.Hash(key);
    hash += (element ^ element >> 16 ^ 89869747) * 3644798167;
  }
  return hash;
}

void DefineSet(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.set = ev.NewClass("set", {classes.object});
  classes.frozen_set = ev.NewClass("frozenset", {classes.object});
  for (ClassObject* cls : {classes.set, classes.frozen_set}) {
    cls->make = Make;
    AddReading(ev, cls);
    ev.builtins()[cls->name] = cls;
  }
  AddChanging(ev, classes.set);
  AddOperatorMethods(ev, classes.set, {"__iand__", "__ior__", "__isub__", "__ixor__"});
  AddOperatorMethods(ev, classes.frozen_set, {"__hash__"});
}

}  // namespace graft::models::python
