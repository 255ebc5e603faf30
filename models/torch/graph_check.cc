#include "models/torch/graph_check.h"

#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "models/torch/graph_nodes.h"

namespace graft::models {
namespace {

using torch::jit::Graph;
using torch::jit::Node;

// Namespaces that talk to other processes, compile code, or set what belongs to the host.
constexpr absl::string_view kRefusedNamespaces[] = {
    "c10d",       "_c10d_functional", "_c10d_functional_autograd",
    "_dtensor",   "symm_mem",         "inductor",
    "debugprims", "debug_mode_ops",   "rpc",
    "cuda"};

constexpr absl::string_view kRefusedOperators[] = {"aten::save",        "aten::from_file",
                                                   "aten::manual_seed", "prim::rpc_async",
                                                   "prim::rpc_sync",    "prim::rpc_remote"};

bool IsRefused(const torch::jit::Symbol& kind) {
  const std::string name = kind.toQualString();
  const std::string space = name.substr(0, name.find(':'));
  return std::find(std::begin(kRefusedNamespaces), std::end(kRefusedNamespaces), space) !=
             std::end(kRefusedNamespaces) ||
         std::find(std::begin(kRefusedOperators), std::end(kRefusedOperators), name) !=
             std::end(kRefusedOperators);
}

// The interpreter's own operators (torch/csrc/jit/runtime/register_prim_ops.cpp,
// register_special_ops.cpp) that look at types and shapes only, hand tensors on, or ask the
// dispatcher for their values (aten::item, aten::is_nonzero).
bool IsKnownOfInterpreter(const Node* node) {
  static const auto* const known =
      new absl::flat_hash_set<std::string>{"prim::Constant",
                                           "prim::GetAttr",
                                           "prim::SetAttr",
                                           "prim::CallMethod",
                                           "prim::CallFunction",
                                           "prim::CreateObject",
                                           "prim::If",
                                           "prim::Loop",
                                           "prim::ListConstruct",
                                           "prim::ListUnpack",
                                           "prim::TupleConstruct",
                                           "prim::TupleUnpack",
                                           "prim::TupleIndex",
                                           "prim::TupleSlice",
                                           "prim::DictConstruct",
                                           "prim::NumToTensor",
                                           "prim::RaiseException",
                                           "prim::isinstance",
                                           "prim::unchecked_cast",
                                           "prim::unchecked_unwrap_optional",
                                           "prim::Uninitialized",
                                           "prim::annotate",
                                           "prim::device",
                                           "prim::dtype",
                                           "prim::layout",
                                           "prim::shape",
                                           "prim::is_cuda",
                                           "prim::requires_grad",
                                           "prim::data",
                                           "aten::dim",
                                           "aten::size",
                                           "aten::stride",
                                           "aten::numel",
                                           "aten::len",
                                           "aten::__is__",
                                           "aten::__isnot__",
                                           "aten::__getitem__",
                                           "aten::append",
                                           "aten::_set_item",
                                           "aten::keys",
                                           "aten::values",
                                           "aten::items",
                                           "aten::Bool",
                                           "aten::Int",
                                           "aten::Float",
                                           "aten::ScalarImplicit",
                                           "aten::IntImplicit",
                                           "aten::FloatImplicit",
                                           "aten::_unwrap_optional",
                                           "aten::is_floating_point"};
  return known->contains(node->kind().toQualString());
}

bool HoldsTensors(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
    case c10::TypeKind::AnyType:
    case c10::TypeKind::VarType:
    case c10::TypeKind::ClassType:  // which may hold one of its own kind
    case c10::TypeKind::InterfaceType:
      return true;
    default:
      return absl::c_any_of(type->containedTypes(), HoldsTensors);
  }
}

bool TakesTensors(const Node* node) {
  return absl::c_any_of(node->inputs(),
                        [](const torch::jit::Value* input) { return HoldsTensors(input->type()); });
}

bool IsUnseen(const Node* node) {
  if (node->kind() == c10::aten::equal) return true;
  if (IsKnownOfInterpreter(node)) return false;
  const torch::jit::Operator* const called = node->maybeOperator();
  return called == nullptr || !called->isC10Op();
}

}  // namespace

absl::Status CheckOperators(const torch::jit::Module& module, absl::string_view label) {
  absl::Status status;
  for (torch::jit::Function* function : module._ivalue()->compilation_unit()->get_functions()) {
    torch::jit::GraphFunction* graph_function = torch::jit::tryToGraphFunction(*function);
    if (graph_function == nullptr) continue;
    ForEachNode(
        *graph_function->graph(),
        [&](const Node* node) {
          if (!status.ok() || !IsRefused(node->kind())) return;
          status = absl::InvalidArgumentError(absl::StrCat(
              label, ": its code calls ", node->kind().toQualString(), " (in ",
              function->qualname().name(),
              "), which reaches beyond computing (files, processes, or settings of the "
              "host). Graft does "
              "not run it: export the model again without it."));
        },
        Subgraphs::kWalkToo);
  }
  return status;
}

bool HasUnseenReads(const torch::jit::Module& module) {
  return !absl::c_all_of(
      module._ivalue()->compilation_unit()->get_functions(), [](torch::jit::Function* function) {
        torch::jit::GraphFunction* graph_function = torch::jit::tryToGraphFunction(*function);
        return graph_function != nullptr &&
               AllNodes(
                   *graph_function->graph(),
                   [](const Node* node) { return !TakesTensors(node) || !IsUnseen(node); },
                   Subgraphs::kWalkToo);
      });
}

GraphWrites FindWrites(const std::shared_ptr<Graph>& forward, bool has_self) {
  GraphWrites writes;
  const torch::jit::AliasDb aliases(forward, /*isFrozen=*/false);
  const auto inputs = forward->inputs();
  for (size_t i = has_self ? 1 : 0; i < inputs.size(); ++i)
    writes.input.push_back(aliases.hasWriters(inputs[i]));
  ForEachNode(
      *forward,
      [&](const Node* node) {
        // Freezing folds what is never written; a class instance is only the way to what it holds.
        if (node->kind() == torch::jit::prim::SetAttr ||
            (node->kind() == torch::jit::prim::GetAttr &&
             node->output()->type()->kind() != c10::TypeKind::ClassType &&
             aliases.hasWriters(node->output()))) {
          const std::string& name = node->s(torch::jit::attr::name);
          if (std::find(writes.attributes.begin(), writes.attributes.end(), name) ==
              writes.attributes.end()) {
            writes.attributes.push_back(name);
          }
        }
        if (node->kind() == torch::jit::prim::Constant && !node->outputs().empty() &&
            node->output()->type()->isSubtypeOf(*c10::TensorType::get()) &&
            aliases.hasWriters(node->output())) {
          writes.constant = true;
        }
      },
      Subgraphs::kWalkToo);
  return writes;
}

}  // namespace graft::models
