#include "models/python/instance_dict.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

std::optional<Value> Find(Evaluator& ev, const InstanceDict& dict, Value key) {
  const auto* name = Underlying<StrObject>(key);
  ev.Step(static_cast<int64_t>(dict.instance->attributes.size()) / 16);
  return name == nullptr ? std::nullopt : dict.instance->FindOwn(name->text);
}

Value Get(Evaluator& ev, CallArgs& args) {
  const auto& self = Self<InstanceDict>(ev, args, "dict.get");
  const NativeArgs a(ev, "dict.get", args, {"", ""}, 1);
  return Find(ev, self, a[0]).value_or(a[1]);
}

Value Pop(Evaluator& ev, CallArgs& args) {
  auto& self = Self<InstanceDict>(ev, args, "dict.pop");
  const NativeArgs a(ev, "dict.pop", args, {"key", "default"}, 1);
  const std::optional<Value> value = Find(ev, self, a[0]);
  if (value.has_value()) {
    self.DelItem(ev, a[0]);
    return *value;
  }
  if (!a.Has(1)) RaiseKeyError(ev, a[0]);
  return a[1];
}

Value SetDefault(Evaluator& ev, CallArgs& args) {
  auto& self = Self<InstanceDict>(ev, args, "dict.setdefault");
  const NativeArgs a(ev, "dict.setdefault", args, {"key", "default"}, 1);
  if (const std::optional<Value> value = Find(ev, self, a[0])) return *value;
  self.SetItem(ev, a[0], a[1]);
  return a[1];
}

Value Update(Evaluator& ev, CallArgs& args) {
  auto& self = Self<InstanceDict>(ev, args, "dict.update");
  DictObject* items = ev.Dict();
  const std::vector<Keyword> keywords = std::exchange(args.kwargs, {});
  const NativeArgs a(ev, "dict.update", args, {""}, 0);
  if (a.Has(0)) UpdateDict(ev, *items, a[0]);
  for (const Keyword& keyword : keywords) items->Set(ev, keyword.name, keyword.value);
  for (const auto& [key, value] : items->Items()) self.SetItem(ev, key, value);
  return {};
}

Value Clear(Evaluator& ev, CallArgs& args) {
  Self<InstanceDict>(ev, args, "dict.clear").instance->attributes.clear();
  return {};
}

// What a dict of the same items gives.
NativeFunction::Body Through(absl::string_view method) {
  return [method](Evaluator& ev, CallArgs& args) {
    const auto& self = Self<InstanceDict>(ev, args, "dict");
    return ev.Call(ev.GetAttr(self.Copy(ev), method), std::move(args));
  };
}

}  // namespace

ClassObject* InstanceDict::Class(Evaluator& ev) const { return ev.classes().instance_dict; }

DictObject* InstanceDict::Copy(Evaluator& ev) const {
  DictObject* copy = ev.Dict();
  for (const auto& [name, value] : instance->attributes) copy->Set(ev, name, value);
  return copy;
}

std::optional<Value> InstanceDict::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  return Copy(ev)->Binary(ev, op, other, reflected);
}

std::optional<Value> InstanceDict::Compare(Evaluator& ev, CompareOp op, Value other) {
  const auto* same = other.As<InstanceDict>();
  return Copy(ev)->Compare(ev, op, same == nullptr ? other : Value(same->Copy(ev)));
}

Value InstanceDict::GetItem(Evaluator& ev, Value key) {
  if (const std::optional<Value> value = Find(ev, *this, key)) return *value;
  RaiseKeyError(ev, key);
}

void InstanceDict::SetItem(Evaluator& ev, Value key, Value value) {
  const std::string name = ev.ToText(key, "a key of __dict__");
  ev.heap().Charge(ev, name.size() + sizeof(std::pair<std::string, Value>));
  ev.Step(static_cast<int64_t>(instance->attributes.size()) / 16);
  instance->SetOwn(name, value);
}

void InstanceDict::DelItem(Evaluator& ev, Value key) {
  const auto* name = Underlying<StrObject>(key);
  ev.Step(static_cast<int64_t>(instance->attributes.size()) / 16);
  if (name == nullptr || !instance->EraseOwn(name->text)) RaiseKeyError(ev, key);
}

std::optional<bool> InstanceDict::Contains(Evaluator& ev, Value item) {
  return Find(ev, *this, item).has_value();
}

std::optional<int64_t> InstanceDict::Length(Evaluator&) {
  return static_cast<int64_t>(instance->attributes.size());
}

IteratorObject* InstanceDict::Iter(Evaluator& ev) { return ev.Iter(Copy(ev)); }
std::string InstanceDict::Repr(Evaluator& ev) { return ev.Repr(Copy(ev)); }

void DefineInstanceDict(Evaluator& ev) {
  ClassObject* cls = ev.NewClass("dict", {ev.classes().dict});
  ev.mutable_classes().instance_dict = cls;
  ev.AddMethod(cls, "get", Get);
  ev.AddMethod(cls, "pop", Pop);
  ev.AddMethod(cls, "setdefault", SetDefault);
  ev.AddMethod(cls, "update", Update);
  ev.AddMethod(cls, "clear", Clear);
  ev.AddMethod(cls, "copy", [](Evaluator& caller, CallArgs& args) -> Value {
    return Self<InstanceDict>(caller, args, "dict.copy").Copy(caller);
  });
  for (const char* method : {"keys", "values", "items"}) ev.AddMethod(cls, method, Through(method));
}

}  // namespace graft::models::python
