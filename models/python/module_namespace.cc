#include "models/python/module_namespace.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/interpreter.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

std::optional<Value> Find(Evaluator& ev, const ModuleNamespace& names, Value key) {
  const auto* name = Underlying<StrObject>(key);
  if (name == nullptr) return std::nullopt;
  return ev.interpreter().loader().Global(*names.module, name->text);
}

Value Get(Evaluator& ev, CallArgs& args) {
  const auto& self = Self<ModuleNamespace>(ev, args, "dict.get");
  const NativeArgs a(ev, "dict.get", args, {"", ""}, 1);
  return Find(ev, self, a[0]).value_or(a[1]);
}

Value Keys(Evaluator& ev, CallArgs& args) {
  const auto& self = Self<ModuleNamespace>(ev, args, "dict.keys");
  std::vector<Value> keys;
  for (const std::string& name : ModuleLoader::Names(*self.module)) keys.emplace_back(ev.Str(name));
  return ev.List(std::move(keys));
}

// Asks for every name, and so runs the whole file.
Value Items(Evaluator& ev, CallArgs& args) {
  const auto& self = Self<ModuleNamespace>(ev, args, "dict.items");
  std::vector<Value> items;
  for (const std::string& name : ModuleLoader::Names(*self.module)) {
    const std::optional<Value> value = ev.interpreter().loader().Global(*self.module, name);
    if (value.has_value()) items.emplace_back(ev.Tuple({ev.Str(name), *value}));
  }
  return ev.List(std::move(items));
}

Value Values(Evaluator& ev, CallArgs& args) {
  std::vector<Value> values;
  for (const Value& item : ev.ToVector(Items(ev, args))) {
    values.push_back(item.As<TupleObject>()->items[1]);
  }
  return ev.List(std::move(values));
}

Value Update(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ModuleNamespace>(ev, args, "dict.update");
  DictObject* items = ev.Dict();
  const NativeArgs a(ev, "dict.update", args, {""}, 1);
  UpdateDict(ev, *items, a[0]);
  for (const auto& [key, value] : items->Items()) self.SetItem(ev, key, value);
  return {};
}

}  // namespace

Value ModuleNamespace::GetItem(Evaluator& ev, Value key) {
  if (const std::optional<Value> value = Find(ev, *this, key)) return *value;
  RaiseKeyError(ev, key);
}

void ModuleNamespace::SetItem(Evaluator& ev, Value key, Value value) {
  module->SetAttr(ev, ev.ToText(key, "a key of globals()"), value);
}

std::optional<bool> ModuleNamespace::Contains(Evaluator&, Value item) {
  const auto* name = Underlying<StrObject>(item);
  return name != nullptr &&
         (module->globals.contains(name->text) || module->binders.contains(name->text));
}

std::optional<int64_t> ModuleNamespace::Length(Evaluator&) {
  return static_cast<int64_t>(ModuleLoader::Names(*module).size());
}

IteratorObject* ModuleNamespace::Iter(Evaluator& ev) {
  CallArgs args{{Value(this)}};
  return ev.Iter(Keys(ev, args));
}

std::string ModuleNamespace::Repr(Evaluator&) {
  return absl::StrCat("<names of module '", module->name, "'>");
}

Value GlobalsOf(Evaluator& ev, ModuleObject* module) {
  return ev.heap().New<ModuleNamespace>(ev, module, ev.classes().globals);
}

void DefineModuleNamespace(Evaluator& ev) {
  ClassObject* cls = ev.mutable_classes().globals = ev.NewClass("dict", {ev.classes().dict});
  ev.AddMethod(cls, "get", Get);
  ev.AddMethod(cls, "keys", Keys);
  ev.AddMethod(cls, "values", Values);
  ev.AddMethod(cls, "items", Items);
  ev.AddMethod(cls, "update", Update);
  ev.builtins()["globals"] = ev.Native("globals", [](Evaluator& caller, CallArgs&) -> Value {
    const Frame* frame = caller.interpreter().top();
    if (frame == nullptr) caller.RaiseNotSupported("globals() outside of a module");
    return GlobalsOf(caller, frame->module);
  });
  ev.builtins()["locals"] = ev.Native("locals", [](Evaluator& caller, CallArgs&) -> Value {
    return caller.interpreter().Locals();
  });
}

}  // namespace graft::models::python
