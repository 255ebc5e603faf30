// The class list and its methods.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/sequence_items.h"
#include "models/python/stable_sort.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

Value Make(Evaluator& ev, ClassObject* cls, CallArgs&) {
  auto* list = ev.heap().New<ListObject>(ev, std::vector<Value>());
  if (cls == ev.classes().list) return list;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = list;
  return instance;
}

Value Init(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.__init__");
  const NativeArgs a(ev, "list", args, {""}, 0);
  std::vector<Value> items;
  if (a.Has(0)) items = ev.ToVector(a[0]);
  self.items = std::move(items);
  return {};
}

Value Append(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.append");
  const NativeArgs a(ev, "list.append", args, {""}, 1);
  self.Append(ev, a[0]);
  return {};
}

Value Extend(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.extend");
  const NativeArgs a(ev, "list.extend", args, {""}, 1);
  self.InPlace(ev, BinaryOp::kAdd, a[0]);
  return {};
}

Value Insert(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.insert");
  const NativeArgs a(ev, "list.insert", args, {"", ""}, 2);
  const auto length = static_cast<int64_t>(self.items.size());
  const int64_t at = ev.ToInt(a[0], "index");
  ev.Step(1 + length / 16);
  ev.heap().Charge(ev, sizeof(Value));
  self.items.insert(self.items.begin() + std::clamp<int64_t>(at < 0 ? at + length : at, 0, length),
                    a[1]);
  return {};
}

Value Remove(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.remove");
  const NativeArgs a(ev, "list.remove", args, {""}, 1);
  const std::optional<int64_t> at =
      FindItem(ev, self.items, a[0], 0, static_cast<int64_t>(self.items.size()));
  if (!at.has_value()) ev.Raise(ErrorKind::kValueError, "list.remove(x): x not in list");
  if (*at < static_cast<int64_t>(self.items.size())) self.items.erase(self.items.begin() + *at);
  return {};
}

Value Pop(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.pop");
  const NativeArgs a(ev, "list.pop", args, {""}, 0);
  if (self.items.empty()) ev.Raise(ErrorKind::kIndexError, "pop from empty list");
  const int64_t at = ResolveIndex(ev, a.Has(0) ? a[0] : Value::Int(-1),
                                  static_cast<int64_t>(self.items.size()), "pop");
  const Value item = self.items[at];
  ev.Step(1 + static_cast<int64_t>(self.items.size() - at) / 16);
  self.items.erase(self.items.begin() + at);
  return item;
}

Value Clear(Evaluator& ev, CallArgs& args) {
  Self<ListObject>(ev, args, "list.clear").items.clear();
  return {};
}

Value Copy(Evaluator& ev, CallArgs& args) {
  return ev.List(Self<ListObject>(ev, args, "list.copy").items);
}

Value Reverse(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.reverse");
  ev.Step(1 + static_cast<int64_t>(self.items.size()) / 16);
  std::reverse(self.items.begin(), self.items.end());
  return {};
}

// The list is empty while it is sorted, as in CPython, so that keys cannot change it.
Value Sort(Evaluator& ev, CallArgs& args) {
  auto& self = Self<ListObject>(ev, args, "list.sort");
  const Value key = args.Take("key").value_or(Value());
  const bool reverse = ev.Truth(args.Take("reverse").value_or(Value::Bool(false)));
  const NativeArgs a(ev, "list.sort", args, {}, 0);
  std::vector<Value> items;
  std::swap(items, self.items);
  try {
    std::vector<Value> sorted = StableSort(ev, items, key, reverse);
    const bool modified = !self.items.empty();
    self.items = std::move(sorted);
    if (modified) ev.Raise(ErrorKind::kValueError, "list modified during sort");
  } catch (...) {
    if (self.items.empty()) self.items = std::move(items);
    throw;
  }
  return {};
}

}  // namespace

void DefineList(Evaluator& ev) {
  Evaluator::Classes& classes = ev.mutable_classes();
  ClassObject* list = classes.list = ev.NewClass("list", {classes.object});
  ev.builtins()["list"] = list;
  list->make = Make;
  ev.AddMethod(list, "__init__", Init);
  ev.AddMethod(list, "append", Append);
  ev.AddMethod(list, "extend", Extend);
  ev.AddMethod(list, "insert", Insert);
  ev.AddMethod(list, "remove", Remove);
  ev.AddMethod(list, "pop", Pop);
  ev.AddMethod(list, "clear", Clear);
  ev.AddMethod(list, "copy", Copy);
  ev.AddMethod(list, "reverse", Reverse);
  ev.AddMethod(list, "sort", Sort);
  ev.AddMethod(list, "index", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<ListObject>(caller, args, "list.index");
    return IndexMethod(caller, self.items, args, "list");
  });
  ev.AddMethod(list, "count", [](Evaluator& caller, CallArgs& args) {
    const auto& self = Self<ListObject>(caller, args, "list.count");
    const NativeArgs a(caller, "list.count", args, {""}, 1);
    return Value::Int(CountItem(caller, self.items, a[0]));
  });
  AddOperatorMethods(ev, list,
                     {"__add__", "__mul__", "__rmul__", "__iadd__", "__imul__", "__eq__", "__ne__",
                      "__lt__", "__le__", "__gt__", "__ge__", "__contains__", "__getitem__",
                      "__setitem__", "__delitem__", "__len__", "__iter__", "__repr__"});
}

}  // namespace graft::models::python
