#include "models/python/parser.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/python/expression_parser.h"
#include "models/python/scopes.h"
#include "models/python/statement_parser.h"
#include "models/python/token_cursor.h"

namespace graft::models::python {
namespace {

absl::Status CheckSize(const SourceFile& source) {
  const size_t size = source.text().size();
  if (size <= kMaxSourceBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(source.name(), ": this source has ", size,
                                                 " bytes; at most ", kMaxSourceBytes, " are read"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ParsedModule>> ParseModule(
    std::shared_ptr<const SourceFile> source) {
  if (absl::Status size = CheckSize(*source); !size.ok()) return size;
  TokenCursor cursor(*source, Lexer::Start::kModule);
  auto module = std::make_unique<ParsedModule>();
  if (!StatementParser(&cursor).Module(&module->body)) return cursor.status();
  module->source = std::move(source);
  ResolveScopes(module.get());
  return module;
}

absl::StatusOr<ExprPtr> ParseExpression(const std::shared_ptr<const SourceFile>& source) {
  if (absl::Status size = CheckSize(*source); !size.ok()) return size;
  TokenCursor cursor(*source, Lexer::Start::kExpression);
  ExprPtr expr = ExpressionParser(&cursor).StarExpressions();
  if (!expr || !cursor.Expect(TokenKind::kNewline, "the end of the expression") ||
      !cursor.Expect(TokenKind::kEnd, "the end of the expression")) {
    return cursor.status();
  }
  ResolveScopes(expr.get());
  return expr;
}

}  // namespace graft::models::python
