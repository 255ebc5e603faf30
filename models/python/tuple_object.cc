#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/container_types.h"
#include "models/python/native_args.h"
#include "models/python/native_iterator.h"
#include "models/python/nesting.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/sequence_items.h"
#include "models/python/underlying.h"

namespace graft::models::python {

std::optional<Value> TupleObject::GetAttr(Evaluator&, absl::string_view name) {
  if (fields == nullptr) return std::nullopt;
  for (size_t i = 0; i < fields->size() && i < items.size(); ++i) {
    if ((*fields)[i] == name) return items[i];
  }
  return std::nullopt;
}

std::optional<Value> TupleObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (op == BinaryOp::kMul) {
    const Value count = Underlying(other);
    if (!count.IsInt() && !count.IsBool()) return std::nullopt;
    return ev.heap().New<TupleObject>(ev, ev.classes().tuple,
                                      RepeatItems(ev, items, count.AsInt()));
  }
  const auto* right = Underlying<TupleObject>(other);
  if (op != BinaryOp::kAdd || reflected || right == nullptr) return std::nullopt;
  return ev.heap().New<TupleObject>(ev, ev.classes().tuple, ConcatItems(ev, items, right->items));
}

std::optional<Value> TupleObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  const auto* right = Underlying<TupleObject>(other);
  if (right == nullptr) return std::nullopt;
  return CompareItems(ev, op, this, items, right->items);
}

Value TupleObject::GetItem(Evaluator& ev, Value key) {
  const auto length = static_cast<int64_t>(items.size());
  if (const auto* slice = key.As<SliceObject>()) {
    return ev.heap().New<TupleObject>(ev, ev.classes().tuple,
                                      SliceItems(ev, items, slice->Resolve(ev, length)));
  }
  return items[ResolveIndex(ev, key, length, "tuple")];
}

std::optional<bool> TupleObject::Contains(Evaluator& ev, Value item) {
  return FindItem(ev, items, item, 0, static_cast<int64_t>(items.size())).has_value();
}

std::optional<int64_t> TupleObject::Length(Evaluator&) {
  return static_cast<int64_t>(items.size());
}

IteratorObject* TupleObject::Iter(Evaluator& ev) {
  return NewIterator(ev, [this, i = size_t{0}](Evaluator&) mutable -> std::optional<Value> {
    if (i >= items.size()) return std::nullopt;
    return items[i++];
  });
}

std::string TupleObject::Repr(Evaluator& ev) {
  const Nesting level(ev, this);
  if (level.again()) return "(...)";
  if (fields == nullptr) {
    return absl::StrCat("(", JoinReprs(ev, items), items.size() == 1 ? ",)" : ")");
  }
  std::string text = absl::StrCat(cls->name, "(");
  for (size_t i = 0; i < items.size() && i < fields->size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", (*fields)[i], "=", ev.Repr(items[i]));
  }
  return text + ")";
}

std::optional<size_t> TupleObject::Hash(Evaluator& ev) {
  const Nesting level(ev, this);
  size_t hash = 0x345678;
  for (const Value& item : items) {
    ev.Step();
    hash = (hash ^ ev.Hash(item)) * 1000003;
  }
  return hash ^ items.size();
}

Value NewTuple(Evaluator& ev, ClassObject* cls,
               std::shared_ptr<const std::vector<std::string>> fields, std::vector<Value> items) {
  ev.heap().Charge(ev, items.size() * sizeof(Value));
  auto* tuple = ev.heap().New<TupleObject>(ev, cls, std::move(items));
  tuple->fields = std::move(fields);
  if (cls->source == nullptr) return tuple;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = tuple;
  return instance;
}

void DefineTuple(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.tuple = ev.NewClass("tuple", {classes.object});
  ev.builtins()["tuple"] = classes.tuple;
  classes.tuple->make = [](Evaluator& caller, ClassObject* cls, CallArgs& args) -> Value {
    const NativeArgs a(caller, "tuple", args, {""}, 0);
    std::vector<Value> items;
    if (a.Has(0)) {
      if (cls == caller.classes().tuple && a[0].As<TupleObject>() != nullptr &&
          a[0].As<TupleObject>()->cls == cls) {
        return a[0];
      }
      items = caller.ToVector(a[0]);
    }
    return NewTuple(caller, cls, nullptr, std::move(items));
  };
  ev.AddMethod(classes.tuple, "index", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<TupleObject>(caller, args, "tuple.index");
    return IndexMethod(caller, self.items, args, "tuple");
  });
  ev.AddMethod(classes.tuple, "count", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<TupleObject>(caller, args, "tuple.count");
    const NativeArgs a(caller, "tuple.count", args, {""}, 1);
    return Value::Int(CountItem(caller, self.items, a[0]));
  });
  AddOperatorMethods(
      ev, classes.tuple,
      {"__add__", "__mul__", "__rmul__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
       "__contains__", "__getitem__", "__len__", "__iter__", "__repr__", "__hash__"});
}

}  // namespace graft::models::python
