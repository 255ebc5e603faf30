#include "models/python/scopes.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace graft::models::python {
namespace {

struct Variable {
  bool parameter = false;
  bool shared = false;  // used by a function within
  int32_t slot = -1;
  int32_t cell = -1;
};

struct Scope {
  enum class Kind : uint8_t { kModule, kClass, kFunction, kComprehension };
  struct Use {
    std::string name;
    Binding* binding;
  };

  Kind kind = Kind::kModule;
  Scope* parent = nullptr;
  ScopeLayout* layout = nullptr;  // null: of a module
  std::string class_name;         // of the innermost class around: for mangling
  bool in_method = false;         // a class is around
  absl::flat_hash_map<std::string, Variable> variables = {};
  std::vector<std::string> order = {};  // of the variables
  absl::flat_hash_set<std::string> globals = {};
  absl::flat_hash_set<std::string> nonlocals = {};
  std::vector<Use> uses = {};
  absl::flat_hash_map<std::string, int32_t> captured = {};  // name -> cell
};

class Resolver {
 public:
  void Module(ParsedModule* module) {
    Scope* scope = Open(Scope::Kind::kModule, nullptr, nullptr);
    Walk(scope, module->body);
    Finish();
  }

  void Expression(Expr* expression) {
    Scope* scope = Open(Scope::Kind::kModule, nullptr, nullptr);
    Walk(scope, expression);
    Finish();
  }

 private:
  Scope* Open(Scope::Kind kind, Scope* parent, ScopeLayout* layout) {
    Scope& scope = scopes_.emplace_back();
    scope.kind = kind;
    scope.parent = parent;
    scope.layout = layout;
    if (parent != nullptr) {
      scope.class_name = parent->class_name;
      scope.in_method = parent->in_method || parent->kind == Scope::Kind::kClass;
    }
    return &scope;
  }

  static void Mangle(const Scope* scope, std::string* name) {
    if (scope->class_name.empty() || !absl::StartsWith(*name, "__") ||
        absl::EndsWith(*name, "__") || absl::StrContains(*name, '.')) {
      return;
    }
    *name = absl::StrCat("_", scope->class_name, *name);
  }

  static void Declare(Scope* scope, const std::string& name, bool parameter = false) {
    if (scope->globals.contains(name) || scope->nonlocals.contains(name)) return;
    const auto [it, inserted] = scope->variables.try_emplace(name);
    if (inserted) scope->order.push_back(name);
    it->second.parameter |= parameter;
  }

  static void Use(Scope* scope, const std::string& name, Binding* binding) {
    scope->uses.push_back({name, binding});
  }

  static void Bind(Scope* scope, std::string* name, Binding* binding) {
    Mangle(scope, name);
    Declare(scope, *name);
    Use(scope, *name, binding);
  }

  void Walk(Scope* scope, std::vector<ExprPtr>& expressions) {
    for (ExprPtr& expression : expressions) Walk(scope, expression.get());
  }

  void Walk(Scope* scope, std::vector<KeywordArg>& keywords) {
    for (KeywordArg& keyword : keywords) Walk(scope, keyword.value.get());
  }

  // Names that are assigned to become the scope's variables.
  void Target(Scope* scope, Expr* target) {
    switch (target->kind) {
      case ExprKind::kName: {
        auto& name = static_cast<NameExpr&>(*target);
        Bind(scope, &name.name, &name.binding);
        break;
      }
      case ExprKind::kTuple:
        for (ExprPtr& e : static_cast<TupleExpr&>(*target).elements) Target(scope, e.get());
        break;
      case ExprKind::kList:
        for (ExprPtr& e : static_cast<ListExpr&>(*target).elements) Target(scope, e.get());
        break;
      case ExprKind::kStarred:
        Target(scope, static_cast<StarredExpr&>(*target).value.get());
        break;
      default:
        Walk(scope, target);
    }
  }

  void DeclareParameters(Scope* scope, Parameters* parameters) {
    const auto declare = [&](Parameter& parameter) {
      Mangle(scope, &parameter.name);
      Declare(scope, parameter.name, /*parameter=*/true);
    };
    for (Parameter& p : parameters->positional) declare(p);
    for (Parameter& p : parameters->keyword_only) declare(p);
    if (parameters->var_args != nullptr) declare(*parameters->var_args);
    if (parameters->var_kwargs != nullptr) declare(*parameters->var_kwargs);
  }

  void WalkDefaults(Scope* scope, Parameters* parameters) {
    for (Parameter& p : parameters->positional) Walk(scope, p.default_value.get());
    for (Parameter& p : parameters->keyword_only) Walk(scope, p.default_value.get());
  }

  void Comprehension(Scope* scope, ComprehensionExpr* expression) {
    Scope* inner = Open(Scope::Kind::kComprehension, scope, &expression->layout);
    bool first = true;
    for (ComprehensionFor& clause : expression->clauses) {
      // The first iterable is evaluated outside.
      Walk(first ? scope : inner, clause.iterable.get());
      first = false;
      Target(inner, clause.target.get());
      Walk(inner, clause.conditions);
    }
    Walk(inner, expression->element.get());
    Walk(inner, expression->value.get());
  }

  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
  void Walk(Scope* scope, Expr* expression) {
    if (expression == nullptr) return;
    switch (expression->kind) {
      case ExprKind::kConstant:
        break;
      case ExprKind::kName: {
        auto& e = static_cast<NameExpr&>(*expression);
        Mangle(scope, &e.name);
        Use(scope, e.name, &e.binding);
        break;
      }
      case ExprKind::kAttribute: {
        auto& e = static_cast<AttributeExpr&>(*expression);
        Mangle(scope, &e.name);
        Walk(scope, e.object.get());
        break;
      }
      case ExprKind::kSubscript: {
        auto& e = static_cast<SubscriptExpr&>(*expression);
        Walk(scope, e.object.get());
        Walk(scope, e.index.get());
        break;
      }
      case ExprKind::kSlice: {
        auto& e = static_cast<SliceExpr&>(*expression);
        Walk(scope, e.lower.get());
        Walk(scope, e.upper.get());
        Walk(scope, e.step.get());
        break;
      }
      case ExprKind::kCall: {
        auto& e = static_cast<CallExpr&>(*expression);
        Walk(scope, e.callee.get());
        Walk(scope, e.args);
        Walk(scope, e.keywords);
        break;
      }
      case ExprKind::kUnary:
        Walk(scope, static_cast<UnaryExpr&>(*expression).operand.get());
        break;
      case ExprKind::kBinary: {
        auto& e = static_cast<BinaryExpr&>(*expression);
        Walk(scope, e.left.get());
        Walk(scope, e.right.get());
        break;
      }
      case ExprKind::kBool:
        Walk(scope, static_cast<BoolExpr&>(*expression).values);
        break;
      case ExprKind::kCompare:
        Walk(scope, static_cast<CompareExpr&>(*expression).operands);
        break;
      case ExprKind::kConditional: {
        auto& e = static_cast<ConditionalExpr&>(*expression);
        Walk(scope, e.test.get());
        Walk(scope, e.then.get());
        Walk(scope, e.otherwise.get());
        break;
      }
      case ExprKind::kLambda: {
        auto& e = static_cast<LambdaExpr&>(*expression);
        WalkDefaults(scope, &e.parameters);
        Scope* inner = Open(Scope::Kind::kFunction, scope, &e.layout);
        DeclareParameters(inner, &e.parameters);
        Walk(inner, e.body.get());
        break;
      }
      case ExprKind::kList:
        Walk(scope, static_cast<ListExpr&>(*expression).elements);
        break;
      case ExprKind::kTuple:
        Walk(scope, static_cast<TupleExpr&>(*expression).elements);
        break;
      case ExprKind::kSet:
        Walk(scope, static_cast<SetExpr&>(*expression).elements);
        break;
      case ExprKind::kDict:
        for (auto& [key, value] : static_cast<DictExpr&>(*expression).items) {
          Walk(scope, key.get());
          Walk(scope, value.get());
        }
        break;
      case ExprKind::kComprehension:
        Comprehension(scope, static_cast<ComprehensionExpr*>(expression));
        break;
      case ExprKind::kJoinedStr:
        Walk(scope, static_cast<JoinedStrExpr&>(*expression).parts);
        break;
      case ExprKind::kFormattedValue: {
        auto& e = static_cast<FormattedValueExpr&>(*expression);
        Walk(scope, e.value.get());
        Walk(scope, e.format_spec.get());
        break;
      }
      case ExprKind::kStarred:
        Walk(scope, static_cast<StarredExpr&>(*expression).value.get());
        break;
      case ExprKind::kNamed: {
        // Binds outside of the comprehensions around it.
        auto& e = static_cast<NamedExpr&>(*expression);
        Mangle(scope, &e.name);
        Scope* target = scope;
        while (target->kind == Scope::Kind::kComprehension) target = target->parent;
        Declare(target, e.name);
        Use(scope, e.name, &e.binding);
        Walk(scope, e.value.get());
        break;
      }
      case ExprKind::kYield:
      case ExprKind::kYieldFrom:
      case ExprKind::kAwait:
        Walk(scope, static_cast<YieldExpr&>(*expression).value.get());
        break;
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
  void Walk(Scope* scope, Body& body) {
    for (StmtPtr& statement : body) Walk(scope, statement.get());
  }

  // `global` and `nonlocal` hold for the whole scope, whatever stands before them.
  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
  void FindDeclarations(Scope* scope, const Body& body) {
    for (const StmtPtr& statement : body) {
      switch (statement->kind) {
        case StmtKind::kGlobal:
        case StmtKind::kNonlocal:
          for (std::string name : static_cast<const ScopeStmt&>(*statement).names) {
            Mangle(scope, &name);
            (statement->kind == StmtKind::kGlobal ? scope->globals : scope->nonlocals).insert(name);
          }
          break;
        case StmtKind::kIf: {
          const auto& s = static_cast<const IfStmt&>(*statement);
          FindDeclarations(scope, s.then);
          FindDeclarations(scope, s.otherwise);
          break;
        }
        case StmtKind::kFor: {
          const auto& s = static_cast<const ForStmt&>(*statement);
          FindDeclarations(scope, s.body);
          FindDeclarations(scope, s.otherwise);
          break;
        }
        case StmtKind::kWhile: {
          const auto& s = static_cast<const WhileStmt&>(*statement);
          FindDeclarations(scope, s.body);
          FindDeclarations(scope, s.otherwise);
          break;
        }
        case StmtKind::kTry: {
          const auto& s = static_cast<const TryStmt&>(*statement);
          FindDeclarations(scope, s.body);
          for (const ExceptHandler& handler : s.handlers) FindDeclarations(scope, handler.body);
          FindDeclarations(scope, s.otherwise);
          FindDeclarations(scope, s.finally);
          break;
        }
        case StmtKind::kWith:
          FindDeclarations(scope, static_cast<const WithStmt&>(*statement).body);
          break;
        case StmtKind::kMatch:
          for (const MatchCase& one : static_cast<const MatchStmt&>(*statement).cases) {
            FindDeclarations(scope, one.body);
          }
          break;
        default:
          break;
      }
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
  void Walk(Scope* scope, Stmt* statement) {
    switch (statement->kind) {
      case StmtKind::kExpr:
        Walk(scope, static_cast<ExprStmt&>(*statement).value.get());
        break;
      case StmtKind::kAssign: {
        auto& s = static_cast<AssignStmt&>(*statement);
        Walk(scope, s.value.get());
        for (ExprPtr& target : s.targets) Target(scope, target.get());
        break;
      }
      case StmtKind::kAugAssign: {
        auto& s = static_cast<AugAssignStmt&>(*statement);
        Target(scope, s.target.get());
        Walk(scope, s.value.get());
        break;
      }
      case StmtKind::kAnnAssign: {
        auto& s = static_cast<AnnAssignStmt&>(*statement);
        Walk(scope, s.value.get());
        Target(scope, s.target.get());
        break;
      }
      case StmtKind::kReturn:
        Walk(scope, static_cast<ReturnStmt&>(*statement).value.get());
        break;
      case StmtKind::kIf: {
        auto& s = static_cast<IfStmt&>(*statement);
        Walk(scope, s.test.get());
        Walk(scope, s.then);
        Walk(scope, s.otherwise);
        break;
      }
      case StmtKind::kFor: {
        auto& s = static_cast<ForStmt&>(*statement);
        Walk(scope, s.iterable.get());
        Target(scope, s.target.get());
        Walk(scope, s.body);
        Walk(scope, s.otherwise);
        break;
      }
      case StmtKind::kWhile: {
        auto& s = static_cast<WhileStmt&>(*statement);
        Walk(scope, s.test.get());
        Walk(scope, s.body);
        Walk(scope, s.otherwise);
        break;
      }
      case StmtKind::kFunctionDef: {
        auto& s = static_cast<FunctionDefStmt&>(*statement);
        Walk(scope, s.decorators);
        WalkDefaults(scope, &s.parameters);
        Bind(scope, &s.name, &s.binding);
        Scope* inner = Open(Scope::Kind::kFunction, scope, &s.layout);
        DeclareParameters(inner, &s.parameters);
        FindDeclarations(inner, s.body);
        Walk(inner, s.body);
        break;
      }
      case StmtKind::kClassDef: {
        auto& s = static_cast<ClassDefStmt&>(*statement);
        Walk(scope, s.decorators);
        Walk(scope, s.bases);
        Walk(scope, s.keywords);
        const std::string written = s.name;
        Bind(scope, &s.name, &s.binding);
        Scope* inner = Open(Scope::Kind::kClass, scope, &s.layout);
        inner->class_name =
            written.substr(std::min(written.find_first_not_of('_'), written.size()));
        FindDeclarations(inner, s.body);
        Walk(inner, s.body);
        break;
      }
      case StmtKind::kImport:
        for (ImportAlias& alias : static_cast<ImportStmt&>(*statement).names) {
          std::string name =
              alias.as_name.empty() ? alias.name.substr(0, alias.name.find('.')) : alias.as_name;
          Bind(scope, &name, &alias.binding);
        }
        break;
      case StmtKind::kImportFrom:
        for (ImportAlias& alias : static_cast<ImportFromStmt&>(*statement).names) {
          if (alias.name == "*") continue;
          std::string name = alias.as_name.empty() ? alias.name : alias.as_name;
          Bind(scope, &name, &alias.binding);
        }
        break;
      case StmtKind::kRaise: {
        auto& s = static_cast<RaiseStmt&>(*statement);
        Walk(scope, s.exception.get());
        Walk(scope, s.cause.get());
        break;
      }
      case StmtKind::kTry: {
        auto& s = static_cast<TryStmt&>(*statement);
        Walk(scope, s.body);
        for (ExceptHandler& handler : s.handlers) {
          Walk(scope, handler.type.get());
          if (!handler.name.empty()) Bind(scope, &handler.name, &handler.binding);
          Walk(scope, handler.body);
        }
        Walk(scope, s.otherwise);
        Walk(scope, s.finally);
        break;
      }
      case StmtKind::kWith: {
        auto& s = static_cast<WithStmt&>(*statement);
        for (WithItem& item : s.items) {
          Walk(scope, item.context.get());
          if (item.target != nullptr) Target(scope, item.target.get());
        }
        Walk(scope, s.body);
        break;
      }
      case StmtKind::kAssert: {
        auto& s = static_cast<AssertStmt&>(*statement);
        Walk(scope, s.test.get());
        Walk(scope, s.message.get());
        break;
      }
      case StmtKind::kDelete:
        for (ExprPtr& target : static_cast<DeleteStmt&>(*statement).targets) {
          Target(scope, target.get());
        }
        break;
      case StmtKind::kMatch: {
        auto& s = static_cast<MatchStmt&>(*statement);
        Walk(scope, s.subject.get());
        for (MatchCase& one : s.cases) {
          Walk(scope, one.pattern.get());
          Walk(scope, one.guard.get());
          Walk(scope, one.body);
        }
        break;
      }
      case StmtKind::kPass:
      case StmtKind::kBreak:
      case StmtKind::kContinue:
      case StmtKind::kGlobal:
      case StmtKind::kNonlocal:
        break;
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
  void Walk(Scope* scope, Pattern* pattern) {
    switch (pattern->kind) {
      case PatternKind::kValue:
        Walk(scope, static_cast<ValuePattern&>(*pattern).value.get());
        break;
      case PatternKind::kCapture: {
        auto& p = static_cast<CapturePattern&>(*pattern);
        if (p.pattern != nullptr) Walk(scope, p.pattern.get());
        if (!p.name.empty()) Bind(scope, &p.name, &p.binding);
        break;
      }
      case PatternKind::kStar: {
        auto& p = static_cast<StarPattern&>(*pattern);
        if (!p.name.empty()) Bind(scope, &p.name, &p.binding);
        break;
      }
      case PatternKind::kSequence:
        for (PatternPtr& p : static_cast<SequencePattern&>(*pattern).elements) {
          Walk(scope, p.get());
        }
        break;
      case PatternKind::kMapping: {
        auto& p = static_cast<MappingPattern&>(*pattern);
        Walk(scope, p.keys);
        for (PatternPtr& value : p.values) Walk(scope, value.get());
        if (!p.rest.empty()) Bind(scope, &p.rest, &p.rest_binding);
        break;
      }
      case PatternKind::kClass: {
        auto& p = static_cast<ClassPattern&>(*pattern);
        Walk(scope, p.cls.get());
        for (PatternPtr& value : p.positional) Walk(scope, value.get());
        for (auto& [name, value] : p.keywords) Walk(scope, value.get());
        break;
      }
      case PatternKind::kOr:
        for (PatternPtr& p : static_cast<OrPattern&>(*pattern).alternatives) Walk(scope, p.get());
        break;
    }
  }

  // The scope around `scope` whose variable `name` is; null: the module's.
  static Scope* Owner(Scope* scope, const std::string& name) {
    for (Scope* s = scope; s != nullptr && s->kind != Scope::Kind::kModule; s = s->parent) {
      if (s->kind == Scope::Kind::kClass && s != scope) continue;  // not seen from within
      if (s->globals.contains(name)) return nullptr;
      if (s->variables.contains(name)) return s;
    }
    return nullptr;
  }

  // The cell of `scope` that is `owner`'s variable, captured by all scopes between them.
  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
  static int32_t Capture(Scope* scope, Scope* owner, const std::string& name) {
    if (scope == owner) return scope->variables.at(name).cell;
    const auto found = scope->captured.find(name);
    if (found != scope->captured.end()) return found->second;
    const int32_t outer = Capture(scope->parent, owner, name);
    const auto cell = static_cast<int32_t>(scope->layout->cells.size());
    scope->layout->cells.push_back(name);
    scope->layout->captured.push_back(outer);
    scope->captured.emplace(name, cell);
    return cell;
  }

  void Finish() {
    for (Scope& scope : scopes_) {
      for (const Scope::Use& use : scope.uses) {
        Scope* owner = Owner(&scope, use.name);
        if (owner != nullptr && owner != &scope) owner->variables.at(use.name).shared = true;
      }
    }
    for (Scope& scope : scopes_) {
      if (scope.kind == Scope::Kind::kFunction || scope.kind == Scope::Kind::kComprehension) {
        LayOut(&scope);
      }
    }
    for (Scope& scope : scopes_) {
      for (const Scope::Use& use : scope.uses) *use.binding = Locate(&scope, use.name);
    }
  }

  static void LayOut(Scope* scope) {
    ScopeLayout& layout = *scope->layout;
    for (const std::string& name : scope->order) {
      Variable& variable = scope->variables.at(name);
      if (variable.parameter || !variable.shared) {
        variable.slot = static_cast<int32_t>(layout.slots.size());
        layout.slots.push_back(name);
      }
      if (variable.shared) {
        variable.cell = static_cast<int32_t>(layout.cells.size());
        layout.cells.push_back(name);
        if (variable.parameter) {
          layout.shared_parameters.push_back({variable.slot, variable.cell});
        }
      }
    }
    layout.own_cells = layout.cells.size();
  }

  static Binding Locate(Scope* scope, const std::string& name) {
    using Where = Binding::Where;
    Scope* owner = Owner(scope, name);
    if (owner == nullptr) {
      if (name == "__class__" && scope->in_method) return {.where = Where::kEnclosingClass};
      return {.where = Where::kGlobal};
    }
    if (owner->kind == Scope::Kind::kClass) return {.where = Where::kClass};
    if (owner == scope) {
      const Variable& variable = scope->variables.at(name);
      if (!variable.shared) return {.where = Where::kSlot, .index = variable.slot};
      return {.where = Where::kCell, .index = variable.cell};
    }
    return {.where = scope->kind == Scope::Kind::kClass ? Where::kClassCell : Where::kCell,
            .index = Capture(scope, owner, name)};
  }

  std::deque<Scope> scopes_;
};

}  // namespace

void ResolveScopes(ParsedModule* module) { Resolver().Module(module); }
void ResolveScopes(Expr* expression) { Resolver().Expression(expression); }

}  // namespace graft::models::python
