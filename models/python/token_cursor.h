// A place in the tokens of a source text, with what every part of the parser needs there: look,
// step on, insist, and fail. The first failure stands; after it only kEnd is to be seen.
//
//   if (!cursor.Expect(TokenKind::kColon)) return nullptr;
//
// Threads: one at a time. Ownership: the source must outlive the cursor.
#ifndef GRAFT_MODELS_PYTHON_TOKEN_CURSOR_H_
#define GRAFT_MODELS_PYTHON_TOKEN_CURSOR_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/python/lexer.h"
#include "models/python/source_file.h"
#include "models/python/syntax_error.h"
#include "models/python/token.h"

namespace graft::models::python {

class TokenCursor {
 public:
  TokenCursor(const SourceFile& source, Lexer::Start start);
  TokenCursor(const TokenCursor&) = delete;
  TokenCursor& operator=(const TokenCursor&) = delete;

  const SourceFile& source() const { return source_; }

  const Token& Peek() const { return tokens_[next_]; }
  TokenKind kind() const { return tokens_[next_].kind; }
  bool At(TokenKind kind) const { return this->kind() == kind; }
  bool AtName(absl::string_view name) const;
  // Looks ahead within the logical line; kNewline or kEnd beyond its end.
  TokenKind KindAhead(size_t ahead) const;
  // Whether `kind` is the last token of the logical line.
  bool LineEndsWith(TokenKind kind) const;
  // Kind and range of the token passed last.
  const Token& previous() const { return previous_; }

  absl::string_view Text(const Token& token) const {
    return source_.text().substr(token.begin, token.end - token.begin);
  }

  // Steps on; what it passed stands until the next step.
  const Token& Take();
  bool Accept(TokenKind kind);
  // Fails with "expected ..., found ..." where another token stands. `expected`: what could stand
  // here, if more than `kind`.
  bool Expect(TokenKind kind, absl::string_view expected = "");
  // A name; keywords are none.
  bool ExpectName(std::string* name, SourceRange* range = nullptr);

  // From the begin of `first` to the end of the token passed last.
  SourceRange Since(const SourceRange& first) const;

  // Always false.
  bool Fail(const SourceRange& range, std::string message);
  // "expected ..., found ..." and `hint` behind it.
  bool FailExpected(absl::string_view expected, absl::string_view hint = "");
  bool failed() const { return failed_; }
  // Of the failure.
  absl::Status status() const;

  // Counts what the parser is in the middle of: see kMaxNesting.
  class Nesting {
   public:
    explicit Nesting(TokenCursor* cursor);
    ~Nesting() { --cursor_->nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    bool ok() const { return ok_; }

   private:
    TokenCursor* const cursor_;
    bool ok_ = true;
  };

 private:
  void ReadLine();

  const SourceFile& source_;
  Lexer lexer_;
  std::vector<Token> tokens_;  // of one logical line
  size_t next_ = 0;
  Token previous_;
  int nesting_ = 0;
  bool failed_ = false;
  SyntaxError error_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_TOKEN_CURSOR_H_
