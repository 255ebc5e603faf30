#include "models/python/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/objects.h"

namespace graft::models::python {

std::optional<Value> CallArgs::Take(absl::string_view name) {
  for (auto it = kwargs.begin(); it != kwargs.end(); ++it) {
    if (it->name != name) continue;
    const Value value = it->value;
    kwargs.erase(it);
    return value;
  }
  return std::nullopt;
}

std::optional<Value> Object::GetAttr(Evaluator&, absl::string_view) { return std::nullopt; }
bool Object::SetAttr(Evaluator&, absl::string_view, Value) { return false; }
bool Object::DelAttr(Evaluator&, absl::string_view) { return false; }

Value Object::Call(Evaluator& ev, CallArgs&) {
  ev.Raise(ErrorKind::kTypeError, absl::StrCat("'", ev.TypeName(this), "' object is not callable"));
}

std::optional<Value> Object::Binary(Evaluator&, BinaryOp, Value, bool) { return std::nullopt; }
std::optional<Value> Object::InPlace(Evaluator&, BinaryOp, Value) { return std::nullopt; }
std::optional<Value> Object::Unary(Evaluator&, UnaryOp) { return std::nullopt; }
std::optional<Value> Object::Compare(Evaluator&, CompareOp, Value) { return std::nullopt; }

Value Object::GetItem(Evaluator& ev, Value) {
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("'", ev.TypeName(this), "' object is not subscriptable"));
}

void Object::SetItem(Evaluator& ev, Value, Value) {
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("'", ev.TypeName(this), "' object does not support item assignment"));
}

void Object::DelItem(Evaluator& ev, Value) {
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("'", ev.TypeName(this), "' object does not support item deletion"));
}

std::optional<bool> Object::Contains(Evaluator&, Value) { return std::nullopt; }
std::optional<int64_t> Object::Length(Evaluator&) { return std::nullopt; }

bool Object::Truth(Evaluator& ev) {
  const std::optional<int64_t> length = Length(ev);
  return !length.has_value() || *length != 0;
}

IteratorObject* Object::Iter(Evaluator&) { return nullptr; }
std::optional<int64_t> Object::Index(Evaluator&) { return std::nullopt; }

// Without an address, so that what a program prints is the same each time.
std::string Object::Repr(Evaluator& ev) { return absl::StrCat("<", ev.TypeName(this), " object>"); }

// Identity, as far as equality is identity. The address shows in no order that a program can see:
// dictionaries and sets keep that of insertion.
std::optional<size_t> Object::Hash(Evaluator&) { return reinterpret_cast<size_t>(this) >> 4; }

ClassObject* IteratorObject::Class(Evaluator& ev) const { return ev.classes().iterator; }

void Heap::Charge(Evaluator& ev, size_t bytes) {
  if (bytes <= max_bytes_ - used_bytes_) {
    used_bytes_ += bytes;
    return;
  }
  // No MemoryError object: it would need memory, and a program that catches it would go on.
  ev.Stop(absl::StatusCode::kResourceExhausted,
          absl::StrCat("MemoryError: the program needs more than ", max_bytes_ >> 20,
                       " MiB, which is the bound for evaluating a model's source"));
}

}  // namespace graft::models::python
