#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/evaluator.h"
#include "models/python/native_iterator.h"
#include "models/python/nesting.h"
#include "models/python/objects.h"
#include "models/python/sequence_items.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

int64_t Size(const ListObject& list) { return static_cast<int64_t>(list.items.size()); }

// list[a:b:c] = values
void AssignSlice(Evaluator& ev, ListObject& list, const SliceObject& slice,
                 const std::vector<Value>& values) {
  SliceObject::Indices at = slice.Resolve(ev, Size(list));
  ev.heap().Charge(ev, values.size() * sizeof(Value));
  ev.Step(1 + (Size(list) + static_cast<int64_t>(values.size())) / 16);
  if (at.step == 1) {
    const auto begin = list.items.begin() + at.start;
    list.items.insert(list.items.erase(begin, begin + at.count), values.begin(), values.end());
    return;
  }
  if (static_cast<int64_t>(values.size()) != at.count) {
    ev.Raise(ErrorKind::kValueError,
             absl::StrCat("attempt to assign sequence of size ", values.size(),
                          " to extended slice of size ", at.count));
  }
  for (int64_t i = 0; i < at.count; ++i) list.items[at.start + i * at.step] = values[i];
}

}  // namespace

ClassObject* ListObject::Class(Evaluator& ev) const { return ev.classes().list; }

std::optional<Value> ListObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (op == BinaryOp::kMul) {
    const Value count = Underlying(other);
    if (!count.IsInt() && !count.IsBool()) return std::nullopt;
    return ev.heap().New<ListObject>(ev, RepeatItems(ev, items, count.AsInt()));
  }
  const auto* right = Underlying<ListObject>(other);
  if (op != BinaryOp::kAdd || reflected || right == nullptr) return std::nullopt;
  return ev.heap().New<ListObject>(ev, ConcatItems(ev, items, right->items));
}

std::optional<Value> ListObject::InPlace(Evaluator& ev, BinaryOp op, Value other) {
  if (op == BinaryOp::kAdd) {
    if (Underlying<ListObject>(other) != nullptr || Underlying<TupleObject>(other) != nullptr) {
      const std::vector<Value> more = ev.ToVector(other);
      ev.heap().Charge(ev, more.size() * sizeof(Value));
      items.insert(items.end(), more.begin(), more.end());
      return this;
    }
    // One by one: y.extend(f(y[-1]) for f in layers) sees what it has put in so far.
    IteratorObject* more = ev.Iter(other);
    while (const std::optional<Value> item = more->Next(ev)) {
      ev.Step();
      ev.heap().Charge(ev, sizeof(Value));
      items.push_back(*item);
    }
    return this;
  }
  const Value count = Underlying(other);
  if (op != BinaryOp::kMul || (!count.IsInt() && !count.IsBool())) return std::nullopt;
  items = RepeatItems(ev, items, count.AsInt());
  return this;
}

std::optional<Value> ListObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  const auto* right = Underlying<ListObject>(other);
  if (right == nullptr) return std::nullopt;
  return CompareItems(ev, op, this, items, right->items);
}

Value ListObject::GetItem(Evaluator& ev, Value key) {
  if (const auto* slice = key.As<SliceObject>()) {
    const SliceObject::Indices indices = slice->Resolve(ev, Size(*this));
    return ev.heap().New<ListObject>(ev, SliceItems(ev, items, indices));
  }
  return items[ResolveIndex(ev, key, Size(*this), "list")];
}

void ListObject::SetItem(Evaluator& ev, Value key, Value value) {
  if (const auto* slice = key.As<SliceObject>()) {
    AssignSlice(ev, *this, *slice, ev.ToVector(value));
    return;
  }
  items[ResolveIndex(ev, key, Size(*this), "list assignment")] = value;
}

void ListObject::DelItem(Evaluator& ev, Value key) {
  ev.Step(1 + Size(*this) / 16);
  if (const auto* slice = key.As<SliceObject>()) {
    const SliceObject::Indices at = slice->Resolve(ev, Size(*this));
    std::vector<bool> gone(items.size());
    for (int64_t i = 0; i < at.count; ++i) gone[at.start + i * at.step] = true;
    size_t kept = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      if (!gone[i]) items[kept++] = items[i];
    }
    items.resize(kept);
    return;
  }
  items.erase(items.begin() + ResolveIndex(ev, key, Size(*this), "list assignment"));
}

std::optional<bool> ListObject::Contains(Evaluator& ev, Value item) {
  return FindItem(ev, items, item, 0, Size(*this)).has_value();
}

std::optional<int64_t> ListObject::Length(Evaluator&) { return Size(*this); }

IteratorObject* ListObject::Iter(Evaluator& ev) {
  return NewIterator(ev, [this, i = size_t{0}](Evaluator&) mutable -> std::optional<Value> {
    if (i >= items.size()) return std::nullopt;
    return items[i++];
  });
}

std::string ListObject::Repr(Evaluator& ev) {
  const Nesting level(ev, this);
  if (level.again()) return "[...]";
  return absl::StrCat("[", JoinReprs(ev, items), "]");
}

void ListObject::Append(Evaluator& ev, Value item) {
  ev.heap().Charge(ev, sizeof(Value));
  items.push_back(item);
}

}  // namespace graft::models::python
