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
constexpr int kSum = 5;

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
      return {kSum, BinaryOp::kAdd};
    case TokenKind::kMinus:
      return {kSum, BinaryOp::kSub};
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
  if (statement_depth_ + height > kMaxTreeDepth) return FailTooDeep(expr->range);
  return expr;
}

ExprPtr ExpressionParser::FailTooDeep(const SourceRange& range) {
  cursor_.Fail(range, absl::StrCat("more than ", kMaxTreeDepth,
                                   " operators, calls or other steps that hang on each other; "
                                   "break this into several statements"));
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
  if (!value || !cursor_.At(TokenKind::kIf)) return value;
  return Conditional(begin, std::move(value));
}

ExprPtr ExpressionParser::Conditional(const SourceRange& begin, ExprPtr value) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  cursor_.Take();
  auto conditional = std::make_unique<ConditionalExpr>();
  conditional->then = std::move(value);
  conditional->test = Disjunction();
  if (!conditional->test ||
      !cursor_.Expect(TokenKind::kElse, "'else' with the value for the other case")) {
    return nullptr;
  }
  conditional->otherwise = Expression();
  if (!conditional->otherwise) return nullptr;
  return Finish(begin, std::move(conditional));
}

// NAME ':=' expression | expression
ExprPtr ExpressionParser::NamedExpression() {
  if (cursor_.At(TokenKind::kName) && cursor_.KindAhead(1) == TokenKind::kWalrus) {
    return NameAndValue();
  }
  ExprPtr value = Expression();
  if (value && cursor_.At(TokenKind::kWalrus)) {
    cursor_.Fail(value->range, "':=' can only assign to a plain name");
    return nullptr;
  }
  return value;
}

ExprPtr ExpressionParser::NameAndValue() {
  const SourceRange begin = cursor_.Take().range;
  auto named = std::make_unique<NamedExpr>();
  named->name = std::string(cursor_.Text(cursor_.previous()));
  cursor_.Take();
  named->value = Expression();
  if (!named->value) return nullptr;
  return Finish(begin, std::move(named));
}

ExprPtr ExpressionParser::Sum() { return Binary(kSum); }

// NAME ('.' NAME)*
ExprPtr ExpressionParser::DottedName() {
  const SourceRange begin = cursor_.Peek().range;
  if (!cursor_.At(TokenKind::kName)) return FailNoExpression();
  ExprPtr name = Name();
  while (name && cursor_.At(TokenKind::kDot)) name = Attribute(begin, std::move(name));
  return name;
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
  ++scope_->yields;
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

// Each kind of operator is two functions: one for the operand that it may begin with, one for the
// rest where there is an operator. The first take little stack where expressions nest, the second
// count as nesting.
ExprPtr ExpressionParser::Disjunction() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr first = Conjunction();
  if (!first || !cursor_.At(TokenKind::kOr)) return first;
  return BoolRest(begin, std::move(first), TokenKind::kOr);
}

ExprPtr ExpressionParser::Conjunction() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr first = Inversion();
  if (!first || !cursor_.At(TokenKind::kAnd)) return first;
  return BoolRest(begin, std::move(first), TokenKind::kAnd);
}

ExprPtr ExpressionParser::BoolRest(const SourceRange& begin, ExprPtr first, TokenKind op) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  auto expr = std::make_unique<BoolExpr>();
  expr->is_and = op == TokenKind::kAnd;
  expr->values.push_back(std::move(first));
  while (cursor_.Accept(op)) {
    expr->values.push_back(expr->is_and ? Inversion() : Conjunction());
    if (!expr->values.back()) return nullptr;
  }
  return Finish(begin, std::move(expr));
}

ExprPtr ExpressionParser::Inversion() {
  return cursor_.At(TokenKind::kNot) ? Unary(UnaryOp::kNot) : Comparison();
}

// An operator before its operand.
ExprPtr ExpressionParser::Unary(UnaryOp op) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Take().range;
  auto unary = std::make_unique<UnaryExpr>();
  unary->op = op;
  unary->operand = op == UnaryOp::kNot ? Inversion() : Factor();
  if (!unary->operand) return nullptr;
  return Finish(begin, std::move(unary));
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
  return ComparisonRest(begin, std::move(first), op);
}

ExprPtr ExpressionParser::ComparisonRest(const SourceRange& begin, ExprPtr first, CompareOp op) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
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
  if (!left || ToBinaryOperator(cursor_.kind()).precedence < least_precedence) return left;
  return BinaryRest(begin, std::move(left), least_precedence);
}

ExprPtr ExpressionParser::BinaryRest(const SourceRange& begin, ExprPtr left, int least_precedence) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
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
  switch (cursor_.kind()) {
    case TokenKind::kPlus:
      return Unary(UnaryOp::kPositive);
    case TokenKind::kMinus:
      return Unary(UnaryOp::kNegative);
    case TokenKind::kTilde:
      return Unary(UnaryOp::kInvert);
    default:
      return Power();
  }
}

// ['await'] primary ['**' factor]
ExprPtr ExpressionParser::Power() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr base = cursor_.At(TokenKind::kAwait) ? Await() : Primary();
  if (!base || !cursor_.At(TokenKind::kDoubleStar)) return base;
  return PowerRest(begin, std::move(base));
}

ExprPtr ExpressionParser::PowerRest(const SourceRange& begin, ExprPtr base) {
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

ExprPtr ExpressionParser::Await() {
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
    if (cursor_.At(TokenKind::kDot)) {
      value = Attribute(begin, std::move(value));
    } else if (cursor_.At(TokenKind::kLeftParen)) {
      value = Call(begin, std::move(value));
    } else if (cursor_.At(TokenKind::kLeftBracket)) {
      value = Subscript(begin, std::move(value));
    } else {
      break;
    }
  }
  return value;
}

ExprPtr ExpressionParser::Attribute(const SourceRange& begin, ExprPtr object) {
  cursor_.Take();
  auto attribute = std::make_unique<AttributeExpr>();
  attribute->object = std::move(object);
  if (!cursor_.ExpectName(&attribute->name, &attribute->name_range)) return nullptr;
  return Finish(begin, std::move(attribute));
}

ExprPtr ExpressionParser::Call(const SourceRange& begin, ExprPtr callee) {
  auto call = std::make_unique<CallExpr>();
  call->callee = std::move(callee);
  if (!Arguments(&call->args, &call->keywords)) return nullptr;
  return Finish(begin, std::move(call));
}

}  // namespace graft::models::python
