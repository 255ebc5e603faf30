#include "models/architecture/source_session.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/architecture/graft_module.h"
#include "models/architecture/prelude/torch_prelude.h"
#include "models/architecture/stored_tensor.h"
#include "models/architecture/tensor_object.h"
#include "models/python/library_sources.h"
#include "models/python/parser.h"
#include "models/torch/deep_stack.h"
#include "models/zoo/zoo_sources.h"

namespace graft::models::architecture {
namespace {

using python::ErrorKind;
using python::Evaluator;
using python::ModuleObject;
using python::Value;

// Where expressions of the manifest are evaluated.
constexpr absl::string_view kScope = "_graft_manifest";

// The classes and functions that a file defines, for one who asks it for something else.
std::string DefinedIn(const ModuleObject& module) {
  std::vector<std::string> names;
  for (const python::StmtPtr& statement : module.parsed->body) {
    if (statement->kind == python::StmtKind::kClassDef) {
      names.push_back(static_cast<const python::ClassDefStmt&>(*statement).name);
    } else if (statement->kind == python::StmtKind::kFunctionDef) {
      names.push_back(static_cast<const python::FunctionDefStmt&>(*statement).name);
    }
  }
  constexpr size_t kFew = 12;
  const bool more = names.size() > kFew;
  if (more) names.resize(kFew);
  return absl::StrCat(absl::StrJoin(names, ", "), more ? " and more" : "");
}

[[noreturn]] void RaiseNoSuchName(Evaluator& ev, const ModuleObject& module,
                                  absl::string_view name) {
  const std::string defined = DefinedIn(module);
  ev.Raise(ErrorKind::kNameError,
           absl::StrCat(module.parsed->source->name(), " has no '", name, "'; it defines ",
                        defined.empty() ? "no class and no function" : defined));
}

std::vector<std::string> ZooModules() {
  std::vector<std::string> names;
  for (const python::EmbeddedSource& source : python::ZooSources()) {
    names.emplace_back(source.path.substr(0, source.path.rfind('.')));
  }
  return names;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SourceSession>> SourceSession::Open(
    const SourceSessionOptions& options) {
  std::unique_ptr<SourceSession> session(new SourceSession());
  session->options_ = options;
  const bool zoo =
      options.architecture && options.architecture->kind == ArchitectureSpec::Kind::kZoo;
  const bool own =
      options.architecture && options.architecture->kind == ArchitectureSpec::Kind::kSource;

  session->sources_ = std::make_unique<python::SourceTree>();
  python::SourceTree& sources = *session->sources_;
  if (own) {
    absl::StatusOr<std::string> name = sources.AddMain(options.architecture->source_path);
    if (!name.ok()) return name.status();
    session->module_name_ = *std::move(name);
  }
  for (const std::string& root : options.source_roots) {
    if (absl::Status status = sources.AddRoot(root); !status.ok()) return status;
  }

  session->recorder_ = std::make_unique<Recorder>(options.recorder);
  python::EvaluatorLimits limits;
  limits.stack_bytes = kDeepStackBytes / 2;
  session->evaluator_ = std::make_unique<Evaluator>(python::EvaluatorOptions{
      .sources = session->sources_.get(), .limits = limits, .cancelled = options.cancelled});
  DefineLibrarySources(*session->evaluator_, python::TorchPrelude());
  if (zoo) DefineLibrarySources(*session->evaluator_, python::ZooSources());
  DefineGraftModule(*session->evaluator_, *session->recorder_);

  // Names in expressions: what the architecture's file has, then what every such file imports.
  std::vector<std::string> places;
  if (own) places.push_back(session->module_name_);
  if (zoo) places = ZooModules();
  session->evaluator_->DefineModule(kScope, [places = std::move(places), own](
                                                Evaluator&, ModuleObject* module) {
    module->dynamic = [places, own](Evaluator& ev, absl::string_view name) -> std::optional<Value> {
      for (const std::string& place : places) {
        if (const auto found = ev.ImportModule(place)->GetAttr(ev, name)) return found;
      }
      if (name == "torch") return ev.ImportModule("torch");
      if (name == "nn") return ev.ImportModule("torch.nn");
      if (name == "F") return ev.ImportModule("torch.nn.functional");
      if (own && !ev.builtins().contains(name)) {
        RaiseNoSuchName(ev, *ev.ImportModule(places[0]), name);
      }
      return std::nullopt;
    };
  });
  return session;
}

Value SourceSession::Evaluate(absl::string_view expression, absl::string_view key) {
  const auto source =
      std::make_shared<const python::SourceFile>(std::string(key), std::string(expression));
  absl::StatusOr<python::ExprPtr> parsed = python::ParseExpression(source);
  if (!parsed.ok()) ev().Raise(ErrorKind::kValueError, parsed.status().message());
  expressions_.push_back({source, *std::move(parsed)});
  return ev().Evaluate(*expressions_.back().tree, ev().ImportModule(kScope), *source);
}

Value SourceSession::MakeArchitecture() {
  return Evaluate(options_.architecture->expression, "architecture");
}

std::optional<Value> SourceSession::FindInSource(absl::string_view name) {
  if (module_name_.empty()) return std::nullopt;
  return ev().TryGetAttr(ev().ImportModule(module_name_), name);
}

Value SourceSession::TensorOf(const Weight& weight, std::shared_ptr<const void> owner) {
  std::shared_ptr<TensorData> data =
      TensorData::Constant(StoredTensor(weight, std::move(owner)), recorder().NextOrdinal());
  data->read_only = true;
  const TorchTypes& types = recorder().types(ev());
  auto* tensor = ev().heap().New<TensorObject>(
      ev(), &recorder(), weight.parameter ? types.parameter : types.tensor, std::move(data));
  tensor->set_requires_grad(weight.requires_grad);
  return tensor;
}

}  // namespace graft::models::architecture
