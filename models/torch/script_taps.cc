#include "models/torch/script_taps.h"

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace graft::models {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

std::string Joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : absl::StrCat(path, ".", name);
}

class TapMaker {
 public:
  TapMaker(const torch::jit::Module& module, const std::vector<std::string>& taps,
           absl::string_view label)
      : module_(module),
        taps_(taps),
        label_(label),
        graph_(torch::jit::toGraphFunction(module.get_method("forward").function()).graph()) {}

  absl::Status Make() {
    if (absl::Status status = CheckNames(); !status.ok()) return status;
    while (ExposeOne(graph_->block())) {
    }
    std::vector<Value*> results = {graph_->outputs()[0]};
    std::vector<std::string> names = {"out0"};
    for (const std::string& tap : taps_) {
      const auto found = found_.find(tap);
      if (found == found_.end()) return NotCalled(tap);
      results.push_back(found->second);
      names.push_back(tap);
    }
    if (!status_.ok()) return status_;
    std::vector<c10::TypePtr> types;
    for (const Value* result : results) types.push_back(result->type());
    Node* tuple = graph_->createTuple(results, c10::TupleType::createNamed("Tapped", names, types));
    graph_->appendNode(tuple);
    graph_->eraseOutput(0);
    graph_->registerOutput(tuple->output());
    return absl::OkStatus();
  }

 private:
  // The module that a value of the graph is: "layer4.1"; nullopt: it is none of forward's.
  std::optional<std::string> PathOf(const Value* value) const {
    if (value == graph_->inputs()[0]) return "";
    const Node* node = value->node();
    if (node->kind() != torch::jit::prim::GetAttr) return std::nullopt;
    const std::optional<std::string> parent = PathOf(node->input(0));
    if (!parent) return std::nullopt;
    return Joined(*parent, node->s(torch::jit::attr::name));
  }

  // The module whose forward a node calls.
  std::optional<std::string> Called(const Node* node) const {
    if (node->kind() != torch::jit::prim::CallMethod) return std::nullopt;
    // Tracing names a module's second call forward1.
    if (!absl::StartsWith(node->s(torch::jit::attr::name), "forward")) return std::nullopt;
    return PathOf(node->input(0));
  }

  bool IsTap(const std::string& path) const { return absl::c_linear_search(taps_, path); }
  bool HoldsTap(const std::string& path) const {
    return absl::c_any_of(taps_, [&](const std::string& tap) {
      return absl::StartsWith(tap, absl::StrCat(path, "."));
    });
  }

  // Copies the results of taps up to the first call that leads to another one, and inlines that.
  // False: there is none.
  bool ExposeOne(Block* block) {
    for (Node* node : block->nodes()) {
      const std::optional<std::string> path = Called(node);
      if (!path) continue;
      torch::jit::GraphFunction* inlined = HoldsTap(*path) ? FunctionOf(node) : nullptr;
      if (IsTap(*path) && !copied_.contains(node)) {
        const torch::jit::WithInsertPoint after(node->next());
        found_[*path] = Copy(node->output(), *path);
        if (inlined == nullptr) copied_.insert(node);
      }
      if (inlined == nullptr) continue;
      // Its graph as it was written: the optimised one has lost the calls.
      torch::jit::inlineCallTo(node, inlined, inlined->graph().get());
      return true;
    }
    return false;
  }

  static torch::jit::GraphFunction* FunctionOf(const Node* call) {
    auto* type = call->input(0)->type()->castRaw<c10::ClassType>();
    if (type == nullptr) return nullptr;
    return torch::jit::tryToGraphFunction(type->getMethod(call->s(torch::jit::attr::name)));
  }

  // What comes after may write to the tensor itself (ReLU(inplace=True)).
  Value* Copy(Value* value, const std::string& path) {
    if (value->type()->isSubtypeOf(*c10::TensorType::get())) {
      return graph_->insert(torch::jit::aten::clone, {value});
    }
    if (value->type()->castRaw<c10::TupleType>() != nullptr) {
      std::vector<Value*> copies;
      Node* unpacked = graph_->insertNode(graph_->createTupleUnpack(value));
      for (Value* element : unpacked->outputs()) copies.push_back(Copy(element, path));
      return graph_->insertNode(graph_->createTuple(copies))->output();
    }
    status_ = absl::InvalidArgumentError(
        absl::StrCat(label_, ": taps: \"", path, "\" gives ", value->type()->annotation_str(),
                     "; only tensors and tuples of them can be tapped"));
    return value;
  }

  absl::Status CheckNames() const {
    std::vector<std::string> names;
    for (const auto& submodule : module_.named_modules()) {
      if (!submodule.name.empty()) names.push_back(submodule.name);
    }
    for (const std::string& tap : taps_) {
      if (absl::c_linear_search(names, tap)) continue;
      constexpr size_t kMostNames = 20;
      const size_t shown = std::min(names.size(), kMostNames);
      return absl::InvalidArgumentError(absl::StrCat(
          label_, ": taps: there is no module \"", tap, "\" in it. ",
          names.empty()
              ? "The file has none at all: it was frozen when it was written, with its modules "
                "folded into one. Export it without torch.jit.freeze, or give its Python source "
                "as \"architecture\"."
              : absl::StrCat("It has ", absl::StrJoin(names.begin(), names.begin() + shown, ", "),
                             names.size() > shown ? " ..." : "", ".")));
    }
    return absl::OkStatus();
  }

  absl::Status NotCalled(const std::string& tap) const {
    return absl::InvalidArgumentError(absl::StrCat(
        label_, ": taps: forward does not call \"", tap,
        "\" once and always: not at all, or in a branch or a loop of its compiled code, or by "
        "another method. Tap a module around it, or give the Python source beside the file as "
        "\"architecture\"."));
  }

  const torch::jit::Module& module_;
  const std::vector<std::string>& taps_;
  const absl::string_view label_;
  const std::shared_ptr<Graph> graph_;
  std::map<std::string, Value*> found_;
  std::set<const Node*> copied_;  // calls that stay, and whose results were copied
  absl::Status status_;
};

}  // namespace

absl::Status AddTaps(const torch::jit::Module& module, const std::vector<std::string>& taps,
                     absl::string_view label) {
  return TapMaker(module, taps, label).Make();
}

}  // namespace graft::models
