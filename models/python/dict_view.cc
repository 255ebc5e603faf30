#include "models/python/dict_view.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/native_iterator.h"
#include "models/python/operator_methods.h"
#include "models/python/sequence_items.h"

namespace graft::models::python {

ClassObject* DictView::Class(Evaluator& ev) const {
  switch (kind_) {
    case Kind::kKeys:
      return ev.classes().dict_keys;
    case Kind::kValues:
      return ev.classes().dict_values;
    case Kind::kItems:
      return ev.classes().dict_items;
  }
  return nullptr;
}

Value DictView::Show(Evaluator& ev, Value key, Value value) const {
  switch (kind_) {
    case Kind::kKeys:
      return key;
    case Kind::kValues:
      return value;
    case Kind::kItems:
      return ev.Tuple({key, value});
  }
  return {};
}

std::vector<Value> DictView::Snapshot(Evaluator& ev) const {
  ev.heap().Charge(ev, dict_->size() * sizeof(Value));
  std::vector<Value> shown;
  shown.reserve(dict_->size());
  for (const auto& [key, value] : dict_->Items()) shown.push_back(Show(ev, key, value));
  return shown;
}

std::optional<Value> DictView::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (kind_ == Kind::kValues) return std::nullopt;
  const Value mine = MakeSet(ev, ev.classes().set, this);
  const Value theirs = MakeSet(ev, ev.classes().set, other);
  return reflected ? ev.Binary(op, theirs, mine) : ev.Binary(op, mine, theirs);
}

std::optional<Value> DictView::Compare(Evaluator& ev, CompareOp op, Value other) {
  const bool is_set = other.As<SetObject>() != nullptr || other.As<DictView>() != nullptr;
  if (kind_ == Kind::kValues || !is_set) return std::nullopt;
  return ev.Compare(op, MakeSet(ev, ev.classes().set, this), MakeSet(ev, ev.classes().set, other));
}

std::optional<bool> DictView::Contains(Evaluator& ev, Value item) {
  if (kind_ == Kind::kKeys) return dict_->Contains(ev, item);
  if (kind_ == Kind::kValues) return std::nullopt;
  const auto* pair = item.As<TupleObject>();
  if (pair == nullptr || pair->items.size() != 2) return false;
  const std::optional<Value> value = dict_->Find(ev, pair->items[0]);
  return value.has_value() && (value->Is(pair->items[1]) || ev.Equal(*value, pair->items[1]));
}

std::optional<int64_t> DictView::Length(Evaluator& ev) { return dict_->Length(ev); }

IteratorObject* DictView::Iter(Evaluator& ev) {
  IteratorObject* keys = dict_->Iter(ev);
  if (kind_ == Kind::kKeys) return keys;
  return NewIterator(ev, [this, keys](Evaluator& caller) -> std::optional<Value> {
    const std::optional<Value> key = keys->Next(caller);
    if (!key.has_value()) return std::nullopt;
    return Show(caller, *key, dict_->Find(caller, *key).value_or(Value()));
  });
}

std::string DictView::Repr(Evaluator& ev) {
  return absl::StrCat(Class(ev)->name, "([", JoinReprs(ev, Snapshot(ev)), "])");
}

void DefineDictViews(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.dict_keys = ev.NewClass("dict_keys", {classes.object});
  classes.dict_values = ev.NewClass("dict_values", {classes.object});
  classes.dict_items = ev.NewClass("dict_items", {classes.object});
  for (ClassObject* cls : {classes.dict_keys, classes.dict_values, classes.dict_items}) {
    AddOperatorMethods(ev, cls, {"__len__", "__iter__", "__repr__"});
  }
  for (ClassObject* cls : {classes.dict_keys, classes.dict_items}) {
    AddOperatorMethods(ev, cls, {"__contains__", "__and__", "__or__", "__sub__", "__xor__"});
  }
}

}  // namespace graft::models::python
