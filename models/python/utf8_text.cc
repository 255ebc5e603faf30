#include "models/python/utf8_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace graft::models::python {
namespace {

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// Bytes of the first code point.
size_t Width(absl::string_view text) {
  const uint8_t lead = static_cast<uint8_t>(text[0]);
  const size_t width = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 1;
  if (width > text.size()) return 1;
  for (size_t i = 1; i < width; ++i) {
    if (!IsContinuation(text[i])) return 1;
  }
  return width;
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
  const size_t width = Width(text);
  const uint8_t lead = static_cast<uint8_t>(text[0]);
  if (width == 1) return lead;
  uint32_t number = lead & (0xFFu >> (width + 1));
  for (size_t i = 1; i < width; ++i) number = number << 6 | (static_cast<uint8_t>(text[i]) & 0x3F);
  return number;
}

std::optional<std::string> EncodeCodePoint(int64_t number) {
  if (number < 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000)) return std::nullopt;
  const auto tail = [number](int shift) {
    return static_cast<char>(0x80 | ((number >> shift) & 0x3F));
  };
  if (number < 0x80) return std::string{static_cast<char>(number)};
  if (number < 0x800) return std::string{static_cast<char>(0xC0 | (number >> 6)), tail(0)};
  if (number < 0x10000) {
    return std::string{static_cast<char>(0xE0 | (number >> 12)), tail(6), tail(0)};
  }
  return std::string{static_cast<char>(0xF0 | (number >> 18)), tail(12), tail(6), tail(0)};
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
