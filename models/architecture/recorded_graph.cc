#include "models/architecture/recorded_graph.h"

#include <torch/csrc/jit/passes/common_subexpression_elimination.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/peephole.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

constexpr int kMaxDepth = 32;

using python::Evaluator;
using python::Value;

std::string Join(const std::string& outer, const std::string& inner) {
  return outer.empty() ? inner : absl::StrCat(outer, ".", inner);
}

void Flatten(Evaluator& ev, Value value, const std::string& name, int depth,
             std::vector<NamedResult>* out) {
  ev.Step();
  if (depth > kMaxDepth) {
    ev.Raise(python::ErrorKind::kRecursionError, "forward's result is nested too deeply");
  }
  if (auto* tensor = value.As<TensorObject>()) {
    out->push_back({name.empty() ? absl::StrCat("out", out->size()) : name, tensor});
  } else if (const auto* tuple = python::Underlying<python::TupleObject>(value)) {
    for (size_t i = 0; i < tuple->items.size(); ++i) {
      const bool named = tuple->fields != nullptr && i < tuple->fields->size();
      const std::string part = named ? (*tuple->fields)[i] : name.empty() ? "" : absl::StrCat(i);
      Flatten(ev, tuple->items[i], part.empty() ? name : Join(name, part), depth + 1, out);
    }
  } else if (auto* list = value.As<python::ListObject>()) {
    for (size_t i = 0; i < list->items.size(); ++i) {
      Flatten(ev, list->items[i], name.empty() ? "" : Join(name, absl::StrCat(i)), depth + 1, out);
    }
  } else if (auto* dict = value.As<python::DictObject>()) {
    for (const auto& [key, item] : dict->Items())
      Flatten(ev, item, Join(name, ev.ToStr(key)), depth + 1, out);
  } else if (auto* instance = value.As<python::InstanceObject>()) {
    auto* entries = instance->payload.As<python::DictObject>();
    if (entries != nullptr && entries->size() > 0) {
      Flatten(ev, entries, name, depth + 1, out);
      return;
    }
    for (const auto& [attribute, item] : instance->attributes) {
      if (!absl::StartsWith(attribute, "_"))
        Flatten(ev, item, Join(name, attribute), depth + 1, out);
    }
  }
}

}  // namespace

std::vector<NamedResult> FlattenResult(Evaluator& ev, Value result) {
  std::vector<NamedResult> results;
  Flatten(ev, result, "", 0, &results);
  return results;
}

void Simplify(const std::shared_ptr<torch::jit::Graph>& graph) {
  torch::jit::EliminateDeadCode(graph);
  torch::jit::EliminateCommonSubexpression(graph);
  torch::jit::PeepholeOptimize(graph, /*disable_shape_peepholes=*/true);
}

}  // namespace graft::models::architecture
