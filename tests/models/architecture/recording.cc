#include "tests/models/architecture/recording.h"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/graft_module.h"
#include "models/torch/graph_folding.h"

namespace graft::models::architecture {

using python::Evaluator;
using python::ModuleObject;
using python::Value;

class Recording::Sources final : public python::SourceProvider {
 public:
  absl::StatusOr<std::optional<Source>> Find(absl::string_view module) override {
    if (module != name) return std::optional<Source>();
    return std::optional<Source>(
        Source{.file = std::make_shared<python::SourceFile>("net.py", text)});
  }

  std::string name;
  std::string text;
};

Recording::Recording(RecorderOptions options)
    : recorder_(options), sources_(std::make_unique<Sources>()) {
  evaluator_ = std::make_unique<Evaluator>(python::EvaluatorOptions{.sources = sources_.get()});
  DefineGraftModule(*evaluator_, recorder_);
  evaluator_->DefineModule("torch", [](Evaluator& ev, ModuleObject* module) {
    ModuleObject* graft = ev.ImportModule("_graft");
    module->dynamic = [graft](Evaluator& at, absl::string_view name) -> std::optional<Value> {
      if (name == "float" || name == "long" || name == "bool") {
        return at.Call(at.GetAttr(graft, "dtype"), {at.Str(name)});
      }
      if (const std::optional<Value> own = at.TryGetAttr(graft, name)) return own;
      if (const std::optional<Value> type = at.TryGetAttr(graft, "dtype");
          name.substr(0, 5) == "float" || name.substr(0, 3) == "int" || name == "bfloat16") {
        return at.Call(*type, {at.Str(name)});
      }
      const Value op = at.Call(at.GetAttr(graft, "op"), {at.Str(name)});
      if (op.IsNone()) return std::nullopt;
      return op;
    };
  });
}

Recording::~Recording() = default;

absl::Status Recording::Build(const std::string& source) {
  sources_->name = absl::StrCat("net", built_++);
  sources_->text = absl::StrCat("import torch\n", source);
  return evaluator_->Guard([&] {
    evaluator_->ImportModule("_graft");
    module_ = evaluator_->ImportModule(sources_->name);
  });
}

Value Recording::Global(absl::string_view name) {
  Value value;
  const absl::Status status =
      evaluator_->Guard([&] { value = evaluator_->GetAttr(module_, name); });
  TORCH_CHECK(status.ok(), status.ToString());
  return value;
}

absl::Status Recording::Record(const std::string& source, const std::vector<Input>& inputs) {
  if (absl::Status status = Build(source); !status.ok()) return status;
  return RecordBuilt(inputs);
}

absl::Status Recording::RecordBuilt(const std::vector<Input>& inputs) {
  return evaluator_->Guard([&] {
    const Value forward = evaluator_->GetAttr(module_, "forward");
    recorder_.Start(*evaluator_);
    std::vector<Value> arguments;
    for (const Input& input : inputs) {
      arguments.emplace_back(
          recorder_.AddInput(*evaluator_, input.name, input.dtype, input.row_shape));
    }
    graph_ = recorder_.Finish(*evaluator_, evaluator_->Call(forward, std::move(arguments)));
    FoldGraph(graph_.graph, /*pool=*/nullptr);
  });
}

std::vector<at::Tensor> Recording::Run(std::vector<at::Tensor> inputs) const {
  c10::InferenceMode inference;
  torch::jit::Stack stack;
  for (size_t i = 0; i < inputs.size(); ++i) {
    stack.emplace_back(graph_.writes_input[i] ? inputs[i].clone() : inputs[i]);
  }
  torch::jit::Code code(graph_.graph, "forward");
  torch::jit::InterpreterState(code).run(stack);
  if (stack[0].isTensor()) return {stack[0].toTensor()};
  std::vector<at::Tensor> outputs;
  for (const c10::IValue& value : stack[0].toTupleRef().elements()) {
    outputs.push_back(value.toTensor());
  }
  return outputs;
}

int Recording::CountNodes(absl::string_view kind) const {
  int count = 0;
  for (const torch::jit::Node* node : graph_.graph->nodes()) {
    count += node->kind().toQualString() == kind;
  }
  return count;
}

}  // namespace graft::models::architecture
