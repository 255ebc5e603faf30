#include "models/python/source_lines.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/evaluator.h"
#include "models/python/function_object.h"
#include "models/python/interpreter.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

// The blocks of a statement, in order.
std::vector<const Body*> BlocksOf(const Stmt& statement) {
  switch (statement.kind) {
    case StmtKind::kIf: {
      const auto& s = static_cast<const IfStmt&>(statement);
      return {&s.then, &s.otherwise};
    }
    case StmtKind::kFor: {
      const auto& s = static_cast<const ForStmt&>(statement);
      return {&s.body, &s.otherwise};
    }
    case StmtKind::kWhile: {
      const auto& s = static_cast<const WhileStmt&>(statement);
      return {&s.body, &s.otherwise};
    }
    case StmtKind::kFunctionDef:
      return {&static_cast<const FunctionDefStmt&>(statement).body};
    case StmtKind::kClassDef:
      return {&static_cast<const ClassDefStmt&>(statement).body};
    case StmtKind::kTry: {
      const auto& s = static_cast<const TryStmt&>(statement);
      std::vector<const Body*> blocks = {&s.body};
      for (const ExceptHandler& handler : s.handlers) blocks.push_back(&handler.body);
      blocks.push_back(&s.otherwise);
      blocks.push_back(&s.finally);
      return blocks;
    }
    case StmtKind::kWith:
      return {&static_cast<const WithStmt&>(statement).body};
    case StmtKind::kMatch: {
      std::vector<const Body*> blocks;
      for (const MatchCase& one : static_cast<const MatchStmt&>(statement).cases) {
        blocks.push_back(&one.body);
      }
      return blocks;
    }
    default:
      return {};
  }
}

int32_t LastLine(const Stmt& statement) {
  const Stmt* last = &statement;
  int32_t line = last->range.end_line;
  while (last != nullptr) {
    line = std::max(line, last->range.end_line);
    const std::vector<const Body*> blocks = BlocksOf(*last);
    last = nullptr;
    for (const Body* block : blocks) {
      if (!block->empty()) last = block->back().get();
    }
  }
  return line;
}

// The class statement at `range`; null: there is none.
const ClassDefStmt* FindClass(Evaluator& ev, const Body& top, const SourceRange& range) {
  std::vector<const Body*> bodies = {&top};
  while (!bodies.empty()) {
    const Body& body = *bodies.back();
    bodies.pop_back();
    ev.Step(static_cast<int64_t>(body.size()));
    for (const StmtPtr& statement : body) {
      if (statement->kind == StmtKind::kClassDef && statement->range.line == range.line &&
          statement->range.column == range.column) {
        return static_cast<const ClassDefStmt*>(statement.get());
      }
      const std::vector<const Body*> blocks = BlocksOf(*statement);
      bodies.insert(bodies.end(), blocks.begin(), blocks.end());
    }
  }
  return nullptr;
}

std::string Lines(Evaluator& ev, const SourceFile& file, const Stmt& statement,
                  const std::vector<ExprPtr>& decorators) {
  const int32_t first = decorators.empty() ? statement.range.line : decorators[0]->range.line;
  const int32_t last = LastLine(statement);
  ev.Step(1 + last - first);
  std::string text;
  for (int32_t line = first; line <= last; ++line) absl::StrAppend(&text, file.Line(line), "\n");
  return text;
}

}  // namespace

std::optional<std::string> SourceLines(Evaluator& ev, Value value) {
  if (const auto* method = value.As<MethodObject>()) return SourceLines(ev, method->function);
  if (const auto* module = value.As<ModuleObject>()) {
    if (module->parsed == nullptr) return std::nullopt;
    return std::string(module->parsed->source->text());
  }
  if (const auto* function = value.As<FunctionObject>()) {
    if (function->definition == nullptr) {
      return absl::StrCat(function->file->Line(function->lambda->range.line), "\n");
    }
    return Lines(ev, *function->file, *function->definition, function->definition->decorators);
  }
  const auto* cls = value.As<ClassObject>();
  if (cls == nullptr || cls->source == nullptr) return std::nullopt;
  const ModuleObject* module = ev.interpreter().loader().Imported(cls->module);
  if (module == nullptr || module->parsed == nullptr) return std::nullopt;
  const ClassDefStmt* definition = FindClass(ev, module->parsed->body, cls->range);
  if (definition == nullptr) return std::nullopt;
  return Lines(ev, *cls->source, *definition, definition->decorators);
}

}  // namespace graft::models::python
