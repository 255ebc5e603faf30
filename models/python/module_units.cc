#include "models/python/module_units.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "models/python/ast.h"
#include "models/python/name_chain.h"
#include "models/python/objects.h"
#include "models/python/registrations.h"

namespace graft::models::python {
namespace {

// Literals, and what starts with `name`.
// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
bool NeedsOnly(const Expr& e, absl::string_view name) {
  switch (e.kind) {
    case ExprKind::kConstant:
      return true;
    case ExprKind::kName:
    case ExprKind::kAttribute: {
      const NameExpr* root = RootName(&e);
      return root != nullptr && root->name == name;
    }
    case ExprKind::kUnary:
      return NeedsOnly(*static_cast<const UnaryExpr&>(e).operand, name);
    case ExprKind::kTuple: {
      const auto& elements = static_cast<const TupleExpr&>(e).elements;
      return std::all_of(elements.begin(), elements.end(),
                         [name](const ExprPtr& x) { return NeedsOnly(*x, name); });
    }
    case ExprKind::kList: {
      const auto& elements = static_cast<const ListExpr&>(e).elements;
      return std::all_of(elements.begin(), elements.end(),
                         [name](const ExprPtr& x) { return NeedsOnly(*x, name); });
    }
    case ExprKind::kCall: {
      const auto& call = static_cast<const CallExpr&>(e);
      const NameExpr* root = RootName(&e);
      return root != nullptr && root->name == name &&
             std::all_of(call.args.begin(), call.args.end(),
                         [name](const ExprPtr& x) { return NeedsOnly(*x, name); }) &&
             std::all_of(call.keywords.begin(), call.keywords.end(),
                         [name](const KeywordArg& k) { return NeedsOnly(*k.value, name); });
    }
    default:
      return false;
  }
}

struct Names {
  std::vector<std::string> bound = {};
  std::vector<std::string> changed = {};

  void Bind(absl::string_view name) { bound.emplace_back(name); }
  void Change(absl::string_view name) { changed.emplace_back(name); }
};

// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
void Target(const Expr& target, Names* names) {
  switch (target.kind) {
    case ExprKind::kName:
      names->Bind(static_cast<const NameExpr&>(target).name);
      break;
    case ExprKind::kTuple:
      for (const ExprPtr& e : static_cast<const TupleExpr&>(target).elements) Target(*e, names);
      break;
    case ExprKind::kList:
      for (const ExprPtr& e : static_cast<const ListExpr&>(target).elements) Target(*e, names);
      break;
    case ExprKind::kStarred:
      Target(*static_cast<const StarredExpr&>(target).value, names);
      break;
    default:
      if (const NameExpr* root = RootName(&target)) names->Change(root->name);
  }
}

// @N.put, @N.put("x"): what is defined is put into N, a name of the same file.
void Decorators(const std::vector<ExprPtr>& decorators, Names* names) {
  for (const ExprPtr& decorator : decorators) {
    if (decorator->kind == ExprKind::kName) continue;
    if (const NameExpr* root = RootName(decorator.get())) names->Change(root->name);
  }
}

// N.append(x), setattr(N, "x", y).
void Effect(const Expr& e, Names* names) {
  if (e.kind == ExprKind::kNamed) names->Bind(static_cast<const NamedExpr&>(e).name);
  if (e.kind != ExprKind::kCall) return;
  const auto& call = static_cast<const CallExpr&>(e);
  const Expr* changed = call.callee.get();
  if (changed->kind == ExprKind::kName) {
    if (static_cast<const NameExpr*>(changed)->name != "setattr" || call.args.empty()) return;
    changed = call.args[0].get();
  }
  if (const NameExpr* root = RootName(changed)) names->Change(root->name);
}

// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
void Collect(const Stmt& statement, Names* names);

// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
void Collect(const Body& body, Names* names) {
  for (const StmtPtr& statement : body) Collect(*statement, names);
}

// The names that a pattern binds.
// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
void Captures(const Pattern& pattern, Names* names) {
  switch (pattern.kind) {
    case PatternKind::kValue:
      break;
    case PatternKind::kCapture: {
      const auto& p = static_cast<const CapturePattern&>(pattern);
      if (p.pattern != nullptr) Captures(*p.pattern, names);
      if (!p.name.empty()) names->Bind(p.name);
      break;
    }
    case PatternKind::kStar:
      if (const std::string& name = static_cast<const StarPattern&>(pattern).name; !name.empty()) {
        names->Bind(name);
      }
      break;
    case PatternKind::kSequence:
      for (const PatternPtr& p : static_cast<const SequencePattern&>(pattern).elements) {
        Captures(*p, names);
      }
      break;
    case PatternKind::kMapping: {
      const auto& p = static_cast<const MappingPattern&>(pattern);
      for (const PatternPtr& value : p.values) Captures(*value, names);
      if (!p.rest.empty()) names->Bind(p.rest);
      break;
    }
    case PatternKind::kClass: {
      const auto& p = static_cast<const ClassPattern&>(pattern);
      for (const PatternPtr& value : p.positional) Captures(*value, names);
      for (const auto& [name, value] : p.keywords) Captures(*value, names);
      break;
    }
    case PatternKind::kOr:
      Captures(*static_cast<const OrPattern&>(pattern).alternatives[0], names);
      break;
  }
}

// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
void Collect(const Stmt& statement, Names* names) {
  switch (statement.kind) {
    case StmtKind::kExpr:
      Effect(*static_cast<const ExprStmt&>(statement).value, names);
      break;
    case StmtKind::kAssign:
      for (const ExprPtr& target : static_cast<const AssignStmt&>(statement).targets) {
        Target(*target, names);
      }
      break;
    case StmtKind::kAugAssign:
      Target(*static_cast<const AugAssignStmt&>(statement).target, names);
      break;
    case StmtKind::kAnnAssign:
      if (static_cast<const AnnAssignStmt&>(statement).value != nullptr) {
        Target(*static_cast<const AnnAssignStmt&>(statement).target, names);
      }
      break;
    case StmtKind::kIf: {
      const auto& s = static_cast<const IfStmt&>(statement);
      Collect(s.then, names);
      Collect(s.otherwise, names);
      break;
    }
    case StmtKind::kFor: {
      const auto& s = static_cast<const ForStmt&>(statement);
      Target(*s.target, names);
      Collect(s.body, names);
      Collect(s.otherwise, names);
      break;
    }
    case StmtKind::kWhile: {
      const auto& s = static_cast<const WhileStmt&>(statement);
      Collect(s.body, names);
      Collect(s.otherwise, names);
      break;
    }
    case StmtKind::kFunctionDef: {
      const auto& s = static_cast<const FunctionDefStmt&>(statement);
      names->Bind(s.name);
      Decorators(s.decorators, names);
      break;
    }
    case StmtKind::kClassDef: {
      const auto& s = static_cast<const ClassDefStmt&>(statement);
      names->Bind(s.name);
      Decorators(s.decorators, names);
      break;
    }
    case StmtKind::kImport:
      for (const ImportAlias& alias : static_cast<const ImportStmt&>(statement).names) {
        names->Bind(BoundBy(alias));
      }
      break;
    case StmtKind::kImportFrom:
      for (const ImportAlias& alias : static_cast<const ImportFromStmt&>(statement).names) {
        if (alias.name != "*") names->Bind(alias.as_name.empty() ? alias.name : alias.as_name);
      }
      break;
    case StmtKind::kTry: {
      const auto& s = static_cast<const TryStmt&>(statement);
      Collect(s.body, names);
      for (const ExceptHandler& handler : s.handlers) Collect(handler.body, names);
      Collect(s.otherwise, names);
      Collect(s.finally, names);
      break;
    }
    case StmtKind::kWith: {
      const auto& s = static_cast<const WithStmt&>(statement);
      for (const WithItem& item : s.items) {
        if (item.target != nullptr) Target(*item.target, names);
      }
      Collect(s.body, names);
      break;
    }
    case StmtKind::kMatch:
      for (const MatchCase& one : static_cast<const MatchStmt&>(statement).cases) {
        Captures(*one.pattern, names);
        Collect(one.body, names);
      }
      break;
    case StmtKind::kDelete:
      for (const ExprPtr& target : static_cast<const DeleteStmt&>(statement).targets) {
        Target(*target, names);
      }
      break;
    default:
      break;
  }
}

// Names that imports bind, outside of blocks and within.
absl::flat_hash_set<std::string> ImportedNames(const Body& body) {
  absl::flat_hash_set<std::string> imported;
  std::vector<const Body*> bodies = {&body};
  while (!bodies.empty()) {
    const Body& next = *bodies.back();
    bodies.pop_back();
    for (const StmtPtr& statement : next) {
      Names names;
      if (statement->kind == StmtKind::kImport || statement->kind == StmtKind::kImportFrom) {
        Collect(*statement, &names);
      } else if (statement->kind == StmtKind::kIf) {
        bodies.push_back(&static_cast<const IfStmt&>(*statement).then);
        bodies.push_back(&static_cast<const IfStmt&>(*statement).otherwise);
      } else if (statement->kind == StmtKind::kTry) {
        bodies.push_back(&static_cast<const TryStmt&>(*statement).body);
      }
      imported.insert(names.bound.begin(), names.bound.end());
    }
  }
  return imported;
}

// Whether a simple statement changes the imported `name` by literals and itself only.
bool ChangesImport(const Stmt& statement, absl::string_view name) {
  switch (statement.kind) {
    case StmtKind::kExpr:
      return NeedsOnly(*static_cast<const ExprStmt&>(statement).value, name);
    case StmtKind::kAssign: {
      const auto& s = static_cast<const AssignStmt&>(statement);
      return s.targets.size() == 1 && NeedsOnly(*s.targets[0], name) && NeedsOnly(*s.value, name);
    }
    default:
      return false;
  }
}

// TYPE_CHECKING, typing.TYPE_CHECKING, TYPE_CHECKING or SLOW_IMPORT
// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
bool IsTypeCheckingFlag(const Expr& test) {
  constexpr absl::string_view kFlag = "TYPE_CHECKING";
  switch (test.kind) {
    case ExprKind::kName:
      return static_cast<const NameExpr&>(test).name == kFlag;
    case ExprKind::kAttribute:
      return static_cast<const AttributeExpr&>(test).name == kFlag;
    case ExprKind::kBool: {
      const auto& either = static_cast<const BoolExpr&>(test);
      return !either.is_and &&
             std::any_of(either.values.begin(), either.values.end(),
                         [](const ExprPtr& value) { return IsTypeCheckingFlag(*value); });
    }
    default:
      return false;
  }
}

bool IsForTypeCheckers(const Stmt& statement) {
  return statement.kind == StmtKind::kIf &&
         IsTypeCheckingFlag(*static_cast<const IfStmt&>(statement).test);
}

// The imports of a branch for type checkers: those behind conditions on what is installed, too, but
// not those of what takes the place of what is not.
// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
void AddHints(ModuleObject* module, const Body& body) {
  for (const StmtPtr& statement : body) {
    if (statement->kind == StmtKind::kImportFrom) {
      module->hints.push_back(static_cast<const ImportFromStmt*>(statement.get()));
    } else if (statement->kind == StmtKind::kIf) {
      AddHints(module, static_cast<const IfStmt&>(*statement).then);
    } else if (statement->kind == StmtKind::kTry) {
      AddHints(module, static_cast<const TryStmt&>(*statement).body);
      AddHints(module, static_cast<const TryStmt&>(*statement).otherwise);
    }
  }
}

void AddBinder(ModuleObject* module, const std::string& name, size_t unit) {
  std::vector<size_t>& binders = module->binders[name];
  if (binders.empty() || binders.back() != unit) binders.push_back(unit);
}

void AddImport(ModuleObject* module, const Stmt& statement,
               const std::vector<ImportAlias>& aliases) {
  const bool from = statement.kind == StmtKind::kImportFrom;
  for (size_t i = 0; i < aliases.size(); ++i) {
    const size_t unit = module->units.size();
    module->units.push_back({.statement = &statement, .alias = static_cast<int32_t>(i)});
    if (aliases[i].name == "*") {
      module->star_imports.push_back(unit);
    } else {
      const ImportAlias& alias = aliases[i];
      AddBinder(module, from && alias.as_name.empty() ? alias.name : BoundBy(alias), unit);
    }
  }
}

}  // namespace

std::vector<UnitStore> FindUnits(ModuleObject* module) {
  std::vector<UnitStore> unit_stores;
  const Body& body = module->parsed->body;
  const absl::flat_hash_set<std::string> imported = ImportedNames(body);
  for (const StmtPtr& statement : body) {
    if (statement->kind == StmtKind::kImport) {
      AddImport(module, *statement, static_cast<const ImportStmt&>(*statement).names);
      continue;
    }
    if (statement->kind == StmtKind::kImportFrom) {
      AddImport(module, *statement, static_cast<const ImportFromStmt&>(*statement).names);
      continue;
    }
    Names names;
    if (IsForTypeCheckers(*statement)) {
      const auto& branch = static_cast<const IfStmt&>(*statement);
      AddHints(module, branch.then);
      Collect(branch.otherwise, &names);
    } else {
      Collect(*statement, &names);
    }
    bool optional = false;
    std::erase_if(names.changed, [&](const std::string& name) {
      if (!imported.contains(name)) return false;
      if (!ChangesImport(*statement, name)) return true;
      optional = true;
      return false;
    });
    std::vector<Store> stores = StoresOf(*statement);
    if (names.bound.empty() && names.changed.empty() && stores.empty()) continue;
    const size_t unit = module->units.size();
    module->units.push_back({.statement = statement.get(), .optional = optional});
    for (const std::string& name : names.bound) AddBinder(module, name, unit);
    for (const std::string& name : names.changed) AddBinder(module, name, unit);
    for (Store& store : stores) unit_stores.push_back({unit, std::move(store)});
  }
  return unit_stores;
}

}  // namespace graft::models::python
