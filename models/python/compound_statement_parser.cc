// The statement parser's part for statements with blocks.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/pattern_parser.h"
#include "models/python/statement_parser.h"

namespace graft::models::python {

bool StatementParser::Statements(Body* body) {
  switch (cursor_.kind()) {
    case TokenKind::kIf:
    case TokenKind::kWhile:
    case TokenKind::kFor:
    case TokenKind::kTry:
    case TokenKind::kWith:
    case TokenKind::kDef:
    case TokenKind::kClass:
    case TokenKind::kAt:
    case TokenKind::kAsync:
      break;
    case TokenKind::kIndent:
      return cursor_.Fail(cursor_.Peek().range,
                          "this line is indented, but nothing above it opens a block");
    default:
      // `match` is a name elsewhere, where no line that begins with it can end with a colon.
      if (cursor_.AtName("match") && cursor_.LineEndsWith(TokenKind::kColon)) break;
      return SimpleStatements(body);
  }
  const int yields = Yields();
  StmtPtr statement = CompoundStatement();
  if (!statement) return false;
  statement->yields = Yields() > yields;
  body->push_back(std::move(statement));
  return true;
}

StmtPtr StatementParser::CompoundStatement() {
  switch (cursor_.kind()) {
    case TokenKind::kIf:
      return If();
    case TokenKind::kWhile:
      return While();
    case TokenKind::kFor:
      return For(cursor_.Peek().range, /*is_async=*/false);
    case TokenKind::kTry:
      return Try();
    case TokenKind::kWith:
      return With(cursor_.Peek().range, /*is_async=*/false);
    case TokenKind::kDef:
      return Function(cursor_.Peek().range, {}, /*is_async=*/false);
    case TokenKind::kClass:
      return Class({});
    case TokenKind::kAt:
      return Decorated();
    case TokenKind::kAsync:
      return Async({});
    default:
      return Match();
  }
}

bool StatementParser::Colon() {
  if (cursor_.Accept(TokenKind::kColon)) return true;
  absl::string_view hint;
  if (cursor_.At(TokenKind::kAssign)) hint = "; equality is tested with '=='";
  if (cursor_.previous().kind == TokenKind::kElse && cursor_.At(TokenKind::kIf)) {
    hint = "; Python writes 'elif'";
  }
  return cursor_.FailExpected("':'", hint);
}

// Behind the colon: statements on the same line, or an indented block.
bool StatementParser::Block(const SourceRange& begin, absl::string_view what, Body* body) {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return false;
  const int depth = expressions_.statement_depth();
  expressions_.set_statement_depth(depth + 1);
  if (!cursor_.Accept(TokenKind::kNewline)) {
    if (!SimpleStatements(body)) return false;
  } else {
    if (!cursor_.Accept(TokenKind::kIndent)) {
      return cursor_.Fail(cursor_.Peek().range,
                          absl::StrCat("expected an indented block behind ", what, " of line ",
                                       begin.line, "; an empty one is written 'pass'"));
    }
    while (!cursor_.Accept(TokenKind::kDedent)) {
      if (!Statements(body)) return false;
    }
  }
  expressions_.set_statement_depth(depth);
  return true;
}

bool StatementParser::ColonAndBlock(const SourceRange& begin, absl::string_view what,
                                    SourceRange* header, Body* body) {
  if (!Colon()) return false;
  *header = cursor_.Since(begin);
  return Block(begin, what, body);
}

bool StatementParser::OptionalBlock(TokenKind keyword, Body* body) {
  const SourceRange begin = cursor_.Peek().range;
  if (!cursor_.Accept(keyword)) return true;
  return Colon() && Block(begin, absl::StrCat("'", Spelling(keyword), "'"), body);
}

// The chain of `elif`s grows downwards, without recursion.
StmtPtr StatementParser::If() {
  auto first = std::make_unique<IfStmt>();
  IfStmt* last = first.get();
  const int depth = expressions_.statement_depth();
  absl::string_view what = "'if'";
  std::vector<std::pair<IfStmt*, int>> chain;  // with the yields above
  for (;;) {
    const SourceRange begin = cursor_.Take().range;
    last->test = expressions_.NamedExpression();
    if (!last->test || !ColonAndBlock(begin, what, &last->range, &last->then)) return nullptr;
    if (!cursor_.At(TokenKind::kElif)) break;
    what = "'elif'";
    expressions_.set_statement_depth(expressions_.statement_depth() + 1);
    auto next = std::make_unique<IfStmt>();
    chain.emplace_back(next.get(), Yields());
    IfStmt* const next_last = next.get();
    last->otherwise.push_back(std::move(next));
    last = next_last;
  }
  if (!OptionalBlock(TokenKind::kElse, &last->otherwise)) return nullptr;
  for (const auto& [branch, yields] : chain) branch->yields = Yields() > yields;
  expressions_.set_statement_depth(depth);
  return first;
}

bool StatementParser::LoopBody(const SourceRange& begin, absl::string_view what,
                               SourceRange* header, Body* body, Body* otherwise) {
  const bool is_in_outer_loop = std::exchange(is_in_loop_, true);
  if (!ColonAndBlock(begin, what, header, body)) return false;
  is_in_loop_ = is_in_outer_loop;
  return OptionalBlock(TokenKind::kElse, otherwise);
}

StmtPtr StatementParser::While() {
  const SourceRange begin = cursor_.Take().range;
  auto loop = std::make_unique<WhileStmt>();
  loop->test = expressions_.NamedExpression();
  if (!loop->test || !LoopBody(begin, "'while'", &loop->range, &loop->body, &loop->otherwise)) {
    return nullptr;
  }
  return loop;
}

StmtPtr StatementParser::For(SourceRange begin, bool is_async) {
  cursor_.Take();
  auto loop = std::make_unique<ForStmt>();
  loop->is_async = is_async;
  loop->target = expressions_.ForTargets();
  if (!loop->target || !cursor_.Expect(TokenKind::kIn)) return nullptr;
  loop->iterable = expressions_.StarExpressions();
  if (!loop->iterable || !LoopBody(begin, "'for'", &loop->range, &loop->body, &loop->otherwise)) {
    return nullptr;
  }
  return loop;
}

StmtPtr StatementParser::With(SourceRange begin, bool is_async) {
  cursor_.Take();
  auto with = std::make_unique<WithStmt>();
  with->is_async = is_async;
  const bool is_enclosed = HasParenthesizedItems();
  if (is_enclosed) cursor_.Take();
  do {
    if (is_enclosed && cursor_.At(TokenKind::kRightParen)) break;
    if (!OneWithItem(&with->items)) return nullptr;
  } while (cursor_.Accept(TokenKind::kComma));
  if (is_enclosed && !cursor_.Expect(TokenKind::kRightParen, "',' or ')'")) return nullptr;
  if (!ColonAndBlock(begin, "'with'", &with->range, &with->body)) return nullptr;
  return with;
}

// Whether '(' begins a list of items, as in `with (a as b, c):`, and not an expression.
bool StatementParser::HasParenthesizedItems() const {
  if (!cursor_.At(TokenKind::kLeftParen)) return false;
  int depth = 0;
  TokenKind before = TokenKind::kNewline;
  for (size_t i = 0;; ++i) {
    const TokenKind kind = cursor_.KindAhead(i);
    switch (kind) {
      case TokenKind::kLeftParen:
      case TokenKind::kLeftBracket:
      case TokenKind::kLeftBrace:
        ++depth;
        break;
      case TokenKind::kRightParen:
      case TokenKind::kRightBracket:
      case TokenKind::kRightBrace:
        if (--depth > 0) break;
        return before != TokenKind::kLeftParen && cursor_.KindAhead(i + 1) == TokenKind::kColon;
      case TokenKind::kWalrus:
      case TokenKind::kFor:
      case TokenKind::kYield:
        // Only an expression holds these between its own parentheses.
        if (depth == 1) return false;
        break;
      case TokenKind::kStar:
        if (depth == 1 && (before == TokenKind::kLeftParen || before == TokenKind::kComma)) {
          return false;
        }
        break;
      case TokenKind::kNewline:
      case TokenKind::kEnd:
        return false;
      default:
        break;
    }
    before = kind;
  }
}

// expression ['as' target]
bool StatementParser::OneWithItem(std::vector<WithItem>* items) {
  WithItem& item = items->emplace_back();
  item.context = expressions_.Expression();
  if (!item.context) return false;
  if (!cursor_.Accept(TokenKind::kAs)) return true;
  item.target = expressions_.WithTarget();
  return item.target != nullptr;
}

StmtPtr StatementParser::Try() {
  const SourceRange begin = cursor_.Take().range;
  auto statement = std::make_unique<TryStmt>();
  if (!ColonAndBlock(begin, "'try'", &statement->range, &statement->body)) return nullptr;
  while (cursor_.At(TokenKind::kExcept)) {
    if (!Handler(statement.get())) return nullptr;
  }
  if (!statement->handlers.empty() && !OptionalBlock(TokenKind::kElse, &statement->otherwise)) {
    return nullptr;
  }
  const bool has_finally = cursor_.At(TokenKind::kFinally);
  if (statement->handlers.empty() && !has_finally) {
    cursor_.FailExpected(absl::StrCat("'except' or 'finally' for the 'try' of line ", begin.line));
    return nullptr;
  }
  if (!OptionalBlock(TokenKind::kFinally, &statement->finally)) return nullptr;
  return statement;
}

// 'except' ['*'] [expression ['as' NAME]] block
bool StatementParser::Handler(TryStmt* statement) {
  const SourceRange begin = cursor_.Take().range;
  if (!statement->handlers.empty() && !statement->handlers.back().type) {
    return cursor_.Fail(begin, "no 'except' can follow the one that catches everything");
  }
  const SourceRange star = cursor_.Peek().range;
  const bool is_star = cursor_.Accept(TokenKind::kStar);
  if (!statement->handlers.empty() && is_star != statement->is_star) {
    return cursor_.Fail(star, "'except' and 'except*' cannot be mixed");
  }
  statement->is_star = is_star;
  ExceptHandler& handler = statement->handlers.emplace_back();
  if (is_star || !cursor_.At(TokenKind::kColon)) {
    handler.type = expressions_.Expression();
    if (!handler.type || !AsName(&handler.name)) return false;
    if (cursor_.At(TokenKind::kComma)) {
      return cursor_.FailExpected("':'", "; several types are written except (A, B) as error:");
    }
  }
  return ColonAndBlock(begin, "'except'", &handler.range, &handler.body);
}

// ('@' named_expression NEWLINE)+ (function | class)
StmtPtr StatementParser::Decorated() {
  std::vector<ExprPtr> decorators;
  while (cursor_.Accept(TokenKind::kAt)) {
    decorators.push_back(expressions_.NamedExpression());
    if (!decorators.back() ||
        !cursor_.Expect(TokenKind::kNewline, "the end of the decorator's line")) {
      return nullptr;
    }
  }
  switch (cursor_.kind()) {
    case TokenKind::kDef:
      return Function(cursor_.Peek().range, std::move(decorators), /*is_async=*/false);
    case TokenKind::kClass:
      return Class(std::move(decorators));
    case TokenKind::kAsync:
      return Async(std::move(decorators));
    default:
      cursor_.FailExpected("a function or a class behind its decorator");
      return nullptr;
  }
}

StmtPtr StatementParser::Async(std::vector<ExprPtr> decorators) {
  const SourceRange begin = cursor_.Take().range;
  if (cursor_.At(TokenKind::kDef)) return Function(begin, std::move(decorators), /*is_async=*/true);
  if (decorators.empty() && cursor_.At(TokenKind::kFor)) return For(begin, /*is_async=*/true);
  if (decorators.empty() && cursor_.At(TokenKind::kWith)) return With(begin, /*is_async=*/true);
  cursor_.FailExpected(decorators.empty() ? "'def', 'for' or 'with'" : "'def'");
  return nullptr;
}

// 'def' NAME [type_parameters] '(' parameters ')' ['->' expression] block
StmtPtr StatementParser::Function(SourceRange begin, std::vector<ExprPtr> decorators,
                                  bool is_async) {
  cursor_.Take();
  auto function = std::make_unique<FunctionDefStmt>();
  function->decorators = std::move(decorators);
  function->is_async = is_async;
  if (!cursor_.ExpectName(&function->name) || !TypeParameters() ||
      !cursor_.Expect(TokenKind::kLeftParen) ||
      !expressions_.ParameterList(ExpressionParser::ParameterStyle::kFunction,
                                  &function->parameters) ||
      !cursor_.Expect(TokenKind::kRightParen)) {
    return nullptr;
  }
  if (cursor_.Accept(TokenKind::kArrow)) {
    function->returns = expressions_.Expression();
    if (!function->returns) return nullptr;
  }
  FunctionScope own;
  FunctionScope* const outer = expressions_.scope();
  expressions_.set_scope(&own);
  const bool is_in_outer_loop = std::exchange(is_in_loop_, false);
  const bool ok = ColonAndBlock(begin, "'def'", &function->range, &function->body);
  expressions_.set_scope(outer);
  is_in_loop_ = is_in_outer_loop;
  if (!ok) return nullptr;
  function->is_generator = own.yields > 0;
  return function;
}

// 'class' NAME [type_parameters] ['(' arguments ')'] block
StmtPtr StatementParser::Class(std::vector<ExprPtr> decorators) {
  const SourceRange begin = cursor_.Take().range;
  auto definition = std::make_unique<ClassDefStmt>();
  definition->decorators = std::move(decorators);
  if (!cursor_.ExpectName(&definition->name) || !TypeParameters()) return nullptr;
  if (cursor_.At(TokenKind::kLeftParen) &&
      !expressions_.Arguments(&definition->bases, &definition->keywords)) {
    return nullptr;
  }
  FunctionScope* const outer = expressions_.scope();
  expressions_.set_scope(nullptr);
  const bool is_in_outer_loop = std::exchange(is_in_loop_, false);
  const bool ok = ColonAndBlock(begin, "'class'", &definition->range, &definition->body);
  expressions_.set_scope(outer);
  is_in_loop_ = is_in_outer_loop;
  if (!ok) return nullptr;
  return definition;
}

// ['[' ('*' NAME | '**' NAME | NAME [':' bound]), ... ']'], left out of the tree.
bool StatementParser::TypeParameters() {
  if (!cursor_.Accept(TokenKind::kLeftBracket)) return true;
  do {
    const bool is_variadic =
        cursor_.Accept(TokenKind::kStar) || cursor_.Accept(TokenKind::kDoubleStar);
    std::string name;
    if (!cursor_.ExpectName(&name)) return false;
    if (!is_variadic && cursor_.Accept(TokenKind::kColon) && !expressions_.Expression()) {
      return false;
    }
  } while (cursor_.Accept(TokenKind::kComma) && !cursor_.At(TokenKind::kRightBracket));
  return cursor_.Expect(TokenKind::kRightBracket, "',' or ']'");
}

// 'match' subject ':' NEWLINE INDENT case+ DEDENT
StmtPtr StatementParser::Match() {
  const SourceRange begin = cursor_.Take().range;
  auto match = std::make_unique<MatchStmt>();
  match->subject = expressions_.StarNamedExpressions();
  if (!match->subject || !Colon()) return nullptr;
  match->range = cursor_.Since(begin);
  if (!cursor_.Expect(TokenKind::kNewline) ||
      !cursor_.Expect(TokenKind::kIndent, "an indented 'case'")) {
    return nullptr;
  }
  do {
    if (!Case(match.get())) return nullptr;
  } while (!cursor_.Accept(TokenKind::kDedent));
  return match;
}

// 'case' pattern ['if' named_expression] block
bool StatementParser::Case(MatchStmt* match) {
  if (!cursor_.AtName("case")) return cursor_.FailExpected("'case'");
  if (!match->cases.empty() && match->cases.back().guard == nullptr &&
      !CheckReachable(&cursor_, *match->cases.back().pattern)) {
    return false;
  }
  const SourceRange begin = cursor_.Take().range;
  MatchCase one;
  one.pattern = PatternParser(&cursor_, &expressions_).Patterns();
  if (!one.pattern) return false;
  if (cursor_.Accept(TokenKind::kIf)) {
    one.guard = expressions_.NamedExpression();
    if (!one.guard) return false;
  }
  if (!ColonAndBlock(begin, "'case'", &one.range, &one.body)) return false;
  match->cases.push_back(std::move(one));
  return true;
}

}  // namespace graft::models::python
