#include "models/torch/own_module.h"

#include <torch/csrc/jit/api/compilation_unit.h>

#include "absl/algorithm/container.h"
#include "models/torch/graph_nodes.h"
#include "models/torch/inlined_functions.h"

namespace graft::models {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

bool BelongsToUnit(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::ClassType:
    case c10::TypeKind::InterfaceType:
    case c10::TypeKind::EnumType:
    case c10::TypeKind::FunctionType:
    case c10::TypeKind::CapsuleType:
    case c10::TypeKind::PyObjectType:
      return true;
    default:
      return absl::c_any_of(type->containedTypes(), BelongsToUnit);
  }
}

bool IsOfUnit(const Value* value) { return BelongsToUnit(value->type()); }

bool NeedsUnit(const Node* node) {
  return node->hasAttribute(torch::jit::attr::Subgraph) ||
         node->kind() == torch::jit::prim::CallFunction ||
         node->kind() == torch::jit::prim::CallMethod || absl::c_any_of(node->outputs(), IsOfUnit);
}

}  // namespace

bool StandsAlone(const Graph& graph) {
  if (graph.inputs()[0]->hasUses() || absl::c_any_of(graph.inputs().slice(1), IsOfUnit)) {
    return false;
  }
  return AllNodes(graph, [](const Node* node) {
    return !NeedsUnit(node) && absl::c_none_of(node->blocks(), [](const Block* nested) {
      return absl::c_any_of(nested->inputs(), IsOfUnit);
    });
  });
}

torch::jit::Module OwnModule(const std::shared_ptr<Graph>& graph) {
  torch::jit::Module module(c10::QualifiedName("__torch__.Frozen"));
  graph->inputs()[0]->setType(module.type());
  torch::jit::Function* const forward = module._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*module.type()->name(), "forward"), graph);
  module.type()->addMethod(forward);
  ForgetInlinedFunctions(graph, forward);
  return module;
}

}  // namespace graft::models
