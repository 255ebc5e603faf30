// Cuts Python source text into tokens, one logical line at a time: indentation, joined lines,
// comments, and the inside of f-strings are settled here.
//
//   Lexer lexer(source, Lexer::Start::kModule);
//   std::vector<Token> tokens;
//   while (lexer.ReadLine(&tokens) && tokens.back().kind != TokenKind::kEnd) { ... }
//
// Rules: docs.python.org/3.12/reference/lexical_analysis.html; the model is CPython's
// Parser/tokenizer.c. Time and memory are linear in the text, nothing recurses.
//
// Threads: one at a time. Ownership: the source must outlive the lexer.
#ifndef GRAFT_MODELS_PYTHON_LEXER_H_
#define GRAFT_MODELS_PYTHON_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/source_file.h"
#include "models/python/string_literal.h"
#include "models/python/syntax_error.h"
#include "models/python/token.h"

namespace graft::models::python {

class Lexer {
 public:
  enum class Start : uint8_t {
    kModule,
    kExpression,  // blanks before it are no indentation
  };
  Lexer(const SourceFile& source, Start start);

  // Reads the next logical line: kIndent or kDedents as far as the indentation changes, its tokens,
  // kNewline. After the last one: kDedents, kEnd. False for text that is no Python: see error().
  bool ReadLine(std::vector<Token>* tokens);

  const SyntaxError& error() const { return error_; }

 private:
  // Columns with tabs to eights, and with tabs of one: text that depends on what a tab is worth is
  // refused.
  struct Indentation {
    int32_t column = 0;
    int32_t tabs_as_one = 0;
  };
  struct Bracket {
    char open = '(';
    bool is_field = false;      // of the innermost f-string around it
    bool is_in_format = false;  // of a field: behind its colon
    SourceRange range;
  };
  struct FString {
    char quote = '"';
    bool is_triple = false;
    bool is_raw = false;
    size_t brackets = 0;  // open around it
    SourceRange range;    // of its start
  };
  struct Mark {
    size_t offset = 0;
    int32_t line = 0;
    int32_t column = 0;
  };

  char At(size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  bool AtEnd() const { return position_ >= text_.size(); }
  Mark Here() const;
  SourceRange Since(const Mark& mark) const;
  bool Fail(const SourceRange& range, std::string message);
  void Emit(TokenKind kind, const Mark& mark);

  bool CheckText();
  void PassLineBreak();
  void PassComment();
  bool PassContinuation();
  bool ReadIndentation();
  bool Indent(const Indentation& indentation);
  bool ReadToken();
  bool ReadName();
  bool ReadNumberToken();
  bool ReadOperator();
  bool OpenBracket(TokenKind kind);
  bool CloseBracket(TokenKind kind);
  bool FailUnclosed();

  bool ReadString(const StringPrefix& prefix);
  bool FailUnterminated(const SourceRange& begin, bool is_triple);
  bool IsInFStringText() const;
  bool AtQuotes(char quote, bool is_triple) const;
  bool ReadFStringText();
  void PassFStringEscape(const FString& f_string);
  void EmitFStringText(const Mark& begin);

  const SourceFile& source_;
  const absl::string_view text_;
  const Start start_;
  bool is_checked_ = false;
  size_t position_ = 0;
  size_t line_begin_ = 0;
  int32_t line_ = 1;
  std::vector<Indentation> indentations_;
  std::vector<Bracket> brackets_;
  std::vector<FString> f_strings_;
  std::vector<Token>* tokens_ = nullptr;  // of the line being read
  SyntaxError error_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_LEXER_H_
