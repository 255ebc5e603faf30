// Parses statements: the part of the parser above expressions.
//
//   TokenCursor cursor(source, Lexer::Start::kModule);
//   Body body;
//   if (!StatementParser(&cursor).Module(&body)) return cursor.status();
//
// A function that fails gives null or false and leaves the failure with the cursor.
//
// Threads: one at a time. Ownership: the cursor must outlive the parser.
#ifndef GRAFT_MODELS_PYTHON_STATEMENT_PARSER_H_
#define GRAFT_MODELS_PYTHON_STATEMENT_PARSER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/ast.h"
#include "models/python/expression_parser.h"
#include "models/python/source_file.h"
#include "models/python/token_cursor.h"

namespace graft::models::python {

class StatementParser {
 public:
  explicit StatementParser(TokenCursor* cursor) : cursor_(*cursor), expressions_(cursor) {}

  // Everything up to the end of the text.
  bool Module(Body* body);

 private:
  // `yield`s of the function whose body is being parsed, so far.
  int Yields() const { return expressions_.scope() == nullptr ? 0 : expressions_.scope()->yields; }

  // One line of simple statements, or one compound statement.
  bool Statements(Body* body);

  // Simple statements.
  bool SimpleStatements(Body* body);
  StmtPtr SimpleStatement();
  StmtPtr ExpressionStatement();
  StmtPtr Assignment(ExprPtr first);
  StmtPtr AugmentedAssignment(ExprPtr target, BinaryOp op);
  StmtPtr AnnotatedAssignment(ExprPtr target);
  StmtPtr LoopControl(StmtKind kind);
  StmtPtr Return();
  StmtPtr Raise();
  StmtPtr Scope(StmtKind kind);
  StmtPtr Delete();
  StmtPtr Assert();
  StmtPtr Import();
  StmtPtr ImportFrom();
  bool DottedName(std::string* name);
  bool AsName(std::string* name);
  bool FromNames(TokenKind closing, std::vector<ImportAlias>* names);
  StmtPtr TypeAlias();
  bool FailStatementEnd(const Stmt& statement);

  // Compound statements. `begin` is where one begins, `what` ("'if'") is for messages.
  StmtPtr CompoundStatement();
  bool Colon();
  bool Block(const SourceRange& begin, absl::string_view what, Body* body);
  bool ColonAndBlock(const SourceRange& begin, absl::string_view what, SourceRange* header,
                     Body* body);
  // `else` or `finally` with its block, if it is there.
  bool OptionalBlock(TokenKind keyword, Body* body);
  StmtPtr If();
  StmtPtr While();
  StmtPtr For(SourceRange begin, bool is_async);
  bool LoopBody(const SourceRange& begin, absl::string_view what, SourceRange* header, Body* body,
                Body* otherwise);
  StmtPtr With(SourceRange begin, bool is_async);
  bool HasParenthesizedItems() const;
  bool OneWithItem(std::vector<WithItem>* items);
  StmtPtr Try();
  bool Handler(TryStmt* statement);
  StmtPtr Decorated();
  StmtPtr Async(std::vector<ExprPtr> decorators);
  StmtPtr Function(SourceRange begin, std::vector<ExprPtr> decorators, bool is_async);
  StmtPtr Class(std::vector<ExprPtr> decorators);
  bool TypeParameters();
  StmtPtr Match();
  bool Case(MatchStmt* match);

  TokenCursor& cursor_;
  ExpressionParser expressions_;
  bool is_in_loop_ = false;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_STATEMENT_PARSER_H_
