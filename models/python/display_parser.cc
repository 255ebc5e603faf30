// The expression parser's part for atoms and for what stands in brackets: displays, comprehensions,
// arguments and subscripts.
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "models/python/expression_parser.h"
#include "models/python/number_literal.h"

namespace graft::models::python {
namespace {

ConstantExpr::Type ConstantType(TokenKind kind) {
  switch (kind) {
    case TokenKind::kTrue:
      return ConstantExpr::Type::kTrue;
    case TokenKind::kFalse:
      return ConstantExpr::Type::kFalse;
    case TokenKind::kEllipsis:
      return ConstantExpr::Type::kEllipsis;
    default:
      return ConstantExpr::Type::kNone;
  }
}

}  // namespace

// Whether an expression, perhaps starred, can begin here.
bool ExpressionParser::AtExpression() const {
  switch (cursor_.kind()) {
    case TokenKind::kName:
    case TokenKind::kNumber:
    case TokenKind::kString:
    case TokenKind::kFStringStart:
    case TokenKind::kFalse:
    case TokenKind::kNone:
    case TokenKind::kTrue:
    case TokenKind::kAwait:
    case TokenKind::kLambda:
    case TokenKind::kNot:
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBracket:
    case TokenKind::kLeftBrace:
    case TokenKind::kEllipsis:
    case TokenKind::kPlus:
    case TokenKind::kMinus:
    case TokenKind::kStar:
    case TokenKind::kTilde:
      return true;
    default:
      return false;
  }
}

ExprPtr ExpressionParser::Atom() {
  switch (cursor_.kind()) {
    case TokenKind::kName:
      return Name();
    case TokenKind::kNumber:
      return Number();
    case TokenKind::kString:
    case TokenKind::kFStringStart:
      return Strings();
    case TokenKind::kNone:
    case TokenKind::kTrue:
    case TokenKind::kFalse:
    case TokenKind::kEllipsis:
      return Constant();
    case TokenKind::kLeftParen:
      return Group();
    case TokenKind::kLeftBracket:
      return ListDisplay();
    case TokenKind::kLeftBrace:
      return BraceDisplay();
    default:
      return FailNoExpression();
  }
}

// Where other languages' habits show, what Python writes.
ExprPtr ExpressionParser::FailNoExpression() {
  const TokenKind before = cursor_.previous().kind;
  const TokenKind here = cursor_.kind();
  absl::string_view hint;
  if (here == TokenKind::kExclamation) {
    hint = "; 'not' negates in Python";
  } else if (here == TokenKind::kAmpersand && before == TokenKind::kAmpersand) {
    hint = "; '&&' is 'and' in Python";
  } else if (here == TokenKind::kPipe && before == TokenKind::kPipe) {
    hint = "; '||' is 'or' in Python";
  } else if (here == TokenKind::kGreater && before == TokenKind::kLess) {
    hint = "; '<>' is '!=' in Python 3";
  } else if (here == TokenKind::kAssign && before == TokenKind::kEqual) {
    hint = "; '===' is '==' in Python";
  } else if (here == TokenKind::kNewline && before == TokenKind::kPlus) {
    hint = "; 'x++' is 'x += 1' in Python";
  } else if (here == TokenKind::kNewline && before == TokenKind::kMinus) {
    hint = "; 'x--' is 'x -= 1' in Python";
  } else if (IsKeyword(here)) {
    hint = ", a keyword";
  }
  cursor_.FailExpected("an expression", hint);
  return nullptr;
}

ExprPtr ExpressionParser::Name() {
  const Token& token = cursor_.Take();
  auto name = std::make_unique<NameExpr>();
  name->name = std::string(cursor_.Text(token));
  return Finish(token.range, std::move(name));
}

ExprPtr ExpressionParser::Constant() {
  const Token& token = cursor_.Take();
  auto constant = std::make_unique<ConstantExpr>();
  constant->type = ConstantType(token.kind);
  return Finish(token.range, std::move(constant));
}

ExprPtr ExpressionParser::Number() {
  const Token& token = cursor_.Take();
  auto constant = std::make_unique<ConstantExpr>();
  ReadNumber(cursor_.Text(token), constant.get());
  return Finish(token.range, std::move(constant));
}

// '(' ... ')': a group, a tuple or a generator expression.
ExprPtr ExpressionParser::Group() {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Take().range;
  if (cursor_.Accept(TokenKind::kRightParen)) return Finish(begin, std::make_unique<TupleExpr>());
  const bool is_yield = cursor_.At(TokenKind::kYield);
  ExprPtr first = is_yield ? Yield() : StarNamedExpression();
  if (!first) return nullptr;
  if (AtComprehension() && !is_yield) {
    return Comprehension(ComprehensionExpr::Type::kGenerator, begin, std::move(first), nullptr,
                         TokenKind::kRightParen);
  }
  if (cursor_.At(TokenKind::kComma) && !is_yield) {
    auto tuple = std::make_unique<TupleExpr>();
    if (!MoreElements(std::move(first), TokenKind::kRightParen, &tuple->elements)) return nullptr;
    return Finish(begin, std::move(tuple));
  }
  if (!cursor_.Expect(TokenKind::kRightParen, is_yield ? "')'" : "',' or ')'")) return nullptr;
  if (first->kind == ExprKind::kStarred) {
    cursor_.Fail(first->range, "a starred expression needs a tuple around it: (*x,)");
    return nullptr;
  }
  return first;
}

ExprPtr ExpressionParser::ListDisplay() {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Take().range;
  auto list = std::make_unique<ListExpr>();
  if (cursor_.Accept(TokenKind::kRightBracket)) return Finish(begin, std::move(list));
  ExprPtr first = StarNamedExpression();
  if (!first) return nullptr;
  if (AtComprehension()) {
    return Comprehension(ComprehensionExpr::Type::kList, begin, std::move(first), nullptr,
                         TokenKind::kRightBracket);
  }
  if (!MoreElements(std::move(first), TokenKind::kRightBracket, &list->elements)) return nullptr;
  return Finish(begin, std::move(list));
}

bool ExpressionParser::MoreElements(ExprPtr first, TokenKind closing,
                                    std::vector<ExprPtr>* elements) {
  elements->push_back(std::move(first));
  while (cursor_.Accept(TokenKind::kComma) && !cursor_.At(closing)) {
    elements->push_back(StarNamedExpression());
    if (!elements->back()) return false;
  }
  return cursor_.Expect(closing, absl::StrCat("',' or '", Spelling(closing), "'"));
}

// '{' ... '}': a dict, a set, or a comprehension of either.
ExprPtr ExpressionParser::BraceDisplay() {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Take().range;
  if (cursor_.Accept(TokenKind::kRightBrace)) return Finish(begin, std::make_unique<DictExpr>());
  if (cursor_.At(TokenKind::kDoubleStar)) return DictDisplay(begin);
  ExprPtr first = StarNamedExpression();
  if (!first) return nullptr;
  if (cursor_.At(TokenKind::kColon) && first->kind != ExprKind::kStarred) {
    return DictDisplay(begin, std::move(first));
  }
  if (AtComprehension()) {
    return Comprehension(ComprehensionExpr::Type::kSet, begin, std::move(first), nullptr,
                         TokenKind::kRightBrace);
  }
  auto set = std::make_unique<SetExpr>();
  if (!MoreElements(std::move(first), TokenKind::kRightBrace, &set->elements)) return nullptr;
  return Finish(begin, std::move(set));
}

// Behind '{' and, if `key` is given, the first key.
ExprPtr ExpressionParser::DictDisplay(const SourceRange& begin, ExprPtr key) {
  auto dict = std::make_unique<DictExpr>();
  do {
    if (cursor_.At(TokenKind::kRightBrace)) break;
    ExprPtr value;
    if (!key && cursor_.Accept(TokenKind::kDoubleStar)) {
      value = BitwiseOr();
    } else {
      if (!key) key = Expression();
      if (!key || !cursor_.Expect(TokenKind::kColon, "':' and the value of this key")) {
        return nullptr;
      }
      value = Expression();
    }
    if (!value) return nullptr;
    if (key && dict->items.empty() && AtComprehension()) {
      return Comprehension(ComprehensionExpr::Type::kDict, begin, std::move(key), std::move(value),
                           TokenKind::kRightBrace);
    }
    dict->items.emplace_back(std::exchange(key, nullptr), std::move(value));
  } while (cursor_.Accept(TokenKind::kComma));
  if (!cursor_.Expect(TokenKind::kRightBrace, "',' or '}'")) return nullptr;
  return Finish(begin, std::move(dict));
}

bool ExpressionParser::AtComprehension() const {
  return cursor_.At(TokenKind::kFor) ||
         (cursor_.At(TokenKind::kAsync) && cursor_.KindAhead(1) == TokenKind::kFor);
}

// The clauses behind `element`, and `closing`.
ExprPtr ExpressionParser::Comprehension(ComprehensionExpr::Type type, const SourceRange& begin,
                                        ExprPtr element, ExprPtr value, TokenKind closing) {
  if (element->kind == ExprKind::kStarred) {
    cursor_.Fail(element->range, "a comprehension makes one element at a time; '*' cannot unpack");
    return nullptr;
  }
  auto comprehension = std::make_unique<ComprehensionExpr>();
  comprehension->type = type;
  comprehension->element = std::move(element);
  comprehension->value = std::move(value);
  while (AtComprehension()) {
    if (!ComprehensionClause(&comprehension->clauses.emplace_back())) return nullptr;
  }
  if (type == ComprehensionExpr::Type::kGenerator && cursor_.At(TokenKind::kComma)) {
    cursor_.FailExpected("')'", "; a generator expression beside others needs its own parentheses");
    return nullptr;
  }
  if (!cursor_.Expect(closing)) return nullptr;
  return Finish(begin, std::move(comprehension));
}

// ['async'] 'for' targets 'in' disjunction ('if' disjunction)*
bool ExpressionParser::ComprehensionClause(ComprehensionFor* clause) {
  clause->is_async = cursor_.Accept(TokenKind::kAsync);
  cursor_.Take();
  clause->target = ForTargets();
  if (!clause->target || !cursor_.Expect(TokenKind::kIn)) return false;
  clause->iterable = Disjunction();
  if (!clause->iterable) return false;
  while (cursor_.Accept(TokenKind::kIf)) {
    clause->conditions.push_back(Disjunction());
    if (!clause->conditions.back()) return false;
  }
  return true;
}

bool ExpressionParser::Arguments(std::vector<ExprPtr>* args, std::vector<KeywordArg>* keywords) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return false;
  const SourceRange open = cursor_.Take().range;
  bool is_behind_unpacking = false;
  while (!cursor_.Accept(TokenKind::kRightParen)) {
    if (!Argument(is_behind_unpacking, args, keywords)) return false;
    if (!keywords->empty() && keywords->back().name.empty()) is_behind_unpacking = true;
    if (AtComprehension()) {
      if (args->size() != 1 || !keywords->empty()) {
        return cursor_.Fail(cursor_.Peek().range,
                            "a generator expression beside others needs its own parentheses");
      }
      args->back() = Comprehension(ComprehensionExpr::Type::kGenerator, open,
                                   std::move(args->back()), nullptr, TokenKind::kRightParen);
      return args->back() != nullptr;
    }
    if (!cursor_.Accept(TokenKind::kComma) && !cursor_.At(TokenKind::kRightParen)) {
      if (!cursor_.At(TokenKind::kAssign)) return cursor_.FailExpected("',' or ')'");
      return cursor_.FailExpected("',' or ')'",
                                  "; a keyword is a plain name, and equality is tested with '=='");
    }
  }
  return CheckKeywords(*keywords);
}

// NAME '=' expression | '**' expression | '*' expression | named_expression
bool ExpressionParser::Argument(bool is_behind_unpacking, std::vector<ExprPtr>* args,
                                std::vector<KeywordArg>* keywords) {
  const bool is_named = cursor_.KindAhead(1) == TokenKind::kAssign &&
                        (cursor_.At(TokenKind::kName) || IsKeyword(cursor_.kind()));
  if (is_named || cursor_.At(TokenKind::kDoubleStar)) {
    const SourceRange begin = cursor_.Peek().range;
    KeywordArg keyword;
    if (is_named && !cursor_.ExpectName(&keyword.name)) return false;
    cursor_.Take();
    keyword.value = Expression();
    if (!keyword.value) return false;
    keyword.range = cursor_.Since(begin);
    keywords->push_back(std::move(keyword));
    return true;
  }
  args->push_back(cursor_.At(TokenKind::kStar) ? StarredArgument() : NamedExpression());
  if (!args->back() || keywords->empty()) return args->back() != nullptr;
  const bool is_starred = args->back()->kind == ExprKind::kStarred;
  if (is_starred && !is_behind_unpacking) return true;
  return cursor_.Fail(args->back()->range,
                      is_starred ? "'*' cannot follow '**' among the arguments"
                                 : "a positional argument follows a keyword argument");
}

// '*' expression, of arguments and subscripts: binds less than in displays.
ExprPtr ExpressionParser::StarredArgument() {
  const SourceRange begin = cursor_.Take().range;
  auto starred = std::make_unique<StarredExpr>();
  starred->value = Expression();
  if (!starred->value) return nullptr;
  return Finish(begin, std::move(starred));
}

bool ExpressionParser::CheckKeywords(const std::vector<KeywordArg>& keywords) {
  if (keywords.size() < 2) return true;
  absl::flat_hash_set<absl::string_view> names;
  for (const KeywordArg& keyword : keywords) {
    if (keyword.name.empty() || names.insert(keyword.name).second) continue;
    return cursor_.Fail(keyword.range, absl::StrCat("a second argument for '", keyword.name, "'"));
  }
  return true;
}

// '[' ... ']' behind `object`.
ExprPtr ExpressionParser::Subscript(const SourceRange& begin, ExprPtr object) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  cursor_.Take();
  auto subscript = std::make_unique<SubscriptExpr>();
  subscript->object = std::move(object);
  subscript->index = SubscriptIndex();
  if (!subscript->index || !cursor_.Expect(TokenKind::kRightBracket, "',' or ']'")) return nullptr;
  return Finish(begin, std::move(subscript));
}

ExprPtr ExpressionParser::SubscriptIndex() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr first = SubscriptItem();
  if (!first) return nullptr;
  if (!cursor_.At(TokenKind::kComma) && first->kind != ExprKind::kStarred) return first;
  auto tuple = std::make_unique<TupleExpr>();
  tuple->elements.push_back(std::move(first));
  while (cursor_.Accept(TokenKind::kComma) && !cursor_.At(TokenKind::kRightBracket)) {
    tuple->elements.push_back(SubscriptItem());
    if (!tuple->elements.back()) return nullptr;
  }
  return Finish(begin, std::move(tuple));
}

// [expression] ':' [expression] [':' [expression]] | named_expression | '*' expression
ExprPtr ExpressionParser::SubscriptItem() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr lower;
  if (!cursor_.At(TokenKind::kColon)) {
    lower = cursor_.At(TokenKind::kStar) ? StarredArgument() : NamedExpression();
    if (!lower || !cursor_.At(TokenKind::kColon) || lower->kind == ExprKind::kStarred) return lower;
  }
  auto slice = std::make_unique<SliceExpr>();
  slice->lower = std::move(lower);
  cursor_.Take();
  const auto part = [this](ExprPtr* to) {
    if (!AtExpression()) return true;
    *to = Expression();
    return *to != nullptr;
  };
  if (!part(&slice->upper)) return nullptr;
  if (cursor_.Accept(TokenKind::kColon) && !part(&slice->step)) return nullptr;
  return Finish(begin, std::move(slice));
}

}  // namespace graft::models::python
