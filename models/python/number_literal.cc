#include "models/python/number_literal.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace graft::models::python {
namespace {

// A digit's value; 36 for what is none.
int DigitValue(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  if (absl::ascii_isalpha(c)) return absl::ascii_tolower(c) - 'a' + 10;
  return 36;
}

// 16, 8 or 2 for 'x', 'o', 'b'; else 10.
int BaseOf(absl::string_view literal) {
  if (literal.size() < 2 || literal[0] != '0') return 10;
  switch (absl::ascii_tolower(literal[1])) {
    case 'x':
      return 16;
    case 'o':
      return 8;
    case 'b':
      return 2;
    default:
      return 10;
  }
}

absl::string_view BaseName(int base) {
  if (base == 16) return "hexadecimal";
  if (base == 8) return "octal";
  if (base == 2) return "binary";
  return "decimal";
}

// Walks over one literal.
class NumberScanner {
 public:
  NumberScanner(absl::string_view text, size_t position, std::string* error)
      : text_(text), begin_(position), position_(position), error_(error) {}

  size_t Scan() {
    const int base = BaseOf(text_.substr(begin_, 2));
    if (base == 10) {
      ScanDecimal();
    } else {
      position_ += 2;
      if (At() == '_') ++position_;
      if (Digits(base)) CheckEnd(base);
    }
    return position_;
  }

 private:
  char At(size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }

  bool Fail(absl::string_view message) {
    *error_ = std::string(message);
    // What is glued to the literal belongs to the error.
    while (absl::ascii_isalnum(At()) || At() == '_') ++position_;
    return false;
  }

  // One digit or more, single underscores between them.
  bool Digits(int base) {
    for (;;) {
      if (DigitValue(At()) >= base) {
        if (absl::ascii_isdigit(At())) {
          return Fail(absl::StrCat("invalid digit '", std::string(1, At()), "' in a ",
                                   BaseName(base), " number"));
        }
        return Fail(absl::StrCat("invalid ", BaseName(base), " number"));
      }
      while (DigitValue(At()) < base) ++position_;
      if (At() != '_') return true;
      ++position_;
    }
  }

  // [digits] [. [digits]] [exponent] [j]
  void ScanDecimal() {
    bool is_integer = true;
    if (At() != '.' && !Digits(10)) return;
    const absl::string_view whole = text_.substr(begin_, position_ - begin_);
    if (At() == '.') {
      is_integer = false;
      ++position_;
      if (absl::ascii_isdigit(At()) && !Digits(10)) return;
    }
    if (At() == 'e' || At() == 'E') {
      const size_t sign = At(1) == '+' || At(1) == '-' ? 1 : 0;
      // Else the letter begins a keyword ("1else 2") or is an error.
      if (absl::ascii_isdigit(At(1 + sign))) {
        is_integer = false;
        position_ += 1 + sign;
        if (!Digits(10)) return;
      }
    }
    if (At() == 'j' || At() == 'J') {
      is_integer = false;
      ++position_;
    }
    if (!CheckEnd(10) || !is_integer || whole[0] != '0') return;
    if (std::any_of(whole.begin(), whole.end(), [](char c) { return c >= '1' && c <= '9'; })) {
      Fail("a decimal number cannot begin with 0; an octal one begins with 0o");
    }
  }

  // A literal may be followed at once by a keyword that makes sense there: "1if x else 2".
  bool CheckEnd(int base) {
    const absl::string_view rest = text_.substr(position_);
    const auto ends = {"and", "else", "for", "if", "in", "is", "not", "or"};
    if (std::any_of(ends.begin(), ends.end(),
                    [rest](absl::string_view word) { return absl::StartsWith(rest, word); })) {
      return true;
    }
    const char c = At();
    if (base < 10 && absl::ascii_isdigit(c)) {
      return Fail(
          absl::StrCat("invalid digit '", std::string(1, c), "' in a ", BaseName(base), " number"));
    }
    if (absl::ascii_isalnum(c) || c == '_' || static_cast<uint8_t>(c) >= 0x80) {
      return Fail(absl::StrCat("invalid ", BaseName(base), " number"));
    }
    return true;
  }

  const absl::string_view text_;
  const size_t begin_;
  size_t position_;
  std::string* const error_;
};

// False beyond 64 bits.
bool ReadInteger(absl::string_view digits, int base, int64_t* value) {
  uint64_t sum = 0;
  for (const char c : digits) {
    if (c == '_') continue;
    const auto digit = static_cast<uint64_t>(DigitValue(c));
    constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
    if (sum > (kLargest - digit) / base) return false;
    sum = sum * base + digit;
  }
  *value = static_cast<int64_t>(sum);
  return true;
}

}  // namespace

size_t ScanNumber(absl::string_view text, size_t position, std::string* error) {
  return NumberScanner(text, position, error).Scan();
}

void ReadNumber(absl::string_view literal, ConstantExpr* constant) {
  const int base = BaseOf(literal);
  if (base != 10 || literal.find_first_of(".eEjJ") == absl::string_view::npos) {
    const absl::string_view digits = base == 10 ? literal : literal.substr(2);
    constant->type = ConstantExpr::Type::kInt;
    if (ReadInteger(digits, base, &constant->int_value)) return;
    constant->type = ConstantExpr::Type::kBigInt;
    constant->text = std::string(literal);
    return;
  }
  constant->type = ConstantExpr::Type::kFloat;
  if (absl::EndsWithIgnoreCase(literal, "j")) {
    constant->type = ConstantExpr::Type::kImaginary;
    literal.remove_suffix(1);
  }
  const std::string digits = absl::StrReplaceAll(literal, {{"_", ""}});
  // Cannot fail: it is a number. One too large becomes infinity, as in Python.
  static_cast<void>(absl::SimpleAtod(digits, &constant->float_value));
}

}  // namespace graft::models::python
