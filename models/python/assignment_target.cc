#include "models/python/assignment_target.h"

namespace graft::models::python {
namespace {

const Expr* FindInElements(const std::vector<ExprPtr>& elements, TargetUse use) {
  bool has_star = false;
  for (const ExprPtr& element : elements) {
    const Expr* target = element.get();
    if (use == TargetUse::kAssign && target->kind == ExprKind::kStarred) {
      if (has_star) return target;
      has_star = true;
      target = static_cast<const StarredExpr*>(target)->value.get();
      if (target->kind == ExprKind::kStarred) return target;
    }
    if (const Expr* found = FindNonTarget(*target, use)) return found;
  }
  return nullptr;
}

absl::string_view NameOf(ConstantExpr::Type type) {
  switch (type) {
    case ConstantExpr::Type::kNone:
      return "None";
    case ConstantExpr::Type::kTrue:
      return "True";
    case ConstantExpr::Type::kFalse:
      return "False";
    case ConstantExpr::Type::kEllipsis:
      return "'...'";
    default:
      return "a literal";
  }
}

}  // namespace

const Expr* FindNonTarget(const Expr& expr, TargetUse use) {
  switch (expr.kind) {
    case ExprKind::kName:
    case ExprKind::kAttribute:
    case ExprKind::kSubscript:
      return nullptr;
    case ExprKind::kTuple:
      if (use == TargetUse::kSingle) return &expr;
      return FindInElements(static_cast<const TupleExpr&>(expr).elements, use);
    case ExprKind::kList:
      if (use == TargetUse::kSingle) return &expr;
      return FindInElements(static_cast<const ListExpr&>(expr).elements, use);
    default:
      return &expr;
  }
}

absl::string_view NameOf(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConstant:
      return NameOf(static_cast<const ConstantExpr&>(expr).type);
    case ExprKind::kName:
      return "a name";
    case ExprKind::kAttribute:
      return "an attribute";
    case ExprKind::kSubscript:
      return "a subscript";
    case ExprKind::kSlice:
      return "a slice";
    case ExprKind::kCall:
      return "a function call";
    case ExprKind::kUnary:
    case ExprKind::kBinary:
    case ExprKind::kBool:
      return "an expression";
    case ExprKind::kCompare:
      return "a comparison";
    case ExprKind::kConditional:
      return "a conditional expression";
    case ExprKind::kLambda:
      return "a lambda";
    case ExprKind::kList:
      return "a list";
    case ExprKind::kTuple:
      return "a tuple";
    case ExprKind::kSet:
      return "a set";
    case ExprKind::kDict:
      return "a dict";
    case ExprKind::kComprehension:
      return "a comprehension";
    case ExprKind::kJoinedStr:
    case ExprKind::kFormattedValue:
      return "an f-string";
    case ExprKind::kStarred:
      return "a starred expression";
    case ExprKind::kNamed:
      return "a named expression";
    case ExprKind::kYield:
    case ExprKind::kYieldFrom:
      return "a yield expression";
    case ExprKind::kAwait:
      return "an await expression";
  }
  return "an expression";
}

}  // namespace graft::models::python
