#include "models/python/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace graft::models::python {
namespace {

int DigitValue(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  if (absl::ascii_isalpha(c)) return absl::ascii_tolower(c) - 'a' + 10;
  return 99;
}

// The base that a prefix such as "0x" names; 0: none.
int PrefixBase(absl::string_view text) {
  if (text.size() < 2 || text[0] != '0') return 0;
  switch (absl::ascii_tolower(text[1])) {
    case 'x':
      return 16;
    case 'o':
      return 8;
    case 'b':
      return 2;
    default:
      return 0;
  }
}

// Drops underscores that stand between digits; false: one stands elsewhere.
bool DropUnderscores(absl::string_view text, std::string& plain) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain += text[i];
      continue;
    }
    if (i == 0 || i + 1 == text.size() || !absl::ascii_isalnum(text[i - 1]) ||
        !absl::ascii_isalnum(text[i + 1])) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string FloatRepr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // "-d.ddde+XX": the shortest digits that read back as the value.
  char buffer[40];
  const std::to_chars_result end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  absl::string_view text(buffer, end.ptr - buffer);
  std::string sign;
  if (text[0] == '-') {
    sign = "-";
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  std::string digits(text.substr(0, 1));
  if (e > 2) absl::StrAppend(&digits, text.substr(2, e - 2));
  int exponent = 0;
  const size_t exponent_at = text[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(text.data() + exponent_at, text.data() + text.size(), exponent);

  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    const std::string fraction = count > 1 ? absl::StrCat(".", digits.substr(1)) : "";
    return absl::StrFormat("%s%c%se%c%02d", sign, digits[0], fraction, exponent < 0 ? '-' : '+',
                           std::abs(exponent));
  }
  if (exponent < 0) return absl::StrCat(sign, "0.", std::string(-exponent - 1, '0'), digits);
  if (count <= exponent + 1) {
    return absl::StrCat(sign, digits, std::string(exponent + 1 - count, '0'), ".0");
  }
  return absl::StrCat(sign, digits.substr(0, exponent + 1), ".", digits.substr(exponent + 1));
}

absl::StatusOr<int64_t> ParseInt(absl::string_view text, int base) {
  const absl::Status is_none = absl::InvalidArgumentError("not an integer literal");
  text = absl::StripAsciiWhitespace(text);
  const bool negative = absl::StartsWith(text, "-");
  if (negative || absl::StartsWith(text, "+")) text.remove_prefix(1);
  const int prefix = PrefixBase(text);
  if (prefix != 0 && (base == 0 || base == prefix)) {
    base = prefix;
    text.remove_prefix(2);
    if (absl::StartsWith(text, "_")) text.remove_prefix(1);
  } else if (base == 0) {
    base = 10;
    // "012" is no literal, "000" is.
    if (absl::StartsWith(text, "0") && text.find_first_not_of("0_") != absl::string_view::npos) {
      return is_none;
    }
  }
  std::string digits;
  if (text.empty() || !DropUnderscores(text, digits)) return is_none;
  uint64_t magnitude = 0;
  bool overflow = false;
  for (const char c : digits) {
    const int digit = DigitValue(c);
    if (digit >= base) return is_none;
    overflow = overflow ||
               __builtin_mul_overflow(magnitude, static_cast<uint64_t>(base), &magnitude) ||
               __builtin_add_overflow(magnitude, static_cast<uint64_t>(digit), &magnitude);
  }
  const uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) + negative;
  if (overflow || magnitude > most) return absl::OutOfRangeError("beyond 64 bits");
  return static_cast<int64_t>(negative ? ~magnitude + 1 : magnitude);
}

std::optional<double> ParseFloat(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  std::string plain;
  if (!DropUnderscores(text, plain)) return std::nullopt;
  absl::string_view rest = plain;
  const bool negative = absl::StartsWith(rest, "-");
  if (negative || absl::StartsWith(rest, "+")) rest.remove_prefix(1);
  // from_chars also reads "-", "nan(...)"; Python does not.
  const bool is_number = !rest.empty() && (absl::ascii_isdigit(rest[0]) || rest[0] == '.');
  const bool is_word = absl::EqualsIgnoreCase(rest, "inf") || absl::EqualsIgnoreCase(rest, "nan") ||
                       absl::EqualsIgnoreCase(rest, "infinity");
  if (!is_number && !is_word) return std::nullopt;
  double value = 0;
  const std::from_chars_result end = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (end.ptr != rest.data() + rest.size()) return std::nullopt;
  if (end.ec == std::errc::result_out_of_range) {
    // Too small or too large: told apart by the sign of the exponent.
    const size_t e = rest.find_first_of("eE");
    const bool tiny = e != absl::string_view::npos && absl::StartsWith(rest.substr(e + 1), "-");
    value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  } else if (end.ec != std::errc()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

}  // namespace graft::models::python
