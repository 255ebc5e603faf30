#include "models/python/sequence_items.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/nesting.h"

namespace graft::models::python {

int64_t ResolveIndex(Evaluator& ev, Value key, int64_t length, absl::string_view type) {
  std::optional<int64_t> index;
  if (key.IsInt() || key.IsBool()) {
    index = key.AsInt();
  } else if (key.IsObject()) {
    index = key.object()->Index(ev);
  }
  if (!index.has_value()) {
    ev.Raise(
        ErrorKind::kTypeError,
        type == "string"
            ? absl::StrCat("string indices must be integers, not '", ev.TypeName(key), "'")
            : absl::StrCat(type, " indices must be integers or slices, not ", ev.TypeName(key)));
  }
  const int64_t at = *index < 0 ? *index + length : *index;
  if (at < 0 || at >= length) {
    ev.Raise(ErrorKind::kIndexError,
             type == "byte" ? "index out of range" : absl::StrCat(type, " index out of range"));
  }
  return at;
}

std::vector<Value> SliceItems(Evaluator& ev, const std::vector<Value>& items,
                              const SliceObject::Indices& indices) {
  ev.heap().Charge(ev, indices.count * sizeof(Value));
  ev.Step(1 + indices.count / 16);
  std::vector<Value> part;
  part.reserve(indices.count);
  for (int64_t i = 0; i < indices.count; ++i) {
    part.push_back(items[indices.start + i * indices.step]);
  }
  return part;
}

std::vector<Value> RepeatItems(Evaluator& ev, const std::vector<Value>& items, int64_t count) {
  std::vector<Value> repeated;
  if (count <= 0 || items.empty()) return repeated;
  size_t size = 0;
  if (__builtin_mul_overflow(items.size(), static_cast<size_t>(count), &size) ||
      size > std::numeric_limits<size_t>::max() / sizeof(Value)) {
    size = std::numeric_limits<size_t>::max() / sizeof(Value);
  }
  ev.heap().Charge(ev, size * sizeof(Value));
  repeated.reserve(size);
  for (int64_t i = 0; i < count; ++i) repeated.insert(repeated.end(), items.begin(), items.end());
  return repeated;
}

std::vector<Value> ConcatItems(Evaluator& ev, const std::vector<Value>& left,
                               const std::vector<Value>& right) {
  ev.heap().Charge(ev, (left.size() + right.size()) * sizeof(Value));
  ev.Step(1 + static_cast<int64_t>(left.size() + right.size()) / 16);
  std::vector<Value> all;
  all.reserve(left.size() + right.size());
  all.insert(all.end(), left.begin(), left.end());
  all.insert(all.end(), right.begin(), right.end());
  return all;
}

Value CompareItems(Evaluator& ev, CompareOp op, const Object* self, const std::vector<Value>& left,
                   const std::vector<Value>& right) {
  const Nesting level(ev, self);
  const bool equality = op == CompareOp::kEq || op == CompareOp::kNotEq;
  if (equality && left.size() != right.size()) return Value::Bool(op == CompareOp::kNotEq);
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    ev.Step();
    const Value a = left[i];
    const Value b = right[i];
    if (a.Is(b) || ev.Equal(a, b)) continue;
    if (equality) return Value::Bool(op == CompareOp::kNotEq);
    return ev.Compare(op, a, b);
  }
  return ev.Compare(op, Value::Int(static_cast<int64_t>(left.size())),
                    Value::Int(static_cast<int64_t>(right.size())));
}

std::optional<int64_t> FindItem(Evaluator& ev, const std::vector<Value>& items, Value item,
                                int64_t start, int64_t stop) {
  for (int64_t i = start; i < stop && i < static_cast<int64_t>(items.size()); ++i) {
    ev.Step();
    const Value candidate = items[i];
    if (candidate.Is(item) || ev.Equal(candidate, item)) return i;
  }
  return std::nullopt;
}

int64_t CountItem(Evaluator& ev, const std::vector<Value>& items, Value item) {
  int64_t count = 0;
  for (size_t i = 0; i < items.size(); ++i) {  // NOLINT(modernize-loop-convert): they may change
    ev.Step();
    const Value candidate = items[i];
    if (candidate.Is(item) || ev.Equal(candidate, item)) ++count;
  }
  return count;
}

std::string JoinReprs(Evaluator& ev, const std::vector<Value>& items) {
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) {  // NOLINT(modernize-loop-convert): they may change
    ev.Step();
    const std::string item = ev.Repr(items[i]);
    ev.heap().Charge(ev, item.size() + 2);
    absl::StrAppend(&text, i == 0 ? "" : ", ", item);
  }
  return text;
}

Value IndexMethod(Evaluator& ev, const std::vector<Value>& items, CallArgs& args,
                  absl::string_view type) {
  const NativeArgs a(ev, absl::StrCat(type, ".index"), args, {"", "", ""}, 1);
  const int64_t length = static_cast<int64_t>(items.size());
  const auto bound = [&](size_t i, int64_t absent) {
    if (!a.Has(i)) return absent;
    const int64_t at = ev.ToInt(a[i], "index");
    return std::clamp<int64_t>(at < 0 ? at + length : at, 0, length);
  };
  const std::optional<int64_t> at = FindItem(ev, items, a[0], bound(1, 0), bound(2, length));
  if (!at.has_value()) {
    ev.Raise(ErrorKind::kValueError, type == "tuple"
                                         ? "tuple.index(x): x not in tuple"
                                         : absl::StrCat(ev.Repr(a[0]), " is not in ", type));
  }
  return Value::Int(*at);
}

}  // namespace graft::models::python
