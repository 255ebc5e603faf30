#include "tests/models/python/ast_dump.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/models/python/expr_dump.h"

namespace graft::models::python {
namespace {

class Dump {
 public:
  void AddBody(const Body& body, int indent) {
    for (const StmtPtr& statement : body) AddStatement(*statement, indent);
  }
  std::string out;

 private:
  void Text(absl::string_view text) { out.append(text.data(), text.size()); }
  void Aliases(const std::vector<ImportAlias>& names);
  void AddStatement(const Stmt& statement, int indent);
  ABSL_ATTRIBUTE_NOINLINE void AddSimple(const Stmt& statement);
  ABSL_ATTRIBUTE_NOINLINE void AddIf(const IfStmt& first, int indent);
  void AddCompound(const Stmt& statement, int indent);
  void AddPattern(const Pattern& pattern);
  void AddPatterns(const std::vector<PatternPtr>& patterns);
  void Nested(absl::string_view name, const Body& body, int indent) {
    if (body.empty()) return;
    out.append(2 * indent, ' ');
    absl::StrAppend(&out, name, ":\n");
    AddBody(body, indent + 1);
  }

  ExprDump exprs_{&out};
};

void Dump::Aliases(const std::vector<ImportAlias>& names) {
  absl::StrAppend(&out, absl::StrJoin(names, ", ", [](std::string* to, const ImportAlias& alias) {
    absl::StrAppend(to, alias.name);
    if (!alias.as_name.empty()) absl::StrAppend(to, " as ", alias.as_name);
  }));
}

void Dump::AddStatement(const Stmt& statement, int indent) {
  out.append(2 * indent, ' ');
  switch (statement.kind) {
    case StmtKind::kIf:
    case StmtKind::kFor:
    case StmtKind::kWhile:
    case StmtKind::kFunctionDef:
    case StmtKind::kClassDef:
    case StmtKind::kTry:
    case StmtKind::kWith:
    case StmtKind::kMatch:
      return AddCompound(statement, indent);
    default:
      AddSimple(statement);
      Text("\n");
  }
}

void Dump::AddSimple(const Stmt& statement) {
  const auto open = [&](absl::string_view kind) {
    Text(kind);
    exprs_.Place(statement.range);
  };
  const auto part = [&](const ExprPtr& expr) {
    Text(" ");
    exprs_.Add(expr);
  };
  switch (statement.kind) {
    case StmtKind::kExpr:
      open("Expr");
      return part(static_cast<const ExprStmt&>(statement).value);
    case StmtKind::kAssign:
      open("Assign");
      Text(" ");
      exprs_.Add(static_cast<const AssignStmt&>(statement).targets);
      return part(static_cast<const AssignStmt&>(statement).value);
    case StmtKind::kAugAssign: {
      const auto& assign = static_cast<const AugAssignStmt&>(statement);
      open("AugAssign");
      Text(" ");
      exprs_.Add(assign.op);
      part(assign.target);
      return part(assign.value);
    }
    case StmtKind::kAnnAssign: {
      const auto& assign = static_cast<const AnnAssignStmt&>(statement);
      open("AnnAssign");
      part(assign.target);
      part(assign.annotation);
      return part(assign.value);
    }
    case StmtKind::kReturn:
      open("Return");
      return part(static_cast<const ReturnStmt&>(statement).value);
    case StmtKind::kImport:
      open("Import");
      Text(" ");
      return Aliases(static_cast<const ImportStmt&>(statement).names);
    case StmtKind::kImportFrom: {
      const auto& import = static_cast<const ImportFromStmt&>(statement);
      open("ImportFrom");
      absl::StrAppend(&out, " ", std::string(import.level, '.'), import.module, ": ");
      return Aliases(import.names);
    }
    case StmtKind::kRaise:
      open("Raise");
      part(static_cast<const RaiseStmt&>(statement).exception);
      return part(static_cast<const RaiseStmt&>(statement).cause);
    case StmtKind::kAssert:
      open("Assert");
      part(static_cast<const AssertStmt&>(statement).test);
      return part(static_cast<const AssertStmt&>(statement).message);
    case StmtKind::kPass:
      return open("Pass");
    case StmtKind::kBreak:
      return open("Break");
    case StmtKind::kContinue:
      return open("Continue");
    case StmtKind::kGlobal:
    case StmtKind::kNonlocal:
      open(statement.kind == StmtKind::kGlobal ? "Global" : "Nonlocal");
      absl::StrAppend(&out, " ",
                      absl::StrJoin(static_cast<const ScopeStmt&>(statement).names, ", "));
      return;
    case StmtKind::kDelete:
      open("Delete");
      Text(" ");
      return exprs_.Add(static_cast<const DeleteStmt&>(statement).targets);
    default:
      return;
  }
}

// Chains of `elif` are walked in a loop: they may be longer than the stack is deep.
void Dump::AddIf(const IfStmt& first, int indent) {
  const IfStmt* branch = &first;
  for (;;) {
    Text("If");
    exprs_.Begin(branch->range);
    Text(" ");
    exprs_.Add(branch->test);
    Text("\n");
    AddBody(branch->then, indent + 1);
    const Body& otherwise = branch->otherwise;
    if (otherwise.size() != 1 || otherwise[0]->kind != StmtKind::kIf) {
      return Nested("Else", otherwise, indent);
    }
    out.append(2 * indent, ' ');
    Text("Else:\n");
    out.append(2 * ++indent, ' ');
    branch = static_cast<const IfStmt*>(otherwise[0].get());
  }
}

void Dump::AddCompound(const Stmt& statement, int indent) {
  const auto open = [&](absl::string_view kind, bool is_async = false) {
    if (is_async) Text("Async");
    Text(kind);
    exprs_.Begin(statement.range);
  };
  const auto part = [&](const ExprPtr& expr) {
    Text(" ");
    exprs_.Add(expr);
  };
  const auto block = [&](const Body& body) {
    Text("\n");
    AddBody(body, indent + 1);
  };
  switch (statement.kind) {
    case StmtKind::kIf:
      return AddIf(static_cast<const IfStmt&>(statement), indent);
    case StmtKind::kFor: {
      const auto& loop = static_cast<const ForStmt&>(statement);
      open("For", loop.is_async);
      part(loop.target);
      part(loop.iterable);
      block(loop.body);
      return Nested("Else", loop.otherwise, indent);
    }
    case StmtKind::kWhile: {
      const auto& loop = static_cast<const WhileStmt&>(statement);
      open("While");
      part(loop.test);
      block(loop.body);
      return Nested("Else", loop.otherwise, indent);
    }
    case StmtKind::kFunctionDef: {
      const auto& function = static_cast<const FunctionDefStmt&>(statement);
      open(function.is_generator ? "Generator" : "Function", function.is_async);
      absl::StrAppend(&out, " ", function.name, " ");
      exprs_.Add(function.decorators);
      Text(" ");
      exprs_.Add(function.parameters);
      part(function.returns);
      return block(function.body);
    }
    case StmtKind::kClassDef: {
      const auto& definition = static_cast<const ClassDefStmt&>(statement);
      open("Class");
      absl::StrAppend(&out, " ", definition.name, " ");
      exprs_.Add(definition.decorators);
      Text(" ");
      exprs_.Add(definition.bases);
      Text(" ");
      exprs_.Add(definition.keywords);
      return block(definition.body);
    }
    case StmtKind::kTry: {
      const auto& attempt = static_cast<const TryStmt&>(statement);
      open(attempt.is_star ? "TryStar" : "Try");
      block(attempt.body);
      for (const ExceptHandler& handler : attempt.handlers) {
        out.append(2 * indent, ' ');
        Text("Except");
        exprs_.Begin(handler.range);
        part(handler.type);
        absl::StrAppend(&out, " ", handler.name.empty() ? "-" : handler.name);
        block(handler.body);
      }
      Nested("Else", attempt.otherwise, indent);
      return Nested("Finally", attempt.finally, indent);
    }
    case StmtKind::kWith: {
      const auto& with = static_cast<const WithStmt&>(statement);
      open("With", with.is_async);
      absl::string_view before = " ";
      for (const WithItem& item : with.items) {
        Text(before);
        before = ", ";
        exprs_.Add(item.context);
        Text(" as ");
        exprs_.Add(item.target);
      }
      return block(with.body);
    }
    default: {
      const auto& match = static_cast<const MatchStmt&>(statement);
      open("Match");
      part(match.subject);
      Text("\n");
      for (const MatchCase& one : match.cases) {
        out.append(2 * (indent + 1), ' ');
        Text("Case ");
        AddPattern(*one.pattern);
        part(one.guard);
        Text("\n");
        AddBody(one.body, indent + 2);
      }
    }
  }
}

void Dump::AddPatterns(const std::vector<PatternPtr>& patterns) {
  Text("[");
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (i > 0) Text(", ");
    AddPattern(*patterns[i]);
  }
  Text("]");
}

void Dump::AddPattern(const Pattern& pattern) {
  const auto open = [&](absl::string_view kind) {
    Text(kind);
    exprs_.Place(pattern.range);
    Text("(");
  };
  const auto name = [&](absl::string_view text, absl::string_view none) {
    Text(text.empty() ? none : text);
  };
  switch (pattern.kind) {
    case PatternKind::kValue:
      open("Value");
      exprs_.Add(static_cast<const ValuePattern&>(pattern).value);
      break;
    case PatternKind::kCapture: {
      const auto& capture = static_cast<const CapturePattern&>(pattern);
      open("Capture");
      if (capture.pattern == nullptr) {
        Text("-");
      } else {
        AddPattern(*capture.pattern);
      }
      Text(", ");
      name(capture.name, "_");
      break;
    }
    case PatternKind::kStar:
      open("Star");
      name(static_cast<const StarPattern&>(pattern).name, "_");
      break;
    case PatternKind::kSequence:
      open("Sequence");
      AddPatterns(static_cast<const SequencePattern&>(pattern).elements);
      break;
    case PatternKind::kMapping: {
      const auto& mapping = static_cast<const MappingPattern&>(pattern);
      open("Mapping");
      exprs_.Add(mapping.keys);
      Text(", ");
      AddPatterns(mapping.values);
      Text(", ");
      name(mapping.rest, "-");
      break;
    }
    case PatternKind::kClass: {
      const auto& cls = static_cast<const ClassPattern&>(pattern);
      open("Class");
      exprs_.Add(cls.cls);
      Text(", ");
      AddPatterns(cls.positional);
      Text(", [");
      for (size_t i = 0; i < cls.keywords.size(); ++i) {
        absl::StrAppend(&out, i > 0 ? ", " : "", cls.keywords[i].first, "=");
        AddPattern(*cls.keywords[i].second);
      }
      Text("]");
      break;
    }
    case PatternKind::kOr:
      open("Or");
      AddPatterns(static_cast<const OrPattern&>(pattern).alternatives);
      break;
  }
  Text(")");
}

}  // namespace

std::string DumpModule(const ParsedModule& module) {
  Dump dump;
  dump.AddBody(module.body, 0);
  return dump.out;
}

std::string DumpExpr(const Expr& expr) {
  std::string out;
  ExprDump(&out).Add(&expr);
  return out;
}

}  // namespace graft::models::python
