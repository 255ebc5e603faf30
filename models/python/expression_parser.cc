#include "models/python/expression_parser.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/python/parser.h"
#include "models/python/tree_height.h"

namespace graft::models::python {
namespace {

struct BinaryOperator {
  int precedence = 0;  // 0: the token is no such operator
  BinaryOp op = BinaryOp::kAdd;
};
constexpr int kBitwiseOr = 1;

BinaryOperator ToBinaryOperator(TokenKind kind) {
  switch (kind) {
    case TokenKind::kPipe:
      return {kBitwiseOr, BinaryOp::kBitOr};
    case TokenKind::kCaret:
      return {2, BinaryOp::kBitXor};
    case TokenKind::kAmpersand:
      return {3, BinaryOp::kBitAnd};
    case TokenKind::kLeftShift:
      return {4, BinaryOp::kLeftShift};
    case TokenKind::kRightShift:
      return {4, BinaryOp::kRightShift};
    case TokenKind::kPlus:
      return {5, BinaryOp::kAdd};
    case TokenKind::kMinus:
      return {5, BinaryOp::kSub};
    case TokenKind::kStar:
      return {6, BinaryOp::kMul};
    case TokenKind::kSlash:
      return {6, BinaryOp::kDiv};
    case TokenKind::kDoubleSlash:
      return {6, BinaryOp::kFloorDiv};
    case TokenKind::kPercent:
      return {6, BinaryOp::kMod};
    case TokenKind::kAt:
      return {6, BinaryOp::kMatMul};
    default:
      return {};
  }
}

}  // namespace

ExprPtr ExpressionParser::Finish(const SourceRange& begin, ExprPtr expr) {
  if (!expr) return nullptr;
  expr->range = cursor_.Since(begin);
  const int height = 1 + ChildrenHeight(*expr);
  expr->height = static_cast<uint16_t>(height);
  if (statement_depth_ + height <= kMaxTreeDepth) return expr;
  cursor_.Fail(expr->range, absl::StrCat("an expression of more than ", kMaxTreeDepth,
                                         " operators, calls and others that hang on each other; "
                                         "break it into several statements"));
  return nullptr;
}

bool ExpressionParser::CheckTarget(const Expr& expr, TargetUse use) {
  const Expr* const wrong = FindNonTarget(expr, use);
  if (wrong == nullptr) return true;
  if (use == TargetUse::kDelete) {
    return cursor_.Fail(wrong->range, absl::StrCat("cannot delete ", NameOf(*wrong)));
  }
  if (wrong->kind == ExprKind::kStarred) {
    return cursor_.Fail(wrong->range,
                        "one starred target can stand in a tuple or list of targets, not here");
  }
  return cursor_.Fail(
      wrong->range,
      absl::StrCat("cannot assign to ", NameOf(*wrong),
                   cursor_.At(TokenKind::kAssign) ? "; equality is tested with '=='" : ""));
}

// disjunction ['if' disjunction 'else' expression] | lambda
ExprPtr ExpressionParser::Expression() {
  if (cursor_.At(TokenKind::kLambda)) return Lambda();
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr value = Disjunction();
  if (!value || !cursor_.Accept(TokenKind::kIf)) return value;
  const TokenCursor::Nesting nesting(&cursor_);
  auto conditional = std::make_unique<ConditionalExpr>();
  conditional->then = std::move(value);
  conditional->test = Disjunction();
  if (!conditional->test) return nullptr;
  if (!nesting.ok() ||
      !cursor_.Expect(TokenKind::kElse, "'else' with the value for the other case")) {
    return nullptr;
  }
  conditional->otherwise = Expression();
  if (!conditional->otherwise) return nullptr;
  return Finish(begin, std::move(conditional));
}

// NAME ':=' expression | expression
ExprPtr ExpressionParser::NamedExpression() {
  const SourceRange begin = cursor_.Peek().range;
  if (cursor_.At(TokenKind::kName) && cursor_.KindAhead(1) == TokenKind::kWalrus) {
    auto named = std::make_unique<NamedExpr>();
    named->name = std::string(cursor_.Text(cursor_.Take()));
    cursor_.Take();
    named->value = Expression();
    if (!named->value) return nullptr;
    return Finish(begin, std::move(named));
  }
  ExprPtr value = Expression();
  if (value && cursor_.At(TokenKind::kWalrus)) {
    cursor_.Fail(value->range,
                 absl::StrCat("':=' assigns to a plain name, not to ", NameOf(*value)));
    return nullptr;
  }
  return value;
}

// '*' bitwise_or
ExprPtr ExpressionParser::Starred() {
  const SourceRange begin = cursor_.Take().range;
  auto starred = std::make_unique<StarredExpr>();
  starred->value = BitwiseOr();
  if (!starred->value) return nullptr;
  return Finish(begin, std::move(starred));
}

ExprPtr ExpressionParser::StarExpression() {
  return cursor_.At(TokenKind::kStar) ? Starred() : Expression();
}

ExprPtr ExpressionParser::StarNamedExpression() {
  return cursor_.At(TokenKind::kStar) ? Starred() : NamedExpression();
}

ExprPtr ExpressionParser::StarExpressions() {
  return TupleOrOne(&ExpressionParser::StarExpression);
}

ExprPtr ExpressionParser::StarNamedExpressions() {
  return TupleOrOne(&ExpressionParser::StarNamedExpression);
}

ExprPtr ExpressionParser::TupleOrOne(ExprPtr (ExpressionParser::*element)()) {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr first = (this->*element)();
  if (!first || !cursor_.At(TokenKind::kComma)) return first;
  auto tuple = std::make_unique<TupleExpr>();
  tuple->elements.push_back(std::move(first));
  while (cursor_.Accept(TokenKind::kComma) && AtExpression()) {
    tuple->elements.push_back((this->*element)());
    if (!tuple->elements.back()) return nullptr;
  }
  return Finish(begin, std::move(tuple));
}

ExprPtr ExpressionParser::YieldOrStarExpressions() {
  return cursor_.At(TokenKind::kYield) ? Yield() : StarExpressions();
}

// 'yield' 'from' expression | 'yield' [star_expressions]
ExprPtr ExpressionParser::Yield() {
  const SourceRange begin = cursor_.Take().range;
  if (scope_ == nullptr) {
    cursor_.Fail(begin, "'yield' outside a function");
    return nullptr;
  }
  scope_->is_generator = true;
  const bool is_from = cursor_.Accept(TokenKind::kFrom);
  auto yield = std::make_unique<YieldExpr>(is_from ? ExprKind::kYieldFrom : ExprKind::kYield);
  if (is_from || AtExpression()) {
    yield->value = is_from ? Expression() : StarExpressions();
    if (!yield->value) return nullptr;
  }
  return Finish(begin, std::move(yield));
}

// Targets bind closer than `in`.
ExprPtr ExpressionParser::OneTarget() {
  return cursor_.At(TokenKind::kStar) ? Starred() : BitwiseOr();
}

ExprPtr ExpressionParser::ForTargets() {
  ExprPtr target = TupleOrOne(&ExpressionParser::OneTarget);
  if (!target || !CheckTarget(*target, TargetUse::kAssign)) return nullptr;
  return target;
}

ExprPtr ExpressionParser::WithTarget() {
  ExprPtr target = OneTarget();
  if (!target || !CheckTarget(*target, TargetUse::kAssign)) return nullptr;
  return target;
}

ExprPtr ExpressionParser::Disjunction() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr first = Conjunction();
  if (!first || !cursor_.At(TokenKind::kOr)) return first;
  auto any = std::make_unique<BoolExpr>();
  any->is_and = false;
  any->values.push_back(std::move(first));
  while (cursor_.Accept(TokenKind::kOr)) {
    any->values.push_back(Conjunction());
    if (!any->values.back()) return nullptr;
  }
  return Finish(begin, std::move(any));
}

ExprPtr ExpressionParser::Conjunction() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr first = Inversion();
  if (!first || !cursor_.At(TokenKind::kAnd)) return first;
  auto all = std::make_unique<BoolExpr>();
  all->values.push_back(std::move(first));
  while (cursor_.Accept(TokenKind::kAnd)) {
    all->values.push_back(Inversion());
    if (!all->values.back()) return nullptr;
  }
  return Finish(begin, std::move(all));
}

ExprPtr ExpressionParser::Inversion() {
  if (!cursor_.At(TokenKind::kNot)) return Comparison();
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Take().range;
  auto inversion = std::make_unique<UnaryExpr>();
  inversion->operand = Inversion();
  if (!inversion->operand) return nullptr;
  return Finish(begin, std::move(inversion));
}

// Passes a comparison operator; false where there is none.
bool ExpressionParser::ComparisonOperator(CompareOp* op) {
  switch (cursor_.kind()) {
    case TokenKind::kEqual:
      *op = CompareOp::kEq;
      break;
    case TokenKind::kNotEqual:
      *op = CompareOp::kNotEq;
      break;
    case TokenKind::kLess:
      *op = CompareOp::kLess;
      break;
    case TokenKind::kLessEqual:
      *op = CompareOp::kLessEq;
      break;
    case TokenKind::kGreater:
      *op = CompareOp::kGreater;
      break;
    case TokenKind::kGreaterEqual:
      *op = CompareOp::kGreaterEq;
      break;
    case TokenKind::kIn:
      *op = CompareOp::kIn;
      break;
    case TokenKind::kNot:
      if (cursor_.KindAhead(1) != TokenKind::kIn) return false;
      cursor_.Take();
      *op = CompareOp::kNotIn;
      break;
    case TokenKind::kIs:
      *op = CompareOp::kIs;
      if (cursor_.KindAhead(1) == TokenKind::kNot) {
        cursor_.Take();
        *op = CompareOp::kIsNot;
      }
      break;
    default:
      return false;
  }
  cursor_.Take();
  return true;
}

ExprPtr ExpressionParser::Comparison() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr first = BitwiseOr();
  CompareOp op = CompareOp::kEq;
  if (!first || !ComparisonOperator(&op)) return first;
  auto comparison = std::make_unique<CompareExpr>();
  comparison->operands.push_back(std::move(first));
  do {
    comparison->ops.push_back(op);
    comparison->operands.push_back(BitwiseOr());
    if (!comparison->operands.back()) return nullptr;
  } while (ComparisonOperator(&op));
  return Finish(begin, std::move(comparison));
}

ExprPtr ExpressionParser::BitwiseOr() { return Binary(kBitwiseOr); }

// Precedence climbing: operators of `least_precedence` and closer, from left to right.
ExprPtr ExpressionParser::Binary(int least_precedence) {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr left = Factor();
  while (left) {
    const BinaryOperator found = ToBinaryOperator(cursor_.kind());
    if (found.precedence < least_precedence) break;
    cursor_.Take();
    auto binary = std::make_unique<BinaryExpr>();
    binary->op = found.op;
    binary->left = std::move(left);
    binary->right = Binary(found.precedence + 1);
    if (!binary->right) return nullptr;
    left = Finish(begin, std::move(binary));
  }
  return left;
}

// ('+' | '-' | '~') factor | power
ExprPtr ExpressionParser::Factor() {
  UnaryOp op = UnaryOp::kPositive;
  switch (cursor_.kind()) {
    case TokenKind::kPlus:
      break;
    case TokenKind::kMinus:
      op = UnaryOp::kNegative;
      break;
    case TokenKind::kTilde:
      op = UnaryOp::kInvert;
      break;
    default:
      return Power();
  }
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Take().range;
  auto unary = std::make_unique<UnaryExpr>();
  unary->op = op;
  unary->operand = Factor();
  if (!unary->operand) return nullptr;
  return Finish(begin, std::move(unary));
}

// await_primary ['**' factor]
ExprPtr ExpressionParser::Power() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr base = AwaitPrimary();
  if (!base || !cursor_.At(TokenKind::kDoubleStar)) return base;
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  cursor_.Take();
  auto power = std::make_unique<BinaryExpr>();
  power->op = BinaryOp::kPow;
  power->left = std::move(base);
  power->right = Factor();
  if (!power->right) return nullptr;
  return Finish(begin, std::move(power));
}

ExprPtr ExpressionParser::AwaitPrimary() {
  if (!cursor_.At(TokenKind::kAwait)) return Primary();
  const SourceRange begin = cursor_.Take().range;
  auto await = std::make_unique<YieldExpr>(ExprKind::kAwait);
  await->value = Primary();
  if (!await->value) return nullptr;
  return Finish(begin, std::move(await));
}

// atom ('.' NAME | '(' arguments ')' | '[' slices ']')*
ExprPtr ExpressionParser::Primary() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr value = Atom();
  while (value) {
    if (cursor_.Accept(TokenKind::kDot)) {
      auto attribute = std::make_unique<AttributeExpr>();
      attribute->object = std::move(value);
      if (!cursor_.ExpectName(&attribute->name, &attribute->name_range)) return nullptr;
      value = Finish(begin, std::move(attribute));
    } else if (cursor_.At(TokenKind::kLeftParen)) {
      auto call = std::make_unique<CallExpr>();
      call->callee = std::move(value);
      if (!Arguments(&call->args, &call->keywords)) return nullptr;
      value = Finish(begin, std::move(call));
    } else if (cursor_.At(TokenKind::kLeftBracket)) {
      value = Subscript(begin, std::move(value));
    } else {
      break;
    }
  }
  return value;
}

}  // namespace graft::models::python
