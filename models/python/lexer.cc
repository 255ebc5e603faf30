#include "models/python/lexer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/python/number_literal.h"
#include "models/python/utf8.h"

namespace graft::models::python {
namespace {

constexpr int32_t kTabWidth = 8;

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }
bool IsAscii(char c) { return static_cast<uint8_t>(c) < 0x80; }

// Characters that word processors and web pages put in the place of ASCII ones, and others that no
// name can hold: what would read as a name here would only puzzle.
bool IsForeignMark(uint32_t c) {
  const bool is_latin_letter = c == 0xAA || c == 0xB5 || c == 0xB7 || c == 0xBA;
  return (c < 0xC0 && !is_latin_letter) || c == 0xD7 || c == 0xF7 ||
         (c >= 0x2000 && c <= 0x206F && c != 0x203F && c != 0x2040 && c != 0x2054) ||
         (c >= 0x2190 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x3004) ||
         (c >= 0xFE50 && c <= 0xFE6F) || c == 0xFEFF || (c >= 0xFF01 && c <= 0xFF0F) ||
         (c >= 0xFF1A && c <= 0xFF20);
}

char Closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

}  // namespace

Lexer::Lexer(const SourceFile& source, Start start)
    : source_(source), text_(source.text()), start_(start) {
  indentations_.emplace_back();
}

Lexer::Mark Lexer::Here() const {
  return {
      .offset = position_, .line = line_, .column = static_cast<int32_t>(position_ - line_begin_)};
}

SourceRange Lexer::Since(const Mark& mark) const {
  return {.line = mark.line,
          .column = mark.column,
          .end_line = line_,
          .end_column = static_cast<int32_t>(position_ - line_begin_)};
}

bool Lexer::Fail(const SourceRange& range, std::string message) {
  error_ = SyntaxError{.range = range, .message = std::move(message)};
  return false;
}

void Lexer::Emit(TokenKind kind, const Mark& mark) {
  tokens_->push_back({.kind = kind,
                      .begin = static_cast<uint32_t>(mark.offset),
                      .end = static_cast<uint32_t>(position_),
                      .range = Since(mark)});
}

bool Lexer::CheckText() {
  is_checked_ = true;
  if (const size_t null = text_.find('\0'); null != absl::string_view::npos) {
    return Fail(source_.RangeOf(null, null + 1), "a null byte: this is no Python source");
  }
  const size_t valid = ValidUtf8Size(text_);
  if (valid == text_.size()) return true;
  return Fail(source_.RangeOf(valid, valid + 1),
              "these bytes are no UTF-8; save the file as UTF-8");
}

bool Lexer::ReadLine(std::vector<Token>* tokens) {
  tokens_ = tokens;
  tokens_->clear();
  if (!is_checked_ && !CheckText()) return false;
  if (!ReadIndentation()) return false;
  if (AtEnd()) {
    Emit(TokenKind::kEnd, Here());
    return true;
  }
  for (;;) {
    if (IsInFStringText()) {
      if (!ReadFStringText()) return false;
      continue;
    }
    const char c = At();
    if (c == ' ' || c == '\t' || c == '\f') {
      ++position_;
    } else if (c == '#') {
      PassComment();
    } else if (c == '\\') {
      if (!PassContinuation()) return false;
    } else if (AtEnd()) {
      if (!brackets_.empty()) return FailUnclosed();
      Emit(TokenKind::kNewline, Here());
      return true;
    } else if (c == '\n' && brackets_.empty()) {
      Emit(TokenKind::kNewline, Here());
      PassLineBreak();
      return true;
    } else if (c == '\n') {
      PassLineBreak();
    } else if (!ReadToken()) {
      return false;
    }
  }
}

void Lexer::PassLineBreak() {
  ++position_;
  ++line_;
  line_begin_ = position_;
}

void Lexer::PassComment() { position_ = std::min(text_.find('\n', position_), text_.size()); }

bool Lexer::PassContinuation() {
  const Mark begin = Here();
  ++position_;
  if (AtEnd()) return Fail(Since(begin), "the file ends behind this line continuation");
  if (At() != '\n') {
    return Fail(Since(begin), "only the end of the line may follow a line continuation '\\'");
  }
  PassLineBreak();
  if (AtEnd()) return Fail(Since(begin), "the file ends behind this line continuation");
  return true;
}

// Passes blank lines up to the next logical line or the end.
bool Lexer::ReadIndentation() {
  Indentation indentation;
  // A line that is joined to the one before counts by the first part's indentation.
  Indentation joined;
  for (;;) {
    switch (At()) {
      case ' ':
        ++indentation.column;
        ++indentation.tabs_as_one;
        ++position_;
        continue;
      case '\t':
        indentation.column = (indentation.column / kTabWidth + 1) * kTabWidth;
        ++indentation.tabs_as_one;
        ++position_;
        continue;
      case '\f':
        indentation = {};
        ++position_;
        continue;
      case '\\':
        if (joined.column == 0) joined = indentation;
        if (!PassContinuation()) return false;
        continue;
      case '#':
        PassComment();
        continue;
      case '\n':
        PassLineBreak();
        indentation = {};
        joined = {};
        continue;
      default:
        break;
    }
    if (start_ == Start::kExpression || AtEnd()) return Indent({});
    return Indent(joined.column > 0 ? joined : indentation);
  }
}

bool Lexer::Indent(const Indentation& indentation) {
  const Mark begin = {.offset = line_begin_, .line = line_, .column = 0};
  const auto is_consistent = [&](const Indentation& other) {
    return (indentation.column < other.column) == (indentation.tabs_as_one < other.tabs_as_one) &&
           (indentation.column > other.column) == (indentation.tabs_as_one > other.tabs_as_one);
  };
  constexpr absl::string_view kInconsistent =
      "tabs and spaces are mixed in this indentation so that its depth depends on a tab's width";
  if (!is_consistent(indentations_.back())) return Fail(Since(begin), std::string(kInconsistent));
  if (indentation.column > indentations_.back().column) {
    indentations_.push_back(indentation);
    Emit(TokenKind::kIndent, begin);
    return true;
  }
  while (indentation.column < indentations_.back().column) {
    indentations_.pop_back();
    Emit(TokenKind::kDedent, begin);
  }
  if (indentation.column != indentations_.back().column) {
    return Fail(Since(begin),
                "this line is indented less than the one before, but like no line "
                "further up");
  }
  if (!is_consistent(indentations_.back())) return Fail(Since(begin), std::string(kInconsistent));
  return true;
}

bool Lexer::ReadToken() {
  const char c = At();
  if (IsNameStart(c)) {
    const std::optional<StringPrefix> prefix = ReadStringPrefix(text_.substr(position_, 3));
    return prefix ? ReadString(*prefix) : ReadName();
  }
  if (!IsAscii(c)) return ReadName();
  if (absl::ascii_isdigit(c) || (c == '.' && absl::ascii_isdigit(At(1)))) return ReadNumberToken();
  if (c == '"' || c == '\'') return ReadString({});
  return ReadOperator();
}

bool Lexer::ReadName() {
  const Mark begin = Here();
  bool is_ascii = true;
  for (;;) {
    while (IsNamePart(At())) ++position_;
    if (IsAscii(At())) break;
    is_ascii = false;
    const Utf8Character c = DecodeUtf8(text_, position_).value_or(Utf8Character{.size = 1});
    const Mark place = Here();
    position_ += c.size;
    if (!IsForeignMark(c.code_point)) continue;
    return Fail(Since(place), absl::StrFormat("the character U+%04X is no part of Python; its "
                                              "place takes an ASCII blank, quote or operator",
                                              c.code_point));
  }
  const absl::string_view name = text_.substr(begin.offset, position_ - begin.offset);
  Emit(is_ascii ? KeywordOrName(name) : TokenKind::kName, begin);
  return true;
}

bool Lexer::ReadNumberToken() {
  const Mark begin = Here();
  std::string error;
  position_ = ScanNumber(text_, position_, &error);
  if (!error.empty()) return Fail(Since(begin), std::move(error));
  Emit(TokenKind::kNumber, begin);
  return true;
}

bool Lexer::ReadOperator() {
  using enum TokenKind;
  const Mark begin = Here();
  const char c = At();
  const auto emit = [&](TokenKind kind, size_t size) {
    position_ += size;
    Emit(kind, begin);
    return true;
  };
  const auto with_assign = [&](TokenKind plain, TokenKind assign) {
    return At(1) == '=' ? emit(assign, 2) : emit(plain, 1);
  };
  const auto doubled = [&](TokenKind plain, TokenKind plain_assign, TokenKind twice,
                           TokenKind twice_assign) {
    if (At(1) != c) return with_assign(plain, plain_assign);
    return At(2) == '=' ? emit(twice_assign, 3) : emit(twice, 2);
  };
  // Directly within an f-string's field, and not within brackets there.
  const bool in_field = !brackets_.empty() && brackets_.back().is_field;
  switch (c) {
    case '(':
      return OpenBracket(kLeftParen);
    case '[':
      return OpenBracket(kLeftBracket);
    case '{':
      return OpenBracket(kLeftBrace);
    case ')':
      return CloseBracket(kRightParen);
    case ']':
      return CloseBracket(kRightBracket);
    case '}':
      return CloseBracket(kRightBrace);
    case ',':
      return emit(kComma, 1);
    case ';':
      return emit(kSemicolon, 1);
    case '~':
      return emit(kTilde, 1);
    case ':':
      if (!in_field) return with_assign(kColon, kWalrus);
      brackets_.back().is_in_format = true;
      return emit(kColon, 1);
    case '.':
      return At(1) == '.' && At(2) == '.' ? emit(kEllipsis, 3) : emit(kDot, 1);
    case '-':
      return At(1) == '>' ? emit(kArrow, 2) : with_assign(kMinus, kMinusAssign);
    case '+':
      return with_assign(kPlus, kPlusAssign);
    case '%':
      return with_assign(kPercent, kPercentAssign);
    case '@':
      return with_assign(kAt, kAtAssign);
    case '&':
      return with_assign(kAmpersand, kAmpersandAssign);
    case '|':
      return with_assign(kPipe, kPipeAssign);
    case '^':
      return with_assign(kCaret, kCaretAssign);
    case '=':
      return with_assign(kAssign, kEqual);
    case '!':
      return with_assign(kExclamation, kNotEqual);
    case '*':
      return doubled(kStar, kStarAssign, kDoubleStar, kDoubleStarAssign);
    case '/':
      return doubled(kSlash, kSlashAssign, kDoubleSlash, kDoubleSlashAssign);
    case '<':
      return doubled(kLess, kLessEqual, kLeftShift, kLeftShiftAssign);
    case '>':
      return doubled(kGreater, kGreaterEqual, kRightShift, kRightShiftAssign);
    default:
      break;
  }
  ++position_;
  if (c == '?') {
    return Fail(Since(begin), "'?' is no part of Python; a ? b : c is written b if a else c");
  }
  if (absl::ascii_isprint(static_cast<unsigned char>(c))) {
    return Fail(Since(begin), absl::StrCat("'", std::string(1, c), "' is no part of Python"));
  }
  return Fail(Since(begin), absl::StrFormat("the control character 0x%02X is no part of Python",
                                            static_cast<unsigned char>(c)));
}

bool Lexer::OpenBracket(TokenKind kind) {
  const Mark begin = Here();
  const char open = At();
  ++position_;
  brackets_.push_back({.open = open, .range = Since(begin)});
  Emit(kind, begin);
  return true;
}

bool Lexer::CloseBracket(TokenKind kind) {
  const Mark begin = Here();
  const char c = At();
  ++position_;
  if (brackets_.empty()) {
    return Fail(Since(begin), absl::StrCat("this '", std::string(1, c), "' closes nothing"));
  }
  const Bracket& bracket = brackets_.back();
  if (Closing(bracket.open) != c) {
    return Fail(Since(begin),
                absl::StrCat("'", std::string(1, c), "' does not close '",
                             std::string(1, bracket.open), "' of line ", bracket.range.line));
  }
  brackets_.pop_back();
  Emit(kind, begin);
  return true;
}

// At the end of the text, within brackets.
bool Lexer::FailUnclosed() {
  const Bracket& bracket = brackets_.back();
  return Fail(bracket.range,
              absl::StrCat("this '", std::string(1, bracket.open), "' is never closed"));
}

}  // namespace graft::models::python
