#include "models/python/tree_height.h"

#include <algorithm>

namespace graft::models::python {
namespace {

// The largest height of what it is given.
class Highest {
 public:
  void Add(const ExprPtr& expr) {
    if (expr) height_ = std::max<int>(height_, expr->height);
  }
  void Add(const std::vector<ExprPtr>& exprs) {
    for (const ExprPtr& expr : exprs) Add(expr);
  }
  void Add(const Parameter& parameter) {
    Add(parameter.annotation);
    Add(parameter.default_value);
  }
  void Add(const Parameters& parameters) {
    for (const Parameter& parameter : parameters.positional) Add(parameter);
    for (const Parameter& parameter : parameters.keyword_only) Add(parameter);
  }
  int height() const { return height_; }

 private:
  int height_ = 0;
};

}  // namespace

int ChildrenHeight(const Expr& expr) {
  Highest highest;
  switch (expr.kind) {
    case ExprKind::kConstant:
    case ExprKind::kName:
      break;
    case ExprKind::kAttribute:
      highest.Add(static_cast<const AttributeExpr&>(expr).object);
      break;
    case ExprKind::kSubscript:
      highest.Add(static_cast<const SubscriptExpr&>(expr).object);
      highest.Add(static_cast<const SubscriptExpr&>(expr).index);
      break;
    case ExprKind::kSlice: {
      const auto& slice = static_cast<const SliceExpr&>(expr);
      highest.Add(slice.lower);
      highest.Add(slice.upper);
      highest.Add(slice.step);
      break;
    }
    case ExprKind::kCall: {
      const auto& call = static_cast<const CallExpr&>(expr);
      highest.Add(call.callee);
      highest.Add(call.args);
      for (const KeywordArg& keyword : call.keywords) highest.Add(keyword.value);
      break;
    }
    case ExprKind::kUnary:
      highest.Add(static_cast<const UnaryExpr&>(expr).operand);
      break;
    case ExprKind::kBinary:
      highest.Add(static_cast<const BinaryExpr&>(expr).left);
      highest.Add(static_cast<const BinaryExpr&>(expr).right);
      break;
    case ExprKind::kBool:
      highest.Add(static_cast<const BoolExpr&>(expr).values);
      break;
    case ExprKind::kCompare:
      highest.Add(static_cast<const CompareExpr&>(expr).operands);
      break;
    case ExprKind::kConditional: {
      const auto& conditional = static_cast<const ConditionalExpr&>(expr);
      highest.Add(conditional.test);
      highest.Add(conditional.then);
      highest.Add(conditional.otherwise);
      break;
    }
    case ExprKind::kLambda:
      highest.Add(static_cast<const LambdaExpr&>(expr).parameters);
      highest.Add(static_cast<const LambdaExpr&>(expr).body);
      break;
    case ExprKind::kList:
      highest.Add(static_cast<const ListExpr&>(expr).elements);
      break;
    case ExprKind::kTuple:
      highest.Add(static_cast<const TupleExpr&>(expr).elements);
      break;
    case ExprKind::kSet:
      highest.Add(static_cast<const SetExpr&>(expr).elements);
      break;
    case ExprKind::kDict:
      for (const auto& [key, value] : static_cast<const DictExpr&>(expr).items) {
        highest.Add(key);
        highest.Add(value);
      }
      break;
    case ExprKind::kComprehension: {
      const auto& comprehension = static_cast<const ComprehensionExpr&>(expr);
      highest.Add(comprehension.element);
      highest.Add(comprehension.value);
      for (const ComprehensionFor& clause : comprehension.clauses) {
        highest.Add(clause.target);
        highest.Add(clause.iterable);
        highest.Add(clause.conditions);
      }
      break;
    }
    case ExprKind::kJoinedStr:
      highest.Add(static_cast<const JoinedStrExpr&>(expr).parts);
      break;
    case ExprKind::kFormattedValue:
      highest.Add(static_cast<const FormattedValueExpr&>(expr).value);
      highest.Add(static_cast<const FormattedValueExpr&>(expr).format_spec);
      break;
    case ExprKind::kStarred:
      highest.Add(static_cast<const StarredExpr&>(expr).value);
      break;
    case ExprKind::kNamed:
      highest.Add(static_cast<const NamedExpr&>(expr).value);
      break;
    case ExprKind::kYield:
    case ExprKind::kYieldFrom:
    case ExprKind::kAwait:
      highest.Add(static_cast<const YieldExpr&>(expr).value);
      break;
  }
  return highest.height();
}

}  // namespace graft::models::python
