#include "models/python/statement_parser.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace graft::models::python {
namespace {

std::optional<BinaryOp> AugmentedOperator(TokenKind kind) {
  switch (kind) {
    case TokenKind::kPlusAssign:
      return BinaryOp::kAdd;
    case TokenKind::kMinusAssign:
      return BinaryOp::kSub;
    case TokenKind::kStarAssign:
      return BinaryOp::kMul;
    case TokenKind::kSlashAssign:
      return BinaryOp::kDiv;
    case TokenKind::kDoubleSlashAssign:
      return BinaryOp::kFloorDiv;
    case TokenKind::kPercentAssign:
      return BinaryOp::kMod;
    case TokenKind::kAtAssign:
      return BinaryOp::kMatMul;
    case TokenKind::kDoubleStarAssign:
      return BinaryOp::kPow;
    case TokenKind::kAmpersandAssign:
      return BinaryOp::kBitAnd;
    case TokenKind::kPipeAssign:
      return BinaryOp::kBitOr;
    case TokenKind::kCaretAssign:
      return BinaryOp::kBitXor;
    case TokenKind::kLeftShiftAssign:
      return BinaryOp::kLeftShift;
    case TokenKind::kRightShiftAssign:
      return BinaryOp::kRightShift;
    default:
      return std::nullopt;
  }
}

// Where an expression follows this name: what was meant.
absl::string_view HintAt(absl::string_view name) {
  if (name == "print" || name == "exec") return "; it is a function in Python 3: put (...) around";
  if (name == "elseif" || name == "elsif") return "; Python writes 'elif'";
  return "";
}

}  // namespace

bool StatementParser::Module(Body* body) {
  expressions_.set_statement_depth(1);
  while (!cursor_.At(TokenKind::kEnd)) {
    if (!Statements(body)) return false;
  }
  return !cursor_.failed();
}

bool StatementParser::SimpleStatements(Body* body) {
  do {
    const SourceRange begin = cursor_.Peek().range;
    const int yields = Yields();
    StmtPtr statement = SimpleStatement();
    if (!statement) return false;
    statement->yields = Yields() > yields;
    statement->range = cursor_.Since(begin);
    body->push_back(std::move(statement));
  } while (cursor_.Accept(TokenKind::kSemicolon) && !cursor_.At(TokenKind::kNewline));
  return cursor_.Accept(TokenKind::kNewline) || FailStatementEnd(*body->back());
}

bool StatementParser::FailStatementEnd(const Stmt& statement) {
  absl::string_view hint;
  if (statement.kind == StmtKind::kExpr && expressions_.AtExpression()) {
    const Expr& value = *static_cast<const ExprStmt&>(statement).value;
    if (value.kind == ExprKind::kName) hint = HintAt(static_cast<const NameExpr&>(value).name);
  }
  return cursor_.FailExpected("the end of the statement", hint);
}

StmtPtr StatementParser::SimpleStatement() {
  switch (cursor_.kind()) {
    case TokenKind::kPass:
      cursor_.Take();
      return std::make_unique<SimpleStmt>(StmtKind::kPass);
    case TokenKind::kBreak:
      return LoopControl(StmtKind::kBreak);
    case TokenKind::kContinue:
      return LoopControl(StmtKind::kContinue);
    case TokenKind::kReturn:
      return Return();
    case TokenKind::kRaise:
      return Raise();
    case TokenKind::kGlobal:
      return Scope(StmtKind::kGlobal);
    case TokenKind::kNonlocal:
      return Scope(StmtKind::kNonlocal);
    case TokenKind::kDel:
      return Delete();
    case TokenKind::kAssert:
      return Assert();
    case TokenKind::kImport:
      return Import();
    case TokenKind::kFrom:
      return ImportFrom();
    case TokenKind::kElif:
    case TokenKind::kElse:
    case TokenKind::kExcept:
    case TokenKind::kFinally:
      cursor_.Fail(cursor_.Peek().range,
                   absl::StrCat("no statement of this indentation that '", Spelling(cursor_.kind()),
                                "' could belong to"));
      return nullptr;
    default:
      break;
  }
  // `type` is a name elsewhere.
  const TokenKind behind_name = cursor_.KindAhead(2);
  if (cursor_.AtName("type") && cursor_.KindAhead(1) == TokenKind::kName &&
      (behind_name == TokenKind::kAssign || behind_name == TokenKind::kLeftBracket)) {
    return TypeAlias();
  }
  return ExpressionStatement();
}

StmtPtr StatementParser::ExpressionStatement() {
  ExprPtr first = expressions_.YieldOrStarExpressions();
  if (!first) return nullptr;
  if (cursor_.At(TokenKind::kAssign)) return Assignment(std::move(first));
  if (const auto op = AugmentedOperator(cursor_.kind())) {
    return AugmentedAssignment(std::move(first), *op);
  }
  if (cursor_.At(TokenKind::kColon) && FindNonTarget(*first, TargetUse::kSingle) == nullptr) {
    return AnnotatedAssignment(std::move(first));
  }
  auto statement = std::make_unique<ExprStmt>();
  statement->value = std::move(first);
  return statement;
}

// (target '=')+ value
StmtPtr StatementParser::Assignment(ExprPtr first) {
  auto statement = std::make_unique<AssignStmt>();
  statement->value = std::move(first);
  while (cursor_.At(TokenKind::kAssign)) {
    if (!expressions_.CheckTarget(*statement->value, TargetUse::kAssign)) return nullptr;
    cursor_.Take();
    statement->targets.push_back(std::move(statement->value));
    statement->value = expressions_.YieldOrStarExpressions();
    if (!statement->value) return nullptr;
  }
  return statement;
}

StmtPtr StatementParser::AugmentedAssignment(ExprPtr target, BinaryOp op) {
  if (!expressions_.CheckTarget(*target, TargetUse::kSingle)) return nullptr;
  cursor_.Take();
  auto statement = std::make_unique<AugAssignStmt>();
  statement->target = std::move(target);
  statement->op = op;
  statement->value = expressions_.YieldOrStarExpressions();
  if (!statement->value) return nullptr;
  return statement;
}

// target ':' annotation ['=' value]
StmtPtr StatementParser::AnnotatedAssignment(ExprPtr target) {
  cursor_.Take();
  auto statement = std::make_unique<AnnAssignStmt>();
  statement->target = std::move(target);
  statement->annotation = expressions_.Expression();
  if (!statement->annotation) return nullptr;
  if (cursor_.Accept(TokenKind::kAssign)) {
    statement->value = expressions_.YieldOrStarExpressions();
    if (!statement->value) return nullptr;
  }
  return statement;
}

// break, continue
StmtPtr StatementParser::LoopControl(StmtKind kind) {
  const Token keyword = cursor_.Take();
  if (!is_in_loop_) {
    cursor_.Fail(keyword.range, absl::StrCat("'", Spelling(keyword.kind), "' outside a loop"));
    return nullptr;
  }
  return std::make_unique<SimpleStmt>(kind);
}

StmtPtr StatementParser::Return() {
  const SourceRange begin = cursor_.Take().range;
  if (expressions_.scope() == nullptr) {
    cursor_.Fail(begin, "'return' outside a function");
    return nullptr;
  }
  auto statement = std::make_unique<ReturnStmt>();
  if (expressions_.AtExpression()) {
    statement->value = expressions_.StarExpressions();
    if (!statement->value) return nullptr;
  }
  return statement;
}

// 'raise' [expression ['from' expression]]
StmtPtr StatementParser::Raise() {
  cursor_.Take();
  auto statement = std::make_unique<RaiseStmt>();
  if (!expressions_.AtExpression()) return statement;
  statement->exception = expressions_.Expression();
  if (!statement->exception) return nullptr;
  if (cursor_.Accept(TokenKind::kFrom)) {
    statement->cause = expressions_.Expression();
    if (!statement->cause) return nullptr;
  }
  return statement;
}

// global, nonlocal
StmtPtr StatementParser::Scope(StmtKind kind) {
  cursor_.Take();
  auto statement = std::make_unique<ScopeStmt>(kind);
  do {
    if (!cursor_.ExpectName(&statement->names.emplace_back())) return nullptr;
  } while (cursor_.Accept(TokenKind::kComma));
  return statement;
}

StmtPtr StatementParser::Delete() {
  cursor_.Take();
  auto statement = std::make_unique<DeleteStmt>();
  do {
    if (!statement->targets.empty() && !expressions_.AtExpression()) break;
    statement->targets.push_back(expressions_.Expression());
    if (!statement->targets.back() ||
        !expressions_.CheckTarget(*statement->targets.back(), TargetUse::kDelete)) {
      return nullptr;
    }
  } while (cursor_.Accept(TokenKind::kComma));
  return statement;
}

StmtPtr StatementParser::Assert() {
  cursor_.Take();
  auto statement = std::make_unique<AssertStmt>();
  statement->test = expressions_.Expression();
  if (!statement->test) return nullptr;
  if (cursor_.Accept(TokenKind::kComma)) {
    statement->message = expressions_.Expression();
    if (!statement->message) return nullptr;
  }
  return statement;
}

bool StatementParser::DottedName(std::string* name) {
  if (!cursor_.ExpectName(name)) return false;
  while (cursor_.Accept(TokenKind::kDot)) {
    std::string part;
    if (!cursor_.ExpectName(&part)) return false;
    absl::StrAppend(name, ".", part);
  }
  return true;
}

bool StatementParser::AsName(std::string* name) {
  return !cursor_.Accept(TokenKind::kAs) || cursor_.ExpectName(name);
}

StmtPtr StatementParser::Import() {
  cursor_.Take();
  auto statement = std::make_unique<ImportStmt>();
  do {
    ImportAlias& alias = statement->names.emplace_back();
    if (!DottedName(&alias.name) || !AsName(&alias.as_name)) return nullptr;
  } while (cursor_.Accept(TokenKind::kComma));
  return statement;
}

// 'from' '.'* [dotted_name] 'import' ('*' | '(' names ')' | names)
StmtPtr StatementParser::ImportFrom() {
  cursor_.Take();
  auto statement = std::make_unique<ImportFromStmt>();
  for (;;) {
    if (cursor_.Accept(TokenKind::kDot)) {
      statement->level += 1;
    } else if (cursor_.Accept(TokenKind::kEllipsis)) {
      statement->level += 3;
    } else {
      break;
    }
  }
  const bool is_relative_only = statement->level > 0 && cursor_.At(TokenKind::kImport);
  if (!is_relative_only && !DottedName(&statement->module)) return nullptr;
  if (!cursor_.Expect(TokenKind::kImport)) return nullptr;
  if (cursor_.Accept(TokenKind::kStar)) {
    statement->names.push_back({.name = "*", .as_name = ""});
    return statement;
  }
  const bool is_enclosed = cursor_.Accept(TokenKind::kLeftParen);
  const TokenKind closing = is_enclosed ? TokenKind::kRightParen : TokenKind::kNewline;
  if (!FromNames(closing, &statement->names)) return nullptr;
  return statement;
}

// Up to the end of the line, or to the ')' that is passed too.
bool StatementParser::FromNames(TokenKind closing, std::vector<ImportAlias>* names) {
  do {
    const bool is_enclosed = closing == TokenKind::kRightParen;
    if (is_enclosed && !names->empty() && cursor_.At(closing)) break;
    ImportAlias& alias = names->emplace_back();
    if (!cursor_.ExpectName(&alias.name) || !AsName(&alias.as_name)) return false;
  } while (cursor_.Accept(TokenKind::kComma));
  return closing == TokenKind::kNewline || cursor_.Expect(closing, "',' or ')'");
}

// 'type' NAME [type_parameters] '=' expression
StmtPtr StatementParser::TypeAlias() {
  cursor_.Take();
  std::string name;
  if (!cursor_.ExpectName(&name) || !TypeParameters() || !cursor_.Expect(TokenKind::kAssign) ||
      !expressions_.Expression()) {
    return nullptr;
  }
  return std::make_unique<SimpleStmt>(StmtKind::kPass);
}

}  // namespace graft::models::python
