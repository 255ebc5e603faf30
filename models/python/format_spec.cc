#include "models/python/format_spec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/python/evaluator.h"
#include "models/python/number_text.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {
namespace {

constexpr int64_t kMostDigits = std::numeric_limits<int32_t>::max();

bool IsAlign(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }

int64_t TakeNumber(Evaluator& ev, absl::string_view& spec) {
  int64_t number = 0;
  while (!spec.empty() && absl::ascii_isdigit(spec[0])) {
    number = number * 10 + (spec[0] - '0');
    if (number > kMostDigits) {
      ev.Raise(ErrorKind::kValueError, "Too many decimal digits in format string");
    }
    spec.remove_prefix(1);
  }
  return number;
}

[[noreturn]] void RaiseUnknownCode(Evaluator& ev, char type, absl::string_view type_name) {
  ev.Raise(ErrorKind::kValueError, absl::StrCat("Unknown format code '", std::string(1, type),
                                                "' for object of type '", type_name, "'"));
}

// `body` (no sign) is aligned to the width, after `prefix` (sign, "0x").
std::string Align(Evaluator& ev, absl::string_view prefix, absl::string_view body,
                  const FormatSpec& spec, char default_align) {
  const int64_t length =
      CountCodePoints(prefix) +
      (IsAscii(body) ? static_cast<int64_t>(body.size()) : CountCodePoints(body));
  if (spec.width <= length) return absl::StrCat(prefix, body);
  const int64_t missing = spec.width - length;
  ev.heap().Charge(ev, missing * spec.fill.size());
  const auto fill = [&](int64_t count) {
    std::string text;
    text.reserve(count * spec.fill.size());
    for (int64_t i = 0; i < count; ++i) text += spec.fill;
    return text;
  };
  switch (spec.align == 0 ? default_align : spec.align) {
    case '<':
      return absl::StrCat(prefix, body, fill(missing));
    case '^':
      return absl::StrCat(fill(missing / 2), prefix, body, fill(missing - missing / 2));
    case '=':
      return absl::StrCat(prefix, fill(missing), body);
    default:
      return absl::StrCat(fill(missing), prefix, body);
  }
}

// Puts separators between the digits of the integer part; with "=" and "0" as the fill, the zeros
// of the padding are grouped too, as Python does.
std::string Group(Evaluator& ev, absl::string_view digits, absl::string_view rest,
                  size_t prefix_size, const FormatSpec& spec, int group_size) {
  std::string padded(digits);
  if (spec.fill == "0" && spec.align == '=') {
    const int64_t room = spec.width - static_cast<int64_t>(prefix_size + rest.size());
    const auto grouped = [group_size](int64_t n) { return n + (n - 1) / group_size; };
    if (room > 0) ev.heap().Charge(ev, room);
    int64_t count = static_cast<int64_t>(digits.size());
    if (grouped(count) < room) {
      // The most digits that fit; one more where a separator would come first.
      count = std::max(count, room - room / (group_size + 1));
      while (grouped(count) < room) ++count;
    }
    padded.insert(0, count - digits.size(), '0');
  }
  std::string text;
  for (size_t i = 0; i < padded.size(); ++i) {
    if (i != 0 && (padded.size() - i) % group_size == 0) text += spec.grouping;
    text += padded[i];
  }
  return absl::StrCat(text, rest);
}

std::string SignText(bool negative, char sign) {
  if (negative) return "-";
  return sign == '-' ? "" : std::string(1, sign);
}

std::string Digits(uint64_t magnitude, uint64_t base, bool upper) {
  const absl::string_view alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string digits;
  do {
    digits.push_back(alphabet[magnitude % base]);
    magnitude /= base;
  } while (magnitude != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// printf's text of a value that is not negative; `precision` has been charged.
std::string Print(double value, char type, int precision, bool alternate) {
  const std::string flags = absl::StrCat("%", alternate ? "#" : "", ".*", std::string(1, type));
  const char* const format = flags.c_str();
  const int size = std::snprintf(nullptr, 0, format, precision, value);
  std::string text(size + 1, '\0');
  std::snprintf(text.data(), text.size(), format, precision, value);
  text.resize(size);
  return text;
}

// What no type and a precision mean: as 'g', but never without a digit after the point, for which
// the precision must leave room.
std::string PrintGeneral(double value, int precision, bool alternate) {
  std::string text = Print(value, 'g', precision, alternate);
  if (!std::isfinite(value) || text.find_first_of(".e") != std::string::npos) return text;
  if (static_cast<int>(text.size()) < precision) return text + ".0";
  text = Print(value, 'e', precision - 1, alternate);
  const size_t e = text.find('e');
  if (text.find('.') == std::string::npos) return text;
  const size_t last = text.find_last_not_of('0', e - 1);
  return absl::StrCat(text.substr(0, text[last] == '.' ? last : last + 1), text.substr(e));
}

std::string FloatDigits(Evaluator& ev, double magnitude, const FormatSpec& spec) {
  const bool upper = spec.type == 'E' || spec.type == 'F' || spec.type == 'G';
  const int64_t precision = spec.precision.value_or(6);
  if (precision > kMostDigits - 400) ev.Raise(ErrorKind::kValueError, "precision too big");
  ev.heap().Charge(ev, precision + 400);
  const int digits = static_cast<int>(precision);
  std::string text;
  switch (spec.type) {
    case 0:
      text = spec.precision.has_value()
                 ? PrintGeneral(magnitude, std::max(digits, 1), spec.alternate)
                 : FloatRepr(magnitude);
      break;
    case 'n':
      text = Print(magnitude, 'g', digits, spec.alternate);
      break;
    case '%':
      text = absl::StrCat(Print(magnitude * 100, 'f', digits, spec.alternate), "%");
      break;
    default:
      text = Print(magnitude, absl::ascii_tolower(spec.type), digits, spec.alternate);
  }
  if (upper) absl::AsciiStrToUpper(&text);
  return text;
}

}  // namespace

FormatSpec ParseFormatSpec(Evaluator& ev, absl::string_view text, absl::string_view type_name) {
  FormatSpec spec;
  const absl::string_view whole = text;
  const auto take = [&text](char c) {
    if (!absl::StartsWith(text, absl::string_view(&c, 1))) return false;
    text.remove_prefix(1);
    return true;
  };
  const size_t first = CodePointOffset(text, 1);
  bool has_fill = false;
  if (text.size() > first && IsAlign(text[first])) {
    spec.fill = std::string(text.substr(0, first));
    spec.align = text[first];
    has_fill = true;
    text.remove_prefix(first + 1);
  } else if (!text.empty() && IsAlign(text[0])) {
    spec.align = text[0];
    text.remove_prefix(1);
  }
  if (!text.empty() && (text[0] == '+' || text[0] == '-' || text[0] == ' ')) {
    spec.sign = text[0];
    text.remove_prefix(1);
  }
  spec.no_negative_zero = take('z');
  spec.alternate = take('#');
  if (!has_fill && take('0')) {
    spec.fill.assign(1, '0');
    if (spec.align == 0) spec.align = '=';
  }
  spec.width = TakeNumber(ev, text);
  if (take(',')) spec.grouping = ',';
  if (take('_')) {
    if (spec.grouping != 0) {
      ev.Raise(ErrorKind::kValueError, "Cannot specify both ',' and '_'.");
    }
    spec.grouping = '_';
  }
  if (spec.grouping != 0 && take(',')) {
    ev.Raise(ErrorKind::kValueError, spec.grouping == ',' ? "Cannot specify ',' with ','."
                                                          : "Cannot specify both ',' and '_'.");
  }
  if (take('.')) {
    if (text.empty() || !absl::ascii_isdigit(text[0])) {
      ev.Raise(ErrorKind::kValueError, "Format specifier missing precision");
    }
    spec.precision = TakeNumber(ev, text);
  }
  if (text.size() > 1) {
    ev.Raise(ErrorKind::kValueError, absl::StrCat("Invalid format specifier '", whole,
                                                  "' for object of type '", type_name, "'"));
  }
  if (!text.empty()) spec.type = text[0];
  return spec;
}

std::string FormatInt(Evaluator& ev, int64_t value, const FormatSpec& spec) {
  if (spec.type != 0 && absl::StrContains("eEfFgG%", spec.type)) {
    return FormatFloat(ev, static_cast<double>(value), spec);
  }
  if (spec.precision.has_value()) {
    ev.Raise(ErrorKind::kValueError, "Precision not allowed in integer format specifier");
  }
  if (spec.type == 'c') {
    const std::optional<std::string> text = EncodeCodePoint(value);
    if (!text.has_value()) {
      ev.Raise(ErrorKind::kOverflowError, "%c arg not in range(0x110000)");
    }
    return Align(ev, "", *text, spec, '<');
  }
  uint64_t base = 10;
  absl::string_view mark;
  switch (spec.type) {
    case 0:
    case 'd':
    case 'n':
      break;
    case 'b':
      base = 2;
      mark = "0b";
      break;
    case 'o':
      base = 8;
      mark = "0o";
      break;
    case 'x':
      base = 16;
      mark = "0x";
      break;
    case 'X':
      base = 16;
      mark = "0X";
      break;
    default:
      RaiseUnknownCode(ev, spec.type, "int");
  }
  const uint64_t magnitude = value < 0 ? ~static_cast<uint64_t>(value) + 1 : value;
  const std::string prefix =
      absl::StrCat(SignText(value < 0, spec.sign), spec.alternate ? mark : "");
  std::string digits = Digits(magnitude, base, spec.type == 'X');
  if (spec.grouping != 0) {
    if (spec.grouping == ',' && base != 10) {
      ev.Raise(ErrorKind::kValueError,
               absl::StrCat("Cannot specify ',' with '", std::string(1, spec.type), "'."));
    }
    digits = Group(ev, digits, "", prefix.size(), spec, base == 10 ? 3 : 4);
  }
  return Align(ev, prefix, digits, spec, '>');
}

std::string FormatFloat(Evaluator& ev, double value, const FormatSpec& spec) {
  if (spec.type != 0 && !absl::StrContains("eEfFgGn%", spec.type)) {
    RaiseUnknownCode(ev, spec.type, "float");
  }
  bool negative = std::signbit(value) && !std::isnan(value);
  std::string text = FloatDigits(ev, std::fabs(value), spec);
  if (spec.no_negative_zero && negative &&
      text.substr(0, text.find_first_of("eE")).find_first_of("123456789") == std::string::npos) {
    negative = false;
  }
  const std::string sign = SignText(negative, spec.sign);
  if (spec.grouping != 0 && std::isfinite(value)) {
    const size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
    const absl::string_view view = text;
    text = Group(ev, view.substr(0, whole), view.substr(whole), sign.size(), spec, 3);
  }
  return Align(ev, sign, text, spec, '>');
}

std::string FormatText(Evaluator& ev, absl::string_view value, const FormatSpec& spec) {
  if (spec.type != 0 && spec.type != 's') RaiseUnknownCode(ev, spec.type, "str");
  if (spec.sign != '-') {
    ev.Raise(ErrorKind::kValueError, "Sign not allowed in string format specifier");
  }
  if (spec.grouping != 0) ev.Raise(ErrorKind::kValueError, "Cannot specify ',' with 's'.");
  FormatSpec padded = spec;
  // A zero before the width fills a text from its end.
  if (spec.align == '=') {
    if (spec.fill != "0") {
      ev.Raise(ErrorKind::kValueError, "'=' alignment not allowed in string format specifier");
    }
    padded.align = '<';
  }
  if (spec.precision.has_value()) value = value.substr(0, CodePointOffset(value, *spec.precision));
  return Align(ev, "", value, padded, '<');
}

std::string FormatBuiltin(Evaluator& ev, Value value, absl::string_view spec) {
  if (spec.empty()) return ev.ToStr(value);
  const Value plain = Underlying(value);
  const std::string type_name(ev.TypeName(value));
  if (plain.IsInt() || plain.IsBool()) {
    return FormatInt(ev, plain.AsInt(), ParseFormatSpec(ev, spec, type_name));
  }
  if (plain.IsFloat()) {
    return FormatFloat(ev, plain.AsFloat(), ParseFormatSpec(ev, spec, type_name));
  }
  if (const auto* text = plain.As<StrObject>()) {
    return FormatText(ev, text->text, ParseFormatSpec(ev, spec, type_name));
  }
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("unsupported format string passed to ", type_name, ".__format__"));
}

}  // namespace graft::models::python
