// The module copy.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/instance_dict.h"
#include "models/python/native_args.h"
#include "models/python/nesting.h"
#include "models/python/objects.h"
#include "models/python/standard_modules.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// For a copy of them.
void ChargeAttributes(Evaluator& ev, const InstanceObject& instance) {
  ev.Step(1 + static_cast<int64_t>(instance.attributes.size()) / 16);
  for (const auto& attribute : instance.attributes) {
    ev.heap().Charge(ev, sizeof(attribute) + attribute.first.size());
  }
}

// Copies what a value holds, too; each object once. `memo` is Python's: a dict from the number
// that id() gives to the copy, which __deepcopy__ methods are handed.
class DeepCopier {
 public:
  DeepCopier(Evaluator& ev, DictObject* memo) : ev_(ev), memo_(memo) {}

  Value Copy(Value value) {
    if (!value.IsObject()) return value;
    ev_.Step();
    const Value id = ev_.Call(ev_.builtins().at("id"), {value});
    if (const std::optional<Value> known = memo_->Find(ev_, id)) return *known;
    const Nesting level(ev_, value.object());
    if (const std::optional<Value> method = ev_.ClassMethod(value, "__deepcopy__")) {
      return Remember(id, ev_.Call(*method, {memo_}));
    }
    // Natives such as tensors have it as an attribute.
    if (const std::optional<Value> method = value.object()->GetAttr(ev_, "__deepcopy__")) {
      return Remember(id, ev_.Call(*method, {memo_}));
    }
    if (const auto* list = value.As<ListObject>()) return CopyList(id, *list);
    if (const auto* dict = value.As<DictObject>()) return CopyDict(id, *dict);
    if (const auto* tuple = value.As<TupleObject>()) return CopyTuple(id, *tuple);
    if (const auto* set = value.As<SetObject>()) return CopySet(id, *set);
    if (auto* instance = value.As<InstanceObject>()) return CopyInstance(id, instance);
    if (const auto* names = value.As<InstanceDict>()) {
      DictObject* copy = ev_.Dict();
      Remember(id, copy);
      const std::vector<std::pair<std::string, Value>> attributes = names->instance->attributes;
      for (const auto& [name, item] : attributes) copy->Set(ev_, name, Copy(item));
      return copy;
    }
    return value;  // text, functions, classes, modules: as in Python, themselves
  }

 private:
  Value Remember(Value id, Value copy) {
    memo_->Set(ev_, id, copy);
    return copy;
  }

  Value CopyList(Value id, const ListObject& list) {
    ListObject* copy = ev_.List({});
    Remember(id, copy);
    // NOLINTNEXTLINE(modernize-loop-convert): a __deepcopy__ may change the list.
    for (size_t i = 0; i < list.items.size(); ++i) copy->Append(ev_, Copy(list.items[i]));
    return copy;
  }

  Value CopyDict(Value id, const DictObject& dict) {
    auto* copy = ev_.heap().New<DictObject>(ev_, dict.cls);
    copy->default_factory = dict.default_factory;
    Remember(id, copy);
    for (const auto& [key, value] : dict.Items()) copy->Set(ev_, Copy(key), Copy(value));
    return copy;
  }

  Value CopyTuple(Value id, const TupleObject& tuple) {
    std::vector<Value> items;
    for (const Value& item : tuple.items) items.push_back(Copy(item));
    ev_.heap().Charge(ev_, items.size() * sizeof(Value));
    auto* copy = ev_.heap().New<TupleObject>(ev_, tuple.cls, std::move(items));
    copy->fields = tuple.fields;
    return Remember(id, copy);
  }

  Value CopySet(Value id, const SetObject& set) {
    auto* copy = ev_.heap().New<SetObject>(ev_, set.cls, ev_.Dict());
    for (const auto& [key, none] : set.keys->Items()) copy->keys->Set(ev_, Copy(key), Value());
    return Remember(id, copy);
  }

  // Without __init__.
  Value CopyInstance(Value id, InstanceObject* instance) {
    if (!instance->cls->enum_members.IsNone()) return instance;
    auto* copy = ev_.heap().New<InstanceObject>(ev_, instance->cls);
    Remember(id, copy);
    copy->payload = Copy(instance->payload);
    const std::vector<std::pair<std::string, Value>> attributes = instance->attributes;
    ChargeAttributes(ev_, *instance);
    for (const auto& [name, value] : attributes) {
      ev_.Step(1 + static_cast<int64_t>(copy->attributes.size()) / 16);  // it is looked for
      copy->SetOwn(name, Copy(value));
    }
    return copy;
  }

  Evaluator& ev_;
  DictObject* const memo_;
};

Value DeepCopy(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "deepcopy", args, {"x", "memo"}, 1);
  auto* memo = a[1].As<DictObject>();
  return DeepCopier(ev, memo != nullptr ? memo : ev.Dict()).Copy(a[0]);
}

Value ShallowCopy(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "copy", args, {"x"}, 1);
  const Value value = a[0];
  if (!value.IsObject()) return value;
  if (const std::optional<Value> method = ev.ClassMethod(value, "__copy__")) {
    return ev.Call(*method, std::vector<Value>());
  }
  if (const std::optional<Value> method = value.object()->GetAttr(ev, "__copy__")) {
    return ev.Call(*method, std::vector<Value>());
  }
  if (value.As<ListObject>() != nullptr || value.As<DictObject>() != nullptr ||
      value.As<SetObject>() != nullptr) {
    return ev.CallMethod(value, "copy", {});
  }
  if (const auto* names = value.As<InstanceDict>()) {
    DictObject* copy = ev.Dict();
    for (const auto& [name, own] : names->instance->attributes) copy->Set(ev, name, own);
    return copy;
  }
  const auto* instance = value.As<InstanceObject>();
  if (instance == nullptr || !instance->cls->enum_members.IsNone()) return value;
  auto* copy = ev.heap().New<InstanceObject>(ev, instance->cls);
  CallArgs payload{{instance->payload}};
  copy->payload = instance->payload.IsNone() ? Value() : ShallowCopy(ev, payload);
  ChargeAttributes(ev, *instance);
  copy->attributes = instance->attributes;
  return copy;
}

}  // namespace

void DefineCopy(Evaluator& ev) {
  ev.DefineModule("copy", [](Evaluator& caller, ModuleObject* module) {
    module->globals["copy"] = caller.Native("copy", ShallowCopy);
    module->globals["deepcopy"] = caller.Native("deepcopy", DeepCopy);
  });
}

}  // namespace graft::models::python
