#include "models/python/registrations.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "models/python/ast.h"
#include "models/python/name_chain.h"

namespace graft::models::python {
namespace {

// x, "b", "d" of x.b[c].d(...); empty: it starts with something else than a global name.
std::vector<std::string> PathOf(const Expr* e) {
  std::vector<std::string> path;
  const NameExpr* root = RootName(e, &path);
  if (root == nullptr || root->binding.where != Binding::Where::kGlobal) return {};
  path.push_back(root->name);
  std::reverse(path.begin(), path.end());
  return path;
}

// Walks statements, and the blocks within them.
class Finder {
 public:
  // `in_function`: names that are set are globals only where they are declared so, and functions
  // within are called sooner or later.
  explicit Finder(bool in_function) : in_function_(in_function) {}

  // NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
  void Walk(const Body& body) {
    for (const StmtPtr& statement : body) Walk(*statement);
  }

  // NOLINTNEXTLINE(misc-no-recursion): see above.
  void Walk(const Stmt& statement) {
    switch (statement.kind) {
      case StmtKind::kExpr:
        Call(static_cast<const ExprStmt&>(statement).value.get());
        break;
      case StmtKind::kReturn:
        Call(static_cast<const ReturnStmt&>(statement).value.get());
        break;
      case StmtKind::kAssign: {
        const auto& s = static_cast<const AssignStmt&>(statement);
        for (const ExprPtr& target : s.targets) Set(*target);
        Call(s.value.get());
        break;
      }
      case StmtKind::kAugAssign:
        Set(*static_cast<const AugAssignStmt&>(statement).target);
        break;
      case StmtKind::kAnnAssign:
        Set(*static_cast<const AnnAssignStmt&>(statement).target);
        break;
      case StmtKind::kIf: {
        const auto& s = static_cast<const IfStmt&>(statement);
        Walk(s.then);
        Walk(s.otherwise);
        break;
      }
      case StmtKind::kFor: {
        const auto& s = static_cast<const ForStmt&>(statement);
        Walk(s.body);
        Walk(s.otherwise);
        break;
      }
      case StmtKind::kWhile: {
        const auto& s = static_cast<const WhileStmt&>(statement);
        Walk(s.body);
        Walk(s.otherwise);
        break;
      }
      case StmtKind::kTry: {
        const auto& s = static_cast<const TryStmt&>(statement);
        Walk(s.body);
        for (const ExceptHandler& handler : s.handlers) Walk(handler.body);
        Walk(s.otherwise);
        Walk(s.finally);
        break;
      }
      case StmtKind::kWith:
        Walk(static_cast<const WithStmt&>(statement).body);
        break;
      case StmtKind::kMatch:
        for (const MatchCase& one : static_cast<const MatchStmt&>(statement).cases) Walk(one.body);
        break;
      case StmtKind::kFunctionDef: {
        const auto& s = static_cast<const FunctionDefStmt&>(statement);
        for (const ExprPtr& decorator : s.decorators) Add(decorator.get(), Store::Kind::kCall);
        if (in_function_) Walk(s.body);
        break;
      }
      case StmtKind::kClassDef: {
        const auto& s = static_cast<const ClassDefStmt&>(statement);
        for (const ExprPtr& decorator : s.decorators) Add(decorator.get(), Store::Kind::kCall);
        for (const ExprPtr& base : s.bases) Add(base.get(), Store::Kind::kDerive);
        for (const KeywordArg& keyword : s.keywords) {
          if (keyword.name == "metaclass") Add(keyword.value.get(), Store::Kind::kMeta);
        }
        break;
      }
      default:
        break;
    }
  }

  std::vector<Store> Take() { return std::move(stores_); }

 private:
  void Add(const Expr* e, Store::Kind kind) {
    std::vector<std::string> path = PathOf(e);
    if (!path.empty()) stores_.push_back({std::move(path), kind});
  }

  void Call(const Expr* e) {
    if (e != nullptr && e->kind == ExprKind::kCall) Add(e, Store::Kind::kCall);
  }

  void Set(const Expr& target) {
    const bool name = target.kind == ExprKind::kName;
    if (name ? in_function_
             : target.kind == ExprKind::kAttribute || target.kind == ExprKind::kSubscript) {
      Add(&target, Store::Kind::kSet);
    }
  }

  const bool in_function_;
  std::vector<Store> stores_;
};

// The statements of the top level, those in blocks with them.
template <typename Visit>
void ForEachStatement(const Body& top, const Visit& visit) {
  std::vector<const Body*> bodies = {&top};
  while (!bodies.empty()) {
    const Body& body = *bodies.back();
    bodies.pop_back();
    for (const StmtPtr& statement : body) {
      visit(*statement);
      if (statement->kind == StmtKind::kIf) {
        bodies.push_back(&static_cast<const IfStmt&>(*statement).then);
        bodies.push_back(&static_cast<const IfStmt&>(*statement).otherwise);
      } else if (statement->kind == StmtKind::kTry) {
        const auto& s = static_cast<const TryStmt&>(*statement);
        bodies.push_back(&s.body);
        for (const ExceptHandler& handler : s.handlers) bodies.push_back(&handler.body);
        bodies.push_back(&s.otherwise);
      }
    }
  }
}

// `target = value`; `value` is null where there is more than one of either.
// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
void AddAssigned(const Expr& target, const Expr* value, Origins* origins) {
  switch (target.kind) {
    case ExprKind::kName: {
      const bool chain = value != nullptr &&
                         (value->kind == ExprKind::kName || value->kind == ExprKind::kAttribute);
      (*origins)[static_cast<const NameExpr&>(target).name].push_back(
          {.same_as = chain ? PathOf(value) : std::vector<std::string>()});
      break;
    }
    case ExprKind::kTuple:
      for (const ExprPtr& e : static_cast<const TupleExpr&>(target).elements) {
        AddAssigned(*e, nullptr, origins);
      }
      break;
    case ExprKind::kList:
      for (const ExprPtr& e : static_cast<const ListExpr&>(target).elements) {
        AddAssigned(*e, nullptr, origins);
      }
      break;
    case ExprKind::kStarred:
      AddAssigned(*static_cast<const StarredExpr&>(target).value, nullptr, origins);
      break;
    default:
      break;
  }
}

}  // namespace

std::string BoundBy(const ImportAlias& alias) {
  return alias.as_name.empty() ? alias.name.substr(0, alias.name.find('.')) : alias.as_name;
}

std::vector<Store> StoresOf(const Stmt& statement) {
  Finder finder(/*in_function=*/false);
  finder.Walk(statement);
  return finder.Take();
}

std::vector<Store> StoresWithin(const FunctionDefStmt& function) {
  Finder finder(/*in_function=*/true);
  finder.Walk(function.body);
  return finder.Take();
}

Origins FindOrigins(const Body& body) {
  Origins origins;
  ForEachStatement(body, [&origins](const Stmt& statement) {
    switch (statement.kind) {
      case StmtKind::kFunctionDef: {
        const auto& s = static_cast<const FunctionDefStmt&>(statement);
        origins[s.name].push_back({.function = &s});
        break;
      }
      case StmtKind::kClassDef: {
        const auto& s = static_cast<const ClassDefStmt&>(statement);
        origins[s.name].push_back({.cls = &s});
        break;
      }
      case StmtKind::kImport: {
        const auto& s = static_cast<const ImportStmt&>(statement);
        for (size_t i = 0; i < s.names.size(); ++i) {
          origins[BoundBy(s.names[i])].push_back({.import = &s, .alias = i});
        }
        break;
      }
      case StmtKind::kImportFrom: {
        const auto& s = static_cast<const ImportFromStmt&>(statement);
        for (size_t i = 0; i < s.names.size(); ++i) {
          const ImportAlias& alias = s.names[i];
          if (alias.name == "*") continue;
          origins[alias.as_name.empty() ? alias.name : alias.as_name].push_back(
              {.from = &s, .alias = i});
        }
        break;
      }
      case StmtKind::kAssign: {
        const auto& s = static_cast<const AssignStmt&>(statement);
        for (const ExprPtr& target : s.targets) AddAssigned(*target, s.value.get(), &origins);
        break;
      }
      case StmtKind::kAnnAssign: {
        const auto& s = static_cast<const AnnAssignStmt&>(statement);
        AddAssigned(*s.target, s.value.get(), &origins);
        break;
      }
      default:
        break;
    }
  });
  return origins;
}

const FunctionDefStmt* FindMethod(const ClassDefStmt& cls, absl::string_view name) {
  for (const StmtPtr& statement : cls.body) {
    if (statement->kind != StmtKind::kFunctionDef) continue;
    const auto& method = static_cast<const FunctionDefStmt&>(*statement);
    if (method.name == name) return &method;
  }
  return nullptr;
}

bool IsStoringMethod(absl::string_view method) {
  constexpr absl::string_view kOfContainers[] = {"add",    "append",     "appendleft", "extend",
                                                 "insert", "setdefault", "update"};
  return absl::StartsWith(method, "register") ||
         std::find(std::begin(kOfContainers), std::end(kOfContainers), method) !=
             std::end(kOfContainers);
}

}  // namespace graft::models::python
