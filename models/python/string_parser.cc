// The expression parser's part for string literals: adjacent ones are joined, f-strings taken apart
// into text and fields.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/expression_parser.h"

namespace graft::models::python {

// Literals on their way to one expression.
struct ExpressionParser::JoinedText {
  // Text becomes a part when a field follows it, or the end.
  void AddText(absl::string_view more, const SourceRange& range) {
    if (text.empty()) text_range = range;
    text_range.end_line = range.end_line;
    text_range.end_column = range.end_column;
    absl::StrAppend(&text, more);
  }
  void FinishText() {
    if (text.empty()) return;
    auto constant = std::make_unique<ConstantExpr>();
    constant->type = ConstantExpr::Type::kStr;
    constant->range = text_range;
    constant->text = std::exchange(text, "");
    parts.push_back(std::move(constant));
  }

  std::vector<ExprPtr> parts;
  std::string text;
  SourceRange text_range;
  bool is_format = false;
};

// Appends the text of bytes [begin, end) of the source, within `token`.
bool ExpressionParser::AppendText(const Token& token, size_t begin, size_t end, StringStyle style,
                                  bool is_raw, std::string* out) {
  const absl::string_view written = cursor_.source().text().substr(begin, end - begin);
  std::optional<StringError> error = AppendUnescaped(written, style, is_raw, out);
  if (!error) return true;
  const size_t at = begin + error->offset;
  const bool is_inside = at >= token.begin && at + error->size <= token.end;
  return cursor_.Fail(is_inside ? cursor_.source().RangeOf(at, at + error->size) : token.range,
                      std::move(error->message));
}

// One string literal or more: a constant, or with an f-string among them a JoinedStrExpr.
ExprPtr ExpressionParser::Strings() {
  const SourceRange begin = cursor_.Peek().range;
  const auto is_bytes_literal = [this](const Token& token) {
    const auto prefix = ReadStringPrefix(cursor_.Text(token));
    return prefix && prefix->is_bytes;
  };
  const bool is_bytes = is_bytes_literal(cursor_.Peek());
  JoinedText joined;
  while (cursor_.At(TokenKind::kString) || cursor_.At(TokenKind::kFStringStart)) {
    if (is_bytes_literal(cursor_.Peek()) != is_bytes) {
      cursor_.Fail(cursor_.Peek().range, "text and bytes literals cannot be joined");
      return nullptr;
    }
    if (!(cursor_.At(TokenKind::kString) ? PlainString(&joined) : FString(&joined))) return nullptr;
  }
  if (joined.is_format) {
    joined.FinishText();
    auto format = std::make_unique<JoinedStrExpr>();
    format->parts = std::move(joined.parts);
    return Finish(begin, std::move(format));
  }
  auto constant = std::make_unique<ConstantExpr>();
  constant->type = is_bytes ? ConstantExpr::Type::kBytes : ConstantExpr::Type::kStr;
  constant->text = std::move(joined.text);
  return Finish(begin, std::move(constant));
}

bool ExpressionParser::PlainString(JoinedText* joined) {
  const Token token = cursor_.Take();
  const absl::string_view literal = cursor_.Text(token);
  const StringPrefix prefix = ReadStringPrefix(literal).value_or(StringPrefix{});
  const absl::string_view quoted = literal.substr(prefix.size);
  const size_t quotes =
      quoted.size() >= 6 && quoted[1] == quoted[0] && quoted[2] == quoted[0] ? 3 : 1;
  std::string text;
  const StringStyle style = prefix.is_bytes ? StringStyle::kBytes : StringStyle::kText;
  if (!AppendText(token, token.begin + prefix.size + quotes, token.end - quotes, style,
                  prefix.is_raw, &text)) {
    return false;
  }
  joined->AddText(text, token.range);
  return true;
}

bool ExpressionParser::FString(JoinedText* joined) {
  const auto prefix = ReadStringPrefix(cursor_.Text(cursor_.Take()));
  const bool is_raw = prefix && prefix->is_raw;
  joined->is_format = true;
  while (!cursor_.Accept(TokenKind::kFStringEnd)) {
    const bool is_text = cursor_.At(TokenKind::kFStringText);
    if (!(is_text ? FStringText(is_raw, joined) : Field(is_raw, joined))) return false;
  }
  return true;
}

bool ExpressionParser::FStringText(bool is_raw, JoinedText* joined) {
  const Token token = cursor_.Take();
  std::string text;
  if (!AppendText(token, token.begin, token.end, StringStyle::kFormat, is_raw, &text)) return false;
  joined->AddText(text, token.range);
  return true;
}

// '{' (yield | star_expressions) ['='] ['!' conversion] [':' format] '}'
bool ExpressionParser::Field(bool is_raw, JoinedText* joined) {
  const TokenCursor::Nesting nesting(&cursor_);
  const SourceRange begin = cursor_.Peek().range;
  if (!nesting.ok() || !cursor_.Expect(TokenKind::kLeftBrace)) return false;
  const size_t written = cursor_.previous().end;
  auto field = std::make_unique<FormattedValueExpr>();
  if (!AtExpression() && !cursor_.At(TokenKind::kYield)) {
    return cursor_.FailExpected("the value of this field of the f-string");
  }
  field->value = YieldOrStarExpressions();
  if (!field->value) return false;
  const bool is_debug = cursor_.Accept(TokenKind::kAssign);
  if (is_debug) DebugText(field->value->range, written, joined);
  joined->FinishText();
  if (cursor_.At(TokenKind::kExclamation) && !FieldConversion(field.get())) return false;
  if (cursor_.Accept(TokenKind::kColon)) {
    field->format_spec = FieldFormat(is_raw);
    if (!field->format_spec) return false;
  }
  if (is_debug && field->conversion == 0 && !field->format_spec) field->conversion = 'r';
  if (!cursor_.Expect(TokenKind::kRightBrace, "'=', '!', ':' or '}' in this field")) return false;
  joined->parts.push_back(Finish(begin, std::move(field)));
  return joined->parts.back() != nullptr;
}

// A field with '=' shows its own source from byte `begin` on, blanks included.
void ExpressionParser::DebugText(const SourceRange& value, size_t begin, JoinedText* joined) {
  const size_t end = cursor_.Peek().begin;
  joined->AddText(cursor_.source().text().substr(begin, end - begin), cursor_.Since(value));
}

bool ExpressionParser::FieldConversion(FormattedValueExpr* field) {
  const size_t end = cursor_.Take().end;
  for (const char* letter : {"s", "r", "a"}) {
    if (!cursor_.AtName(letter) || cursor_.Peek().begin != end) continue;
    field->conversion = *letter;
    cursor_.Take();
    return true;
  }
  return cursor_.FailExpected("the conversion 's', 'r' or 'a' right behind '!'");
}

// Text and fields up to the '}' of the field.
ExprPtr ExpressionParser::FieldFormat(bool is_raw) {
  const SourceRange begin = cursor_.Peek().range;
  JoinedText joined;
  while (!cursor_.At(TokenKind::kRightBrace)) {
    const bool is_text = cursor_.At(TokenKind::kFStringText);
    if (!(is_text ? FStringText(is_raw, &joined) : Field(is_raw, &joined))) return nullptr;
  }
  joined.FinishText();
  auto format = std::make_unique<JoinedStrExpr>();
  format->parts = std::move(joined.parts);
  return Finish(begin, std::move(format));
}

}  // namespace graft::models::python
