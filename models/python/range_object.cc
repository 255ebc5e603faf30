// range and slice, and their classes.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/generator_object.h"
#include "models/python/native_args.h"
#include "models/python/native_iterator.h"
#include "models/python/nesting.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/sequence_items.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// How many of start, start + step, ... come before stop. Saturates: the distance may not fit.
int64_t CountSteps(int64_t start, int64_t stop, int64_t step) {
  if (step > 0 ? start >= stop : start <= stop) return 0;
  const auto low = static_cast<uint64_t>(step > 0 ? start : stop);
  const auto high = static_cast<uint64_t>(step > 0 ? stop : start);
  const uint64_t stride = step > 0 ? step : ~static_cast<uint64_t>(step) + 1;
  const uint64_t count = (high - low - 1) / stride;
  return static_cast<int64_t>(std::min<uint64_t>(count, std::numeric_limits<int64_t>::max() - 1) +
                              1);
}

int64_t Count(const RangeObject& range) { return CountSteps(range.start, range.stop, range.step); }

Value MakeRange(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "range", args, {"", "", ""}, 1);
  const auto integer = [&](Value value) { return ev.ToInt(value, "range() argument"); };
  if (!a.Has(1)) return ev.heap().New<RangeObject>(ev, 0, integer(a[0]), 1);
  const int64_t step = a.Has(2) ? integer(a[2]) : 1;
  if (step == 0) ev.Raise(ErrorKind::kValueError, "range() arg 3 must not be zero");
  return ev.heap().New<RangeObject>(ev, integer(a[0]), integer(a[1]), step);
}

Value MakeSlice(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "slice", args, {"", "", ""}, 1);
  if (!a.Has(1)) return ev.heap().New<SliceObject>(ev, Value(), a[0], Value());
  return ev.heap().New<SliceObject>(ev, a[0], a[1], a[2]);
}

Value SliceIndicesMethod(Evaluator& ev, CallArgs& args) {
  const auto& self = Self<SliceObject>(ev, args, "slice.indices");
  const NativeArgs a(ev, "slice.indices", args, {""}, 1);
  const int64_t length = ev.ToInt(a[0], "length");
  if (length < 0) ev.Raise(ErrorKind::kValueError, "length should not be negative");
  const SliceObject::Indices at = self.Resolve(ev, length);
  return ev.Tuple({Value::Int(at.start), Value::Int(at.stop), Value::Int(at.step)});
}

}  // namespace

ClassObject* RangeObject::Class(Evaluator& ev) const { return ev.classes().range; }

std::optional<Value> RangeObject::GetAttr(Evaluator&, absl::string_view name) {
  if (name == "start") return Value::Int(start);
  if (name == "stop") return Value::Int(stop);
  if (name == "step") return Value::Int(step);
  return std::nullopt;
}

std::optional<Value> RangeObject::Compare(Evaluator&, CompareOp op, Value other) {
  const auto* right = other.As<RangeObject>();
  if (right == nullptr || (op != CompareOp::kEq && op != CompareOp::kNotEq)) return std::nullopt;
  const int64_t count = Count(*this);
  const bool equal = count == Count(*right) && (count == 0 || start == right->start) &&
                     (count <= 1 || step == right->step);
  return Value::Bool(equal == (op == CompareOp::kEq));
}

Value RangeObject::GetItem(Evaluator& ev, Value key) {
  const int64_t count = Count(*this);
  // Unsigned: a product that overflows wraps around to the right position.
  const auto at = [this](int64_t index) {
    return static_cast<int64_t>(static_cast<uint64_t>(start) +
                                static_cast<uint64_t>(index) * static_cast<uint64_t>(step));
  };
  if (const auto* slice = key.As<SliceObject>()) {
    const SliceObject::Indices indices = slice->Resolve(ev, count);
    int64_t stride = 0;
    if (__builtin_mul_overflow(step, indices.step, &stride)) {
      ev.Raise(ErrorKind::kOverflowError, "range step is beyond 64 bits");
    }
    return ev.heap().New<RangeObject>(ev, at(indices.start), at(indices.stop), stride);
  }
  return Value::Int(at(ResolveIndex(ev, key, count, "range object")));
}

std::optional<bool> RangeObject::Contains(Evaluator& ev, Value item) {
  int64_t number = 0;
  if (item.IsInt() || item.IsBool()) {
    number = item.AsInt();
  } else if (item.IsFloat() && item.AsFloat() >= -0x1p62 && item.AsFloat() <= 0x1p62) {
    number = static_cast<int64_t>(item.AsFloat());
    if (static_cast<double>(number) != item.AsFloat()) return false;
  } else {
    const std::optional<int64_t> index =
        item.IsObject() ? item.object()->Index(ev) : std::optional<int64_t>();
    if (!index.has_value()) return false;
    number = *index;
  }
  if (step > 0 ? number < start || number >= stop : number > start || number <= stop) return false;
  const uint64_t distance = step > 0 ? static_cast<uint64_t>(number) - static_cast<uint64_t>(start)
                                     : static_cast<uint64_t>(start) - static_cast<uint64_t>(number);
  const uint64_t stride = step > 0 ? step : ~static_cast<uint64_t>(step) + 1;
  return distance % stride == 0;
}

std::optional<int64_t> RangeObject::Length(Evaluator&) { return Count(*this); }

IteratorObject* RangeObject::Iter(Evaluator& ev) {
  return NewIterator(
      ev,
      [next = start, left = Count(*this), step = step](Evaluator&) mutable -> std::optional<Value> {
        if (left == 0) return std::nullopt;
        --left;
        const int64_t item = next;
        if (left != 0) next += step;
        return Value::Int(item);
      });
}

std::string RangeObject::Repr(Evaluator&) {
  if (step == 1) return absl::StrCat("range(", start, ", ", stop, ")");
  return absl::StrCat("range(", start, ", ", stop, ", ", step, ")");
}

// Of what equality looks at.
std::optional<size_t> RangeObject::Hash(Evaluator& ev) {
  const int64_t count = Count(*this);
  return ev.Hash(ev.Tuple({Value::Int(count), count == 0 ? Value() : Value::Int(start),
                           count <= 1 ? Value() : Value::Int(step)}));
}

ClassObject* SliceObject::Class(Evaluator& ev) const { return ev.classes().slice; }

std::optional<Value> SliceObject::GetAttr(Evaluator&, absl::string_view name) {
  if (name == "start") return start;
  if (name == "stop") return stop;
  if (name == "step") return step;
  return std::nullopt;
}

std::string SliceObject::Repr(Evaluator& ev) {
  const Nesting level(ev, this);
  return absl::StrCat("slice(", ev.Repr(start), ", ", ev.Repr(stop), ", ", ev.Repr(step), ")");
}

SliceObject::Indices SliceObject::Resolve(Evaluator& ev, int64_t length) const {
  constexpr absl::string_view kWhat = "slice index";
  Indices at;
  at.step = step.IsNone() ? 1 : ev.ToInt(step, kWhat);
  if (at.step == 0) ev.Raise(ErrorKind::kValueError, "slice step cannot be zero");
  // So that it can be negated.
  at.step = std::max(at.step, -std::numeric_limits<int64_t>::max());
  const bool forward = at.step > 0;
  const int64_t lowest = forward ? 0 : -1;
  const int64_t highest = forward ? length : length - 1;
  const auto bound = [&](Value value, int64_t absent) {
    if (value.IsNone()) return absent;
    const int64_t index = ev.ToInt(value, kWhat);
    return std::clamp(index < 0 ? index + length : index, lowest, highest);
  };
  at.start = bound(start, forward ? lowest : highest);
  at.stop = bound(stop, forward ? highest : lowest);
  at.count = CountSteps(at.start, at.stop, at.step);
  return at;
}

void DefineRange(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.range = ev.NewClass("range", {classes.object});
  classes.range->make = MakeRange;
  AddOperatorMethods(
      ev, classes.range,
      {"__eq__", "__ne__", "__contains__", "__getitem__", "__len__", "__iter__", "__repr__"});
  classes.slice = ev.NewClass("slice", {classes.object});
  classes.slice->make = MakeSlice;
  ev.AddMethod(classes.slice, "indices", SliceIndicesMethod);
  ev.builtins()["range"] = classes.range;
  ev.builtins()["slice"] = classes.slice;
}

void DefineSequences(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  classes.iterator = ev.NewClass("iterator", {classes.object});
  ev.AddMethod(classes.iterator, "__iter__", [](Evaluator& caller, CallArgs& args) {
    return SelfValue(caller, args, "iterator.__iter__");
  });
  ev.AddMethod(classes.iterator, "__next__", [](Evaluator& caller, CallArgs& args) {
    auto& self = Self<IteratorObject>(caller, args, "iterator.__next__");
    if (const std::optional<Value> item = self.Next(caller)) return *item;
    RaiseStopIteration(caller, &self);
  });
  DefineGenerator(ev);
  DefineTuple(ev);
  DefineList(ev);
  DefineRange(ev);
}

}  // namespace graft::models::python
