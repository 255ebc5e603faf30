// The class bytes: numbers from 0 to 255, written as text.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/native_iterator.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/sequence_items.h"
#include "models/python/text_hash.h"
#include "models/python/text_search.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

Value NewBytes(Evaluator& ev, std::string bytes) {
  return ev.heap().New<BytesObject>(ev, std::move(bytes));
}

Value ByteAt(absl::string_view bytes, int64_t position) {
  return Value::Int(static_cast<uint8_t>(bytes[static_cast<size_t>(position)]));
}

char ToByte(Evaluator& ev, int64_t number, absl::string_view what) {
  if (number < 0 || number > std::numeric_limits<uint8_t>::max()) {
    ev.Raise(ErrorKind::kValueError, absl::StrCat(what, " must be in range(0, 256)"));
  }
  return static_cast<char>(number);
}

std::string Repeated(Evaluator& ev, absl::string_view bytes, int64_t count) {
  std::string repeated;
  if (count <= 0 || bytes.empty()) return repeated;
  size_t size = 0;
  if (__builtin_mul_overflow(bytes.size(), static_cast<size_t>(count), &size)) {
    size = std::numeric_limits<size_t>::max();
  }
  ev.heap().Charge(ev, size);
  ev.Step(1 + count / 16);
  repeated.reserve(size);
  for (int64_t i = 0; i < count; ++i) absl::StrAppend(&repeated, bytes);
  return repeated;
}

// What bytes(source) holds.
std::string BytesOf(Evaluator& ev, const NativeArgs& a) {
  if (!a.Has(0)) return "";
  if (const auto* text = Underlying<StrObject>(a[0])) {
    if (!a.Has(1)) ev.Raise(ErrorKind::kTypeError, "string argument without an encoding");
    ev.heap().Charge(ev, text->text.size());
    return text->text;
  }
  if (const auto* bytes = Underlying<BytesObject>(a[0])) {
    ev.heap().Charge(ev, bytes->bytes.size());
    return bytes->bytes;
  }
  if (const Value plain = Underlying(a[0]); plain.IsInt() || plain.IsBool()) {
    if (plain.AsInt() < 0) ev.Raise(ErrorKind::kValueError, "negative count");
    return Repeated(ev, absl::string_view("\0", 1), plain.AsInt());
  }
  std::string bytes;
  for (const Value& item : ev.ToVector(a[0])) {
    bytes += ToByte(ev, ev.ToInt(item, "byte"), "bytes");
  }
  return bytes;
}

Value Make(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  const NativeArgs a(ev, "bytes", args, {"source", "encoding", "errors"}, 0);
  const bool is_plain = cls == ev.classes().bytes;
  if (is_plain && a.Has(0) && a[0].As<BytesObject>() != nullptr) return a[0];
  const Value bytes = NewBytes(ev, BytesOf(ev, a));
  if (is_plain) return bytes;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = bytes;
  return instance;
}

Value Decode(Evaluator& ev, CallArgs& args) {
  const auto& self = Self<BytesObject>(ev, args, "bytes.decode");
  const NativeArgs a(ev, "bytes.decode", args, {"encoding", "errors"}, 0);
  return ev.Str(self.bytes);
}

}  // namespace

ClassObject* BytesObject::Class(Evaluator& ev) const { return ev.classes().bytes; }

std::optional<Value> BytesObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (op == BinaryOp::kMul) {
    const Value count = Underlying(other);
    if (!count.IsInt() && !count.IsBool()) return std::nullopt;
    return NewBytes(ev, Repeated(ev, bytes, count.AsInt()));
  }
  const auto* right = Underlying<BytesObject>(other);
  if (op != BinaryOp::kAdd || reflected || right == nullptr) return std::nullopt;
  ev.heap().Charge(ev, bytes.size() + right->bytes.size());
  return NewBytes(ev, absl::StrCat(bytes, right->bytes));
}

std::optional<Value> BytesObject::Compare(Evaluator& ev, CompareOp op, Value other) {
  const auto* right = Underlying<BytesObject>(other);
  if (right == nullptr) return std::nullopt;
  return ev.Compare(op, Value::Int(bytes.compare(right->bytes)), Value::Int(0));
}

Value BytesObject::GetItem(Evaluator& ev, Value key) {
  const auto length = static_cast<int64_t>(bytes.size());
  const auto* slice = key.As<SliceObject>();
  if (slice == nullptr) return ByteAt(bytes, ResolveIndex(ev, key, length, "byte"));
  const SliceObject::Indices at = slice->Resolve(ev, length);
  ev.heap().Charge(ev, static_cast<size_t>(at.count));
  ev.Step(1 + at.count / 16);
  std::string part;
  part.reserve(static_cast<size_t>(at.count));
  for (int64_t i = 0; i < at.count; ++i) {
    part += bytes[static_cast<size_t>(at.start + i * at.step)];
  }
  return NewBytes(ev, std::move(part));
}

std::optional<bool> BytesObject::Contains(Evaluator& ev, Value item) {
  const Value plain = Underlying(item);
  if (plain.IsInt() || plain.IsBool()) {
    ev.Step(1 + static_cast<int64_t>(bytes.size()) / 64);
    return bytes.find(ToByte(ev, plain.AsInt(), "byte")) != std::string::npos;
  }
  const auto* part = plain.As<BytesObject>();
  if (part == nullptr) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("a bytes-like object is required, not '", ev.TypeName(item), "'"));
  }
  StepForSearch(ev, bytes.size(), part->bytes.size());
  return bytes.find(part->bytes) != std::string::npos;
}

std::optional<int64_t> BytesObject::Length(Evaluator&) {
  return static_cast<int64_t>(bytes.size());
}

IteratorObject* BytesObject::Iter(Evaluator& ev) {
  return NewIterator(ev, [this, at = size_t{0}](Evaluator&) mutable -> std::optional<Value> {
    if (at >= bytes.size()) return std::nullopt;
    return ByteAt(bytes, static_cast<int64_t>(at++));
  });
}

std::string BytesObject::Repr(Evaluator&) {
  const bool quoted = bytes.find('\'') != std::string::npos && bytes.find('"') == std::string::npos;
  const char quote = quoted ? '"' : '\'';
  std::string repr = absl::StrCat("b", std::string(1, quote));
  for (const char c : bytes) {
    if (c == quote || c == '\\') {
      repr += '\\';
      repr += c;
    } else if (c == '\n') {
      repr += "\\n";
    } else if (c == '\r') {
      repr += "\\r";
    } else if (c == '\t') {
      repr += "\\t";
    } else if (!absl::ascii_isprint(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&repr, "\\x%02x", static_cast<uint8_t>(c));
    } else {
      repr += c;
    }
  }
  return repr + quote;
}

std::optional<size_t> BytesObject::Hash(Evaluator&) { return ~HashText(bytes); }

void DefineBytes(Evaluator& ev) {
  ClassObject* cls = ev.mutable_classes().bytes = ev.NewClass("bytes", {ev.classes().object});
  cls->make = Make;
  ev.builtins()["bytes"] = cls;
  AddOperatorMethods(
      ev, cls,
      {"__add__", "__mul__", "__rmul__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
       "__contains__", "__getitem__", "__len__", "__iter__", "__hash__", "__repr__"});
  ev.AddMethod(cls, "decode", Decode);
}

}  // namespace graft::models::python
