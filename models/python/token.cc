#include "models/python/token.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace graft::models::python {
namespace {

constexpr std::array<absl::string_view, kTokenKinds> kSpellings = {
    "the end of the file",
    "the end of the line",
    "an indented line",
    "the end of the block",
    "a name",
    "a number",
    "a string",
    "an f-string",
    "text of an f-string",
    "the end of the f-string",
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    ".",
    "...",
    "!",
    "->",
    ":=",
    "=",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "@",
    "**",
    "&",
    "|",
    "^",
    "~",
    "<<",
    ">>",
    "<",
    ">",
    "<=",
    ">=",
    "==",
    "!=",
    "+=",
    "-=",
    "*=",
    "/=",
    "//=",
    "%=",
    "@=",
    "**=",
    "&=",
    "|=",
    "^=",
    "<<=",
    ">>=",
};

constexpr auto kFirstKeyword = static_cast<size_t>(TokenKind::kFalse);
constexpr auto kLastKeyword = static_cast<size_t>(TokenKind::kYield);
// Keywords have two to eight letters.
constexpr size_t kShortestKeyword = 2;
constexpr size_t kLongestKeyword = 8;

// Longer names are not repeated in a message.
constexpr size_t kLongestShown = 60;

}  // namespace

absl::string_view Spelling(TokenKind kind) { return kSpellings[static_cast<size_t>(kind)]; }

TokenKind KeywordOrName(absl::string_view name) {
  if (name.size() < kShortestKeyword || name.size() > kLongestKeyword) return TokenKind::kName;
  const auto* const first = kSpellings.begin() + kFirstKeyword;
  const auto* const last = kSpellings.begin() + kLastKeyword + 1;
  const auto* const found = std::lower_bound(first, last, name);
  if (found == last || *found != name) return TokenKind::kName;
  return static_cast<TokenKind>(found - kSpellings.begin());
}

std::string Describe(const Token& token, const SourceFile& source) {
  const size_t size = token.end - token.begin;
  const bool is_short = size <= kLongestShown;
  if (is_short && (token.kind == TokenKind::kName || token.kind == TokenKind::kNumber)) {
    return absl::StrCat("'", source.text().substr(token.begin, size), "'");
  }
  if (token.kind < TokenKind::kFalse) return std::string(Spelling(token.kind));
  return absl::StrCat("'", Spelling(token.kind), "'");
}

}  // namespace graft::models::python
