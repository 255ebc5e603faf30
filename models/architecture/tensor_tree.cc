#include "models/architecture/tensor_tree.h"

#include <utility>

namespace graft::models::architecture {
namespace {

using python::Evaluator;
using python::Value;

constexpr int kMaxDepth = 32;

Value Map(Evaluator& ev, Value value, int depth, absl::FunctionRef<Value(TensorObject*)> map) {
  ev.Step();
  if (depth > kMaxDepth) {
    ev.Raise(python::ErrorKind::kRecursionError, "a value is nested too deeply");
  }
  const auto items = [&](const std::vector<Value>& all) {
    std::vector<Value> mapped;
    for (const Value& item : all) mapped.push_back(Map(ev, item, depth + 1, map));
    return mapped;
  };
  if (auto* tensor = value.As<TensorObject>()) return map(tensor);
  if (auto* list = value.As<python::ListObject>()) return ev.List(items(list->items));
  if (auto* tuple = value.As<python::TupleObject>()) {
    auto* copy = ev.heap().New<python::TupleObject>(ev, tuple->cls, items(tuple->items));
    copy->fields = tuple->fields;
    return copy;
  }
  if (auto* dict = value.As<python::DictObject>()) {
    auto* copy = ev.heap().New<python::DictObject>(ev, dict->cls);
    for (const auto& [key, item] : dict->Items()) copy->Set(ev, key, Map(ev, item, depth + 1, map));
    return copy;
  }
  // Of a class derived from tuple.
  if (auto* instance = value.As<python::InstanceObject>();
      instance != nullptr && instance->payload.As<python::TupleObject>() != nullptr) {
    auto* copy = ev.heap().New<python::InstanceObject>(ev, instance->cls);
    copy->attributes = instance->attributes;
    copy->payload = Map(ev, instance->payload, depth + 1, map);
    return copy;
  }
  return value;
}

}  // namespace

Value MapTensors(Evaluator& ev, Value value, absl::FunctionRef<Value(TensorObject*)> map) {
  return Map(ev, value, 0, map);
}

}  // namespace graft::models::architecture
