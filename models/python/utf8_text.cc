#include "models/python/utf8_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/python/utf8.h"

namespace graft::models::python {
namespace {

// Bytes of the first code point; 1 of what is no UTF-8.
size_t Width(absl::string_view text) {
  const std::optional<Utf8Character> character = DecodeUtf8(text, 0);
  return character.has_value() ? character->size : 1;
}

}  // namespace

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

int64_t CountCodePoints(absl::string_view text) {
  int64_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(Width(text));
  return count;
}

size_t CodePointOffset(absl::string_view text, int64_t index) {
  size_t offset = 0;
  for (; index > 0 && offset < text.size(); --index) offset += Width(text.substr(offset));
  return offset;
}

std::vector<absl::string_view> CodePoints(absl::string_view text) {
  std::vector<absl::string_view> points;
  points.reserve(text.size());
  while (!text.empty()) {
    const size_t width = Width(text);
    points.push_back(text.substr(0, width));
    text.remove_prefix(width);
  }
  return points;
}

uint32_t DecodeCodePoint(absl::string_view text) {
  const std::optional<Utf8Character> character = DecodeUtf8(text, 0);
  return character.has_value() ? character->code_point : static_cast<uint8_t>(text[0]);
}

std::optional<std::string> EncodeCodePoint(int64_t number) {
  if (number < 0 || number > 0x10FFFF) return std::nullopt;
  std::string text;
  AppendUtf8(static_cast<uint32_t>(number), &text);
  return text;
}

std::string StrRepr(absl::string_view text) {
  const bool has_single = text.find('\'') != absl::string_view::npos;
  const bool has_double = text.find('"') != absl::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string repr(1, quote);
  while (!text.empty()) {
    const size_t width = Width(text);
    const uint32_t point = DecodeCodePoint(text);
    if (point == static_cast<uint32_t>(quote) || point == '\\') {
      repr += '\\';
      repr += text[0];
    } else if (point == '\n') {
      repr += "\\n";
    } else if (point == '\r') {
      repr += "\\r";
    } else if (point == '\t') {
      repr += "\\t";
    } else if (point < 0x20 || (point >= 0x7F && point < 0xA1) || point == 0xAD ||
               (width == 1 && point > 0x7F)) {
      absl::StrAppendFormat(&repr, "\\x%02x", point);
    } else {
      absl::StrAppend(&repr, text.substr(0, width));
    }
    text.remove_prefix(width);
  }
  repr += quote;
  return repr;
}

std::string EscapeNonAscii(absl::string_view repr) {
  std::string escaped;
  for (; !repr.empty(); repr.remove_prefix(Width(repr))) {
    const uint32_t point = DecodeCodePoint(repr);
    if (point < 0x80) {
      escaped += repr[0];
    } else if (point < 0x100) {
      absl::StrAppendFormat(&escaped, "\\x%02x", point);
    } else if (point < 0x10000) {
      absl::StrAppendFormat(&escaped, "\\u%04x", point);
    } else {
      absl::StrAppendFormat(&escaped, "\\U%08x", point);
    }
  }
  return escaped;
}

}  // namespace graft::models::python
