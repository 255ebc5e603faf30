#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/native_iterator.h"
#include "models/python/objects.h"
#include "models/python/sequence_items.h"
#include "models/python/text_format.h"
#include "models/python/text_hash.h"
#include "models/python/text_search.h"
#include "models/python/underlying.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {
namespace {

bool Holds(CompareOp op, int order) {
  switch (op) {
    case CompareOp::kEq:
      return order == 0;
    case CompareOp::kNotEq:
      return order != 0;
    case CompareOp::kLess:
      return order < 0;
    case CompareOp::kLessEq:
      return order <= 0;
    case CompareOp::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

Value Repeat(Evaluator& ev, absl::string_view text, int64_t count) {
  if (count <= 0 || text.empty()) return ev.Str("");
  size_t size = 0;
  if (__builtin_mul_overflow(text.size(), static_cast<size_t>(count), &size)) {
    size = std::numeric_limits<size_t>::max();
  }
  ev.heap().Charge(ev, size);
  ev.Step(1 + count / 16);
  std::string repeated;
  repeated.reserve(size);
  for (int64_t i = 0; i < count; ++i) absl::StrAppend(&repeated, text);
  return ev.heap().New<StrObject>(ev, std::move(repeated));
}

Value Slice(Evaluator& ev, absl::string_view text, const SliceObject& slice) {
  ev.heap().Charge(ev, text.size());
  ev.Step(1 + static_cast<int64_t>(text.size()) / 16);
  std::string part;
  if (IsAscii(text)) {
    const SliceObject::Indices at = slice.Resolve(ev, static_cast<int64_t>(text.size()));
    if (at.step == 1) return ev.Str(text.substr(at.start, at.count));
    for (int64_t i = 0; i < at.count; ++i) part += text[at.start + i * at.step];
  } else {
    ev.heap().Charge(ev, text.size() * sizeof(absl::string_view));
    const std::vector<absl::string_view> points = CodePoints(text);
    const SliceObject::Indices at = slice.Resolve(ev, static_cast<int64_t>(points.size()));
    for (int64_t i = 0; i < at.count; ++i) absl::StrAppend(&part, points[at.start + i * at.step]);
  }
  return ev.heap().New<StrObject>(ev, std::move(part));
}

}  // namespace

ClassObject* StrObject::Class(Evaluator& ev) const { return ev.classes().str; }

std::optional<Value> StrObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (op == BinaryOp::kMul) {
    const Value count = Underlying(other);
    if (!count.IsInt() && !count.IsBool()) return std::nullopt;
    return Repeat(ev, text, count.AsInt());
  }
  if (reflected) return std::nullopt;
  if (op == BinaryOp::kMod) return ev.Str(PercentFormat(ev, text, other));
  const auto* right = Underlying<StrObject>(other);
  if (op != BinaryOp::kAdd || right == nullptr) return std::nullopt;
  ev.heap().Charge(ev, text.size() + right->text.size());
  return ev.heap().New<StrObject>(ev, absl::StrCat(text, right->text));
}

std::optional<Value> StrObject::Compare(Evaluator&, CompareOp op, Value other) {
  const auto* right = Underlying<StrObject>(other);
  if (right == nullptr) return std::nullopt;
  // UTF-8 sorts as its code points do.
  return Value::Bool(Holds(op, text.compare(right->text)));
}

Value StrObject::GetItem(Evaluator& ev, Value key) {
  if (const auto* slice = key.As<SliceObject>()) return Slice(ev, text, *slice);
  ev.Step(1 + static_cast<int64_t>(text.size()) / 64);
  if (IsAscii(text)) {
    const int64_t at = ResolveIndex(ev, key, static_cast<int64_t>(text.size()), "string");
    return ev.Str(absl::string_view(text).substr(at, 1));
  }
  const int64_t at = ResolveIndex(ev, key, CountCodePoints(text), "string");
  const absl::string_view from = absl::string_view(text).substr(CodePointOffset(text, at));
  return ev.Str(from.substr(0, CodePointOffset(from, 1)));
}

std::optional<bool> StrObject::Contains(Evaluator& ev, Value item) {
  const auto* part = Underlying<StrObject>(item);
  if (part == nullptr) {
    ev.Raise(
        ErrorKind::kTypeError,
        absl::StrCat("'in <string>' requires string as left operand, not ", ev.TypeName(item)));
  }
  StepForSearch(ev, text.size(), part->text.size());
  return text.find(part->text) != std::string::npos;
}

std::optional<int64_t> StrObject::Length(Evaluator& ev) {
  ev.Step(1 + static_cast<int64_t>(text.size()) / 64);
  return CountCodePoints(text);
}

IteratorObject* StrObject::Iter(Evaluator& ev) {
  return NewIterator(ev, [this, at = size_t{0}](Evaluator& caller) mutable -> std::optional<Value> {
    const absl::string_view rest = absl::string_view(text).substr(at);
    if (rest.empty()) return std::nullopt;
    const size_t width = CodePointOffset(rest, 1);
    at += width;
    return caller.Str(rest.substr(0, width));
  });
}

std::string StrObject::Repr(Evaluator&) { return StrRepr(text); }

std::optional<size_t> StrObject::Hash(Evaluator&) { return HashText(text); }

}  // namespace graft::models::python
