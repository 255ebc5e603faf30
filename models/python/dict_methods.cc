// The classes dict, OrderedDict and defaultdict, and their methods.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/container_types.h"
#include "models/python/dict_view.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// The nearest of the three that a DictObject can be by itself.
ClassObject* NativeClass(Evaluator& ev, const ClassObject* cls) {
  const Evaluator::Classes& classes = ev.classes();
  if (cls->DerivesFrom(classes.ordered_dict)) return classes.ordered_dict;
  if (cls->DerivesFrom(classes.default_dict)) return classes.default_dict;
  return classes.dict;
}

Value Make(Evaluator& ev, ClassObject* cls, CallArgs&) {
  ClassObject* native = NativeClass(ev, cls);
  auto* dict = ev.heap().New<DictObject>(ev, native);
  if (cls == native) return dict;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = dict;
  return instance;
}

// The arguments of dict(...) and update(...).
void Update(Evaluator& ev, DictObject& dict, CallArgs& args, absl::string_view function) {
  const std::vector<Keyword> keywords = std::exchange(args.kwargs, {});
  const NativeArgs a(ev, function, args, {""}, 0);
  if (a.Has(0)) UpdateDict(ev, dict, a[0]);
  for (const Keyword& keyword : keywords) dict.Set(ev, keyword.name, keyword.value);
}

Value Init(Evaluator& ev, CallArgs& args) {
  Update(ev, Self<DictObject>(ev, args, "dict.__init__"), args, "dict");
  return {};
}

Value InitDefaultDict(Evaluator& ev, CallArgs& args) {
  auto& self = Self<DictObject>(ev, args, "defaultdict.__init__");
  if (!args.args.empty()) self.default_factory = SelfValue(ev, args, "defaultdict");
  if (!self.default_factory.IsNone() && !self.default_factory.IsObject()) {
    ev.Raise(ErrorKind::kTypeError, "first argument must be callable or None");
  }
  Update(ev, self, args, "defaultdict");
  return {};
}

// Also asks __missing__ of a class derived from dict.
Value GetItem(Evaluator& ev, CallArgs& args) {
  const Value receiver = args.args.empty() ? Value() : args.args[0];
  auto& self = Self<DictObject>(ev, args, "dict.__getitem__");
  const NativeArgs a(ev, "dict.__getitem__", args, {""}, 1);
  if (const std::optional<Value> value = self.Find(ev, a[0])) return *value;
  if (receiver.As<InstanceObject>() != nullptr) {
    if (const std::optional<Value> missing = ev.ClassMethod(receiver, "__missing__")) {
      return ev.Call(*missing, {a[0]});
    }
  }
  return self.GetItem(ev, a[0]);
}

Value Get(Evaluator& ev, CallArgs& args) {
  auto& self = Self<DictObject>(ev, args, "dict.get");
  const NativeArgs a(ev, "dict.get", args, {"", ""}, 1);
  return self.Find(ev, a[0]).value_or(a[1]);
}

Value Pop(Evaluator& ev, CallArgs& args) {
  auto& self = Self<DictObject>(ev, args, "dict.pop");
  const NativeArgs a(ev, "dict.pop", args, {"key", "default"}, 1);
  const std::optional<Value> value = self.Find(ev, a[0]);
  if (value.has_value()) {
    self.Erase(ev, a[0]);
    return *value;
  }
  if (!a.Has(1)) RaiseKeyError(ev, a[0]);
  return a[1];
}

Value PopItem(Evaluator& ev, CallArgs& args) {
  auto& self = Self<DictObject>(ev, args, "dict.popitem");
  const NativeArgs a(ev, "dict.popitem", args, {"last"}, 0);
  if (self.size() == 0) {
    RaiseKeyError(ev, ev.Str("popitem(): dictionary is empty"));
  }
  ev.Step(1 + static_cast<int64_t>(self.size()) / 16);
  const std::vector<std::pair<Value, Value>> items = self.Items();
  const auto [key, value] = !a.Has(0) || ev.Truth(a[0]) ? items.back() : items.front();
  self.Erase(ev, key);
  return ev.Tuple({key, value});
}

Value SetDefault(Evaluator& ev, CallArgs& args) {
  auto& self = Self<DictObject>(ev, args, "dict.setdefault");
  const NativeArgs a(ev, "dict.setdefault", args, {"key", "default"}, 1);
  if (const std::optional<Value> value = self.Find(ev, a[0])) return *value;
  self.Set(ev, a[0], a[1]);
  return a[1];
}

Value Clear(Evaluator& ev, CallArgs& args) {
  Self<DictObject>(ev, args, "dict.clear").Clear();
  return {};
}

Value Copy(Evaluator& ev, CallArgs& args) {
  const auto& self = Self<DictObject>(ev, args, "dict.copy");
  auto* copy = ev.heap().New<DictObject>(ev, self.cls);
  copy->default_factory = self.default_factory;
  for (const auto& [key, value] : self.Items()) copy->Set(ev, key, value);
  return copy;
}

Value FromKeys(Evaluator& ev, CallArgs& args) {
  const Value cls = SelfValue(ev, args, "dict.fromkeys");
  const NativeArgs a(ev, "dict.fromkeys", args, {"", ""}, 1);
  const Value dict = ev.Call(cls, std::vector<Value>());
  for (const Value& key : ev.ToVector(a[0])) ev.SetItem(dict, key, a[1]);
  return dict;
}

Value MoveToEnd(Evaluator& ev, CallArgs& args) {
  auto& self = Self<DictObject>(ev, args, "OrderedDict.move_to_end");
  const NativeArgs a(ev, "move_to_end", args, {"key", "last"}, 1);
  if (!self.MoveToEnd(ev, a[0], !a.Has(1) || ev.Truth(a[1]))) RaiseKeyError(ev, a[0]);
  return {};
}

void AddView(Evaluator& ev, absl::string_view name, DictView::Kind kind) {
  ev.AddMethod(ev.classes().dict, name, [name, kind](Evaluator& caller, CallArgs& args) -> Value {
    auto& self = Self<DictObject>(caller, args, name);
    const NativeArgs a(caller, name, args, {}, 0);
    return caller.heap().New<DictView>(caller, kind, &self);
  });
}

}  // namespace

void UpdateDict(Evaluator& ev, DictObject& dict, Value from) {
  if (const auto* other = Underlying<DictObject>(from)) {
    for (const auto& [key, value] : other->Items()) {
      ev.Step();
      dict.Set(ev, key, value);
    }
    return;
  }
  if (ev.TryGetAttr(from, "keys").has_value()) {
    for (const Value& key : ev.ToVector(ev.CallMethod(from, "keys", {}))) {
      dict.Set(ev, key, ev.GetItem(from, key));
    }
    return;
  }
  IteratorObject* items = ev.Iter(from);
  for (size_t i = 0; const std::optional<Value> item = items->Next(ev); ++i) {
    ev.Step();
    if (!item->IsObject()) {
      ev.Raise(
          ErrorKind::kTypeError,
          absl::StrCat("cannot convert dictionary update sequence element #", i, " to a sequence"));
    }
    const std::vector<Value> pair = ev.ToVector(*item);
    if (pair.size() != 2) {
      ev.Raise(ErrorKind::kValueError,
               absl::StrCat("dictionary update sequence element #", i, " has length ", pair.size(),
                            "; 2 is required"));
    }
    dict.Set(ev, pair[0], pair[1]);
  }
}

void DefineDict(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  ClassObject* dict = classes.dict = ev.NewClass("dict", {classes.object});
  classes.ordered_dict = ev.NewClass("OrderedDict", {dict});
  classes.default_dict = ev.NewClass("defaultdict", {dict});
  ev.builtins()["dict"] = dict;
  dict->make = Make;
  AddOperatorMethods(ev, dict,
                     {"__or__", "__ror__", "__ior__", "__eq__", "__ne__", "__contains__",
                      "__setitem__", "__delitem__", "__len__", "__iter__", "__repr__"});
  ev.AddMethod(dict, "__init__", Init);
  ev.AddMethod(dict, "__getitem__", GetItem);
  ev.AddMethod(dict, "get", Get);
  ev.AddMethod(dict, "pop", Pop);
  ev.AddMethod(dict, "popitem", PopItem);
  ev.AddMethod(dict, "setdefault", SetDefault);
  ev.AddMethod(dict, "clear", Clear);
  ev.AddMethod(dict, "copy", Copy);
  ev.AddMethod(dict, "update", [](Evaluator& caller, CallArgs& args) {
    auto& self = Self<DictObject>(caller, args, "dict.update");
    Update(caller, self, args, "update");
    return Value();
  });
  dict->SetOwn("fromkeys",
               ev.heap().New<ClassMethodObject>(ev, ev.Native("dict.fromkeys", FromKeys)));
  DefineDictViews(ev);
  AddView(ev, "keys", DictView::Kind::kKeys);
  AddView(ev, "values", DictView::Kind::kValues);
  AddView(ev, "items", DictView::Kind::kItems);
  ev.AddMethod(classes.ordered_dict, "move_to_end", MoveToEnd);
  ev.AddMethod(classes.default_dict, "__init__", InitDefaultDict);
  classes.default_dict->SetOwn(
      "default_factory",
      ev.heap().New<PropertyObject>(
          ev,
          ev.Native("default_factory",
                    [](Evaluator& caller, CallArgs& args) {
                      return Self<DictObject>(caller, args, "default_factory").default_factory;
                    }),
          Value()));
}

void DefineMappings(Evaluator& ev) {
  DefineDict(ev);
  DefineSet(ev);
}

}  // namespace graft::models::python
