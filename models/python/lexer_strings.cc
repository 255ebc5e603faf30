// The lexer's part that reads string literals, and the text of f-strings between their fields.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/python/lexer.h"

namespace graft::models::python {

bool Lexer::AtQuotes(char quote, bool is_triple) const {
  return At() == quote && (!is_triple || (At(1) == quote && At(2) == quote));
}

bool Lexer::ReadString(const StringPrefix& prefix) {
  const Mark begin = Here();
  position_ += prefix.size;
  const char quote = At();
  const bool is_triple = At(1) == quote && At(2) == quote;
  const size_t quotes = is_triple ? 3 : 1;
  position_ += quotes;
  if (prefix.is_format) {
    Emit(TokenKind::kFStringStart, begin);
    f_strings_.push_back({.quote = quote,
                          .is_triple = is_triple,
                          .is_raw = prefix.is_raw,
                          .brackets = brackets_.size(),
                          .range = Since(begin)});
    return true;
  }
  while (!AtQuotes(quote, is_triple)) {
    if (AtEnd() || (At() == '\n' && !is_triple)) return FailUnterminated(Since(begin), is_triple);
    // In a raw literal, too, a quote behind a backslash ends nothing.
    if (At() == '\\') ++position_;
    if (At() == '\n') {
      PassLineBreak();
    } else if (!AtEnd()) {
      ++position_;
    }
  }
  position_ += quotes;
  Emit(TokenKind::kString, begin);
  return true;
}

bool Lexer::FailUnterminated(const SourceRange& begin, bool is_triple) {
  // The quote that should have ended an f-string begins a literal where a field is still open.
  if (!f_strings_.empty() && !brackets_.empty()) {
    const Bracket& bracket = brackets_.back();
    if (bracket.is_field) return Fail(bracket.range, "this field of the f-string has no '}'");
  }
  SourceRange first_line = begin;
  if (begin.end_line != begin.line) {
    first_line.end_line = begin.line;
    first_line.end_column = begin.column + 1;
  }
  return Fail(first_line, is_triple ? "this string has no closing triple quotes"
                                    : "this string has no closing quote on its line");
}

bool Lexer::IsInFStringText() const {
  if (f_strings_.empty()) return false;
  return brackets_.size() == f_strings_.back().brackets || brackets_.back().is_in_format;
}

void Lexer::EmitFStringText(const Mark& begin) {
  if (position_ > begin.offset) Emit(TokenKind::kFStringText, begin);
}

// At a backslash.
void Lexer::PassFStringEscape(const FString& f_string) {
  ++position_;
  const char c = At();
  // Before a brace it stands for itself, and the brace for what it always does.
  if (c == '{' || c == '}' || AtEnd()) return;
  if (c == '\n') return PassLineBreak();
  ++position_;
  if (f_string.is_raw || c != 'N' || At() != '{') return;
  // The braces of \N{...} enclose a name.
  const absl::string_view rest = text_.substr(position_);
  const size_t end = rest.find_first_of("}\n'\"");
  if (end != absl::string_view::npos && rest[end] == '}') position_ += end + 1;
}

// Reads text up to a field, to the end of the field whose format this is, or to the end of the
// f-string.
bool Lexer::ReadFStringText() {
  const FString f_string = f_strings_.back();
  const bool is_format = brackets_.size() > f_string.brackets;
  const Mark begin = Here();
  for (;;) {
    if (At() == '\n' && !f_string.is_triple && is_format) {
      // The format ends with its line; only the field's '}' may follow, on any line.
      EmitFStringText(begin);
      brackets_.back().is_in_format = false;
      return true;
    }
    if (AtEnd() || (At() == '\n' && !f_string.is_triple)) {
      return FailUnterminated(f_string.range, f_string.is_triple);
    }
    if (AtQuotes(f_string.quote, f_string.is_triple)) {
      if (is_format) return FailUnterminated(f_string.range, f_string.is_triple);
      EmitFStringText(begin);
      const Mark end = Here();
      position_ += f_string.is_triple ? 3 : 1;
      Emit(TokenKind::kFStringEnd, end);
      f_strings_.pop_back();
      return true;
    }
    switch (At()) {
      case '\n':
        PassLineBreak();
        continue;
      case '\\':
        PassFStringEscape(f_string);
        continue;
      case '{':
        if (At(1) == '{' && !is_format) {
          position_ += 2;
          continue;
        }
        EmitFStringText(begin);
        OpenBracket(TokenKind::kLeftBrace);
        brackets_.back().is_field = true;
        return true;
      case '}':
        if (is_format) {
          EmitFStringText(begin);
          return CloseBracket(TokenKind::kRightBrace);
        }
        if (At(1) != '}') {
          const Mark brace = Here();
          ++position_;
          return Fail(Since(brace), "a single '}' in an f-string; as text it is written '}}'");
        }
        position_ += 2;
        continue;
      default:
        ++position_;
    }
  }
}

}  // namespace graft::models::python
