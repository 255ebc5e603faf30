// The words of Python source text: what the lexer makes and the parser reads.
//
//   if (token.kind == TokenKind::kName) Use(text.substr(token.begin, token.end - token.begin));
//
// Threads: values. Ownership: a token points at no text; it knows its bytes' place in it.
#ifndef GRAFT_MODELS_PYTHON_TOKEN_H_
#define GRAFT_MODELS_PYTHON_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "models/python/source_file.h"

namespace graft::models::python {

enum class TokenKind : uint8_t {
  kEnd,
  kNewline,  // ends a logical line
  kIndent,
  kDedent,
  kName,
  kNumber,
  kString,        // with prefix and quotes; never an f-string
  kFStringStart,  // f"
  kFStringText,   // between the fields, as written; of a format too
  kFStringEnd,    // "
  // Keywords, in the order of their spelling.
  kFalse,
  kNone,
  kTrue,
  kAnd,
  kAs,
  kAssert,
  kAsync,
  kAwait,
  kBreak,
  kClass,
  kContinue,
  kDef,
  kDel,
  kElif,
  kElse,
  kExcept,
  kFinally,
  kFor,
  kFrom,
  kGlobal,
  kIf,
  kImport,
  kIn,
  kIs,
  kLambda,
  kNonlocal,
  kNot,
  kOr,
  kPass,
  kRaise,
  kReturn,
  kTry,
  kWhile,
  kWith,
  kYield,
  // Operators and delimiters.
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kComma,
  kColon,
  kSemicolon,
  kDot,
  kEllipsis,
  kExclamation,  // before the conversion of an f-string's field
  kArrow,
  kWalrus,
  kAssign,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kDoubleSlash,
  kPercent,
  kAt,
  kDoubleStar,
  kAmpersand,
  kPipe,
  kCaret,
  kTilde,
  kLeftShift,
  kRightShift,
  kLess,
  kGreater,
  kLessEqual,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kPlusAssign,
  kMinusAssign,
  kStarAssign,
  kSlashAssign,
  kDoubleSlashAssign,
  kPercentAssign,
  kAtAssign,
  kDoubleStarAssign,
  kAmpersandAssign,
  kPipeAssign,
  kCaretAssign,
  kLeftShiftAssign,
  kRightShiftAssign,
};
inline constexpr size_t kTokenKinds = static_cast<size_t>(TokenKind::kRightShiftAssign) + 1;

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0;  // bytes [begin, end) of the text
  uint32_t end = 0;
  SourceRange range;
};

// As written ("+=", "while"); of kinds without one spelling what they are ("a name").
absl::string_view Spelling(TokenKind kind);

inline bool IsKeyword(TokenKind kind) {
  return kind >= TokenKind::kFalse && kind <= TokenKind::kYield;
}

// The keyword that `name` is; kName if it is none. `match`, `case` and `type` are names.
TokenKind KeywordOrName(absl::string_view name);

// For messages, in the place of "found ...": "'x'", "the end of the line".
std::string Describe(const Token& token, const SourceFile& source);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_TOKEN_H_
