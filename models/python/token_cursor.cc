#include "models/python/token_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/python/parser.h"

namespace graft::models::python {

TokenCursor::TokenCursor(const SourceFile& source, Lexer::Start start)
    : source_(source), lexer_(source, start) {
  ReadLine();
}

void TokenCursor::ReadLine() {
  next_ = 0;
  if (!lexer_.ReadLine(&tokens_)) Fail(lexer_.error().range, lexer_.error().message);
}

bool TokenCursor::AtName(absl::string_view name) const {
  return At(TokenKind::kName) && Text(Peek()) == name;
}

TokenKind TokenCursor::KindAhead(size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)].kind;
}

bool TokenCursor::LineEndsWith(TokenKind kind) const {
  return tokens_.size() > 1 && tokens_[tokens_.size() - 2].kind == kind;
}

const Token& TokenCursor::Take() {
  previous_ = tokens_[next_];
  if (next_ + 1 < tokens_.size()) {
    ++next_;
  } else if (previous_.kind != TokenKind::kEnd) {
    ReadLine();
  }
  return previous_;
}

bool TokenCursor::Accept(TokenKind kind) {
  if (!At(kind)) return false;
  Take();
  return true;
}

bool TokenCursor::Expect(TokenKind kind, absl::string_view expected) {
  if (Accept(kind)) return true;
  return FailExpected(expected.empty() ? absl::StrCat("'", Spelling(kind), "'") : expected);
}

bool TokenCursor::ExpectName(std::string* name, SourceRange* range) {
  if (!At(TokenKind::kName)) {
    if (!IsKeyword(kind())) return FailExpected("a name");
    return Fail(Peek().range, absl::StrCat("expected a name; '", Spelling(kind()),
                                           "' is a keyword and cannot be one"));
  }
  Take();
  *name = std::string(Text(previous_));
  if (range != nullptr) *range = previous_.range;
  return true;
}

SourceRange TokenCursor::Since(const SourceRange& first) const {
  return {.line = first.line,
          .column = first.column,
          .end_line = previous_.range.end_line,
          .end_column = previous_.range.end_column};
}

bool TokenCursor::Fail(const SourceRange& range, std::string message) {
  if (!failed_) error_ = SyntaxError{.range = range, .message = std::move(message)};
  failed_ = true;
  next_ = 0;
  tokens_ = {Token{.kind = TokenKind::kEnd, .range = range}};
  return false;
}

bool TokenCursor::FailExpected(absl::string_view expected, absl::string_view hint) {
  return Fail(Peek().range,
              absl::StrCat("expected ", expected, ", found ", Describe(Peek(), source_), hint));
}

absl::Status TokenCursor::status() const { return ToStatus(error_, source_); }

TokenCursor::Nesting::Nesting(TokenCursor* cursor) : cursor_(cursor) {
  if (++cursor_->nesting_ <= kMaxNesting) return;
  ok_ = cursor_->Fail(cursor_->Peek().range,
                      absl::StrCat("nested more than ", kMaxNesting, " levels deep"));
}

}  // namespace graft::models::python
