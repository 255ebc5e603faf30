#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/nesting.h"
#include "models/python/objects.h"
#include "models/python/text_hash.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// Bytes beside the entry: a node of the index and its share of the buckets.
constexpr size_t kIndexBytes = 64;

// Whether the keys are equal, so far as that is known without running anything of a program.
std::optional<bool> EqualPlainly(Value a, Value b) {
  if (a.Is(b)) return true;
  const auto* left = a.As<StrObject>();
  const auto* right = b.As<StrObject>();
  if (left != nullptr && right != nullptr) return left->text == right->text;
  if (a.IsInt() && b.IsInt()) return false;
  return std::nullopt;
}

// What defaultdict makes for a key that is not there; nullopt: this dict makes nothing.
std::optional<Value> AskMissing(Evaluator& ev, DictObject& dict, Value key) {
  if (!dict.cls->DerivesFrom(ev.classes().default_dict) || dict.default_factory.IsNone()) {
    return std::nullopt;
  }
  const Value made = ev.Call(dict.default_factory, std::vector<Value>());
  dict.Set(ev, key, made);
  return made;
}

Value Merged(Evaluator& ev, const DictObject& left, const DictObject& right) {
  auto* merged = ev.heap().New<DictObject>(ev, left.cls);
  merged->default_factory = left.default_factory;
  for (const auto& [key, value] : left.Items()) merged->Set(ev, key, value);
  for (const auto& [key, value] : right.Items()) merged->Set(ev, key, value);
  return merged;
}

}  // namespace

void RaiseKeyError(Evaluator& ev, Value key) {
  ev.RaiseException(ev.Call(ev.ErrorClass(ErrorKind::kKeyError), {key}));
}

// Over the keys, in order. Raises RuntimeError when the dict grows or shrinks meanwhile.
class DictIterator final : public IteratorObject {
 public:
  explicit DictIterator(const DictObject* dict) : dict_(dict), size_(dict->size()) {}

  std::optional<Value> Next(Evaluator& ev) override {
    ev.Step();
    if (done_) return std::nullopt;
    if (dict_->size() != size_) {
      done_ = true;
      ev.Raise(ErrorKind::kRuntimeError, "dictionary changed size during iteration");
    }
    while (position_ < dict_->entries_.size()) {
      const DictObject::Entry& entry = dict_->entries_[position_++];
      if (entry.live) return entry.key;
      if (position_ % 16 == 0) ev.Step();  // holes take time, too
    }
    done_ = true;
    return std::nullopt;
  }

 private:
  const DictObject* const dict_;
  const size_t size_;
  size_t position_ = 0;
  bool done_ = false;
};

int64_t DictObject::Locate(Evaluator* ev, Value key, size_t hash) const {
  // A program's __eq__ may change this very dict: it is asked when the index has been read.
  absl::InlinedVector<size_t, 4> unsure;
  const auto [begin, end] = index_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (ev != nullptr) ev->Step();
    const std::optional<bool> equal = EqualPlainly(entries_[it->second].key, key);
    if (!equal.has_value()) {
      unsure.push_back(it->second);
    } else if (*equal) {
      return static_cast<int64_t>(it->second);
    }
  }
  if (ev == nullptr) return -1;
  for (const size_t position : unsure) {
    if (position >= entries_.size() || !entries_[position].live) continue;
    const Value candidate = entries_[position].key;
    if (!ev->Equal(candidate, key)) continue;
    // Still there, after what __eq__ may have done.
    if (position < entries_.size() && entries_[position].live &&
        entries_[position].key.Is(candidate)) {
      return static_cast<int64_t>(position);
    }
  }
  return -1;
}

std::optional<Value> DictObject::Find(Evaluator& ev, Value key) const {
  const int64_t at = Locate(&ev, key, ev.Hash(key));
  if (at < 0) return std::nullopt;
  return entries_[at].value;
}

std::optional<Value> DictObject::Find(absl::string_view key) const {
  const auto [begin, end] = index_.equal_range(HashText(key));
  for (auto it = begin; it != end; ++it) {
    const Entry& entry = entries_[it->second];
    const auto* text = entry.key.As<StrObject>();
    if (text != nullptr && text->text == key) return entry.value;
  }
  return std::nullopt;
}

void DictObject::Set(Evaluator& ev, Value key, Value value) {
  const size_t hash = ev.Hash(key);
  const int64_t at = Locate(&ev, key, hash);
  if (at >= 0) {
    entries_[at].value = value;
    return;
  }
  ev.heap().Charge(ev, sizeof(Entry) + kIndexBytes);
  entries_.push_back({key, value, hash, /*live=*/true});
  index_.emplace(hash, entries_.size() - 1);
  ++live_;
}

void DictObject::Set(Evaluator& ev, absl::string_view key, Value value) {
  Set(ev, ev.Str(key), value);
}

bool DictObject::Erase(Evaluator& ev, Value key) {
  const int64_t at = Locate(&ev, key, ev.Hash(key));
  if (at < 0) return false;
  EraseAt(at);
  return true;
}

void DictObject::EraseAt(size_t position) {
  Entry& entry = entries_[position];
  const auto [begin, end] = index_.equal_range(entry.hash);
  index_.erase(
      std::find_if(begin, end, [position](const auto& node) { return node.second == position; }));
  entry = {};
  --live_;
  if (entries_.size() > 32 && live_ < entries_.size() / 2) CloseHoles();
}

void DictObject::CloseHoles() {
  entries_.erase(
      std::remove_if(entries_.begin(), entries_.end(), [](const Entry& e) { return !e.live; }),
      entries_.end());
  index_.clear();
  for (size_t i = 0; i < entries_.size(); ++i) index_.emplace(entries_[i].hash, i);
}

void DictObject::Clear() {
  entries_.clear();
  index_.clear();
  live_ = 0;
}

bool DictObject::MoveToEnd(Evaluator& ev, Value key, bool last) {
  const size_t hash = ev.Hash(key);
  const int64_t at = Locate(&ev, key, hash);
  if (at < 0) return false;
  const Entry entry = entries_[at];
  ev.Step(1 + static_cast<int64_t>(entries_.size()) / 16);
  entries_.erase(entries_.begin() + at);
  entries_.insert(last ? entries_.end() : entries_.begin(), entry);
  CloseHoles();
  return true;
}

std::vector<std::pair<Value, Value>> DictObject::Items() const {
  std::vector<std::pair<Value, Value>> items;
  items.reserve(live_);
  for (const Entry& entry : entries_) {
    if (entry.live) items.emplace_back(entry.key, entry.value);
  }
  return items;
}

std::optional<Value> DictObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  const auto* right = Underlying<DictObject>(other);
  if (op != BinaryOp::kBitOr || right == nullptr) return std::nullopt;
  return reflected ? Merged(ev, *right, *this) : Merged(ev, *this, *right);
}

std::optional<Value> DictObject::InPlace(Evaluator& ev, BinaryOp op, Value other) {
  if (op != BinaryOp::kBitOr) return std::nullopt;
  ev.CallMethod(this, "update", {other});
  return this;
}

std::optional<Value> DictObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  const auto* right = Underlying<DictObject>(other);
  if (right == nullptr || (op != CompareOp::kEq && op != CompareOp::kNotEq)) return std::nullopt;
  const Nesting level(ev, this);
  const auto equal = [&] {
    if (size() != right->size()) return false;
    const ClassObject* ordered = ev.classes().ordered_dict;
    if (cls->DerivesFrom(ordered) && right->cls->DerivesFrom(ordered)) {
      const std::vector<std::pair<Value, Value>> left_items = Items();
      const std::vector<std::pair<Value, Value>> right_items = right->Items();
      for (size_t i = 0; i < left_items.size(); ++i) {
        if (!ev.Equal(left_items[i].first, right_items[i].first)) return false;
      }
    }
    for (const auto& [key, value] : Items()) {
      ev.Step();
      const std::optional<Value> found = right->Find(ev, key);
      if (!found.has_value() || !(found->Is(value) || ev.Equal(value, *found))) return false;
    }
    return true;
  };
  return Value::Bool(equal() == (op == CompareOp::kEq));
}

Value DictObject::GetItem(Evaluator& ev, Value key) {
  if (const std::optional<Value> value = Find(ev, key)) return *value;
  if (const std::optional<Value> made = AskMissing(ev, *this, key)) return *made;
  RaiseKeyError(ev, key);
}

void DictObject::SetItem(Evaluator& ev, Value key, Value value) { Set(ev, key, value); }

void DictObject::DelItem(Evaluator& ev, Value key) {
  if (!Erase(ev, key)) RaiseKeyError(ev, key);
}

std::optional<bool> DictObject::Contains(Evaluator& ev, Value item) {
  return Find(ev, item).has_value();
}

std::optional<int64_t> DictObject::Length(Evaluator&) { return static_cast<int64_t>(live_); }

IteratorObject* DictObject::Iter(Evaluator& ev) { return ev.heap().New<DictIterator>(ev, this); }

std::string DictObject::Repr(Evaluator& ev) {
  const Nesting level(ev, this);
  const bool plain = cls == ev.classes().dict;
  const bool ordered = cls->DerivesFrom(ev.classes().ordered_dict);
  if (level.again()) return plain ? "{...}" : "...";
  std::string items;
  for (const auto& [key, value] : Items()) {
    ev.Step();
    const std::string item = ordered ? absl::StrCat("(", ev.Repr(key), ", ", ev.Repr(value), ")")
                                     : absl::StrCat(ev.Repr(key), ": ", ev.Repr(value));
    ev.heap().Charge(ev, item.size() + 2);
    absl::StrAppend(&items, items.empty() ? "" : ", ", item);
  }
  if (plain) return absl::StrCat("{", items, "}");
  if (ordered) return items.empty() ? cls->name + "()" : absl::StrCat(cls->name, "([", items, "])");
  if (cls->DerivesFrom(ev.classes().default_dict)) {
    return absl::StrCat(cls->name, "(", ev.Repr(default_factory), ", {", items, "})");
  }
  return absl::StrCat(cls->name, "({", items, "})");
}

}  // namespace graft::models::python
