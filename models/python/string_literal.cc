#include "models/python/string_literal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "models/python/utf8.h"

namespace graft::models::python {
namespace {

// Letters before the quote.
constexpr size_t kLongestPrefix = 2;

int HexValue(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  return absl::ascii_tolower(c) - 'a' + 10;
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// Resolves the escapes of one part of a literal.
class Unescaper {
 public:
  Unescaper(absl::string_view written, StringStyle style, bool is_raw, std::string* out)
      : written_(written), style_(style), is_raw_(is_raw), out_(out) {}

  std::optional<StringError> Run() {
    const absl::string_view special = style_ == StringStyle::kFormat ? "\\{}" : "\\";
    while (position_ < written_.size()) {
      const size_t next = std::min(written_.find_first_of(special, position_), written_.size());
      if (!Plain(written_.substr(position_, next - position_))) return error_;
      position_ = next;
      if (position_ == written_.size()) break;
      if (written_[position_] == '\\') {
        if (!Escape()) return error_;
      } else {
        // A doubled brace: the lexer leaves no other.
        out_->push_back(written_[position_]);
        position_ += 2;
      }
    }
    return std::nullopt;
  }

 private:
  bool Fail(size_t size, std::string message) {
    error_ = StringError{.offset = position_, .size = size, .message = std::move(message)};
    return false;
  }

  bool Plain(absl::string_view text) {
    if (style_ == StringStyle::kBytes) {
      for (size_t i = 0; i < text.size(); ++i) {
        if (absl::ascii_isascii(text[i])) continue;
        position_ += i;
        return Fail(1, "a bytes literal can only hold ASCII characters; write \\x.. for others");
      }
    }
    absl::StrAppend(out_, text);
    return true;
  }

  // As written, `size` bytes of it.
  bool Keep(size_t size) {
    const absl::string_view kept = written_.substr(position_, size);
    if (!Plain(kept)) return false;
    position_ += kept.size();
    return true;
  }

  bool Put(size_t size, char c) {
    out_->push_back(c);
    position_ += size;
    return true;
  }

  bool Escape() {
    // Before a field of an f-string, too, a backslash stands for itself.
    if (is_raw_ || position_ + 1 == written_.size()) return Keep(1);
    const char c = written_[position_ + 1];
    switch (c) {
      case '\n':
        position_ += 2;
        return true;
      case '\\':
      case '\'':
      case '"':
        return Put(2, c);
      case 'a':
        return Put(2, '\a');
      case 'b':
        return Put(2, '\b');
      case 'f':
        return Put(2, '\f');
      case 'n':
        return Put(2, '\n');
      case 'r':
        return Put(2, '\r');
      case 't':
        return Put(2, '\t');
      case 'v':
        return Put(2, '\v');
      case 'x':
        return Hex(2);
      case 'u':
        return style_ == StringStyle::kBytes ? Keep(2) : Hex(4);
      case 'U':
        return style_ == StringStyle::kBytes ? Keep(2) : Hex(8);
      case 'N':
        return style_ == StringStyle::kBytes ? Keep(2) : Named();
      default:
        return IsOctal(c) ? Octal() : Keep(1);
    }
  }

  // \xhh, \uhhhh, \Uhhhhhhhh
  bool Hex(size_t digits) {
    uint32_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      const size_t at = position_ + 2 + i;
      if (at >= written_.size() || !absl::ascii_isxdigit(written_[at])) {
        return Fail(2 + i, absl::StrCat("this escape needs ", digits, " hexadecimal digits"));
      }
      value = value * 16 + HexValue(written_[at]);
    }
    if (value > 0x10FFFF) return Fail(2 + digits, "there is no such Unicode character");
    position_ += 2 + digits;
    return Character(value);
  }

  bool Octal() {
    uint32_t value = 0;
    size_t size = 1;
    while (size < 4 && position_ + size < written_.size() && IsOctal(written_[position_ + size])) {
      value = value * 8 + (written_[position_ + size++] - '0');
    }
    position_ += size;
    return Character(value);
  }

  bool Character(uint32_t value) {
    if (style_ == StringStyle::kBytes) {
      out_->push_back(static_cast<char>(value & 0xFF));
    } else {
      AppendUtf8(value, out_);
    }
    return true;
  }

  bool Named() {
    const size_t end = written_.find('}', position_);
    const bool has_name = position_ + 2 < written_.size() && written_[position_ + 2] == '{' &&
                          end != absl::string_view::npos && end > position_ + 3;
    if (!has_name) return Fail(2, "\\N needs a character's name in braces: \\N{BULLET}");
    return Keep(end + 1 - position_);
  }

  const absl::string_view written_;
  const StringStyle style_;
  const bool is_raw_;
  std::string* const out_;
  size_t position_ = 0;
  std::optional<StringError> error_;
};

}  // namespace

std::optional<StringPrefix> ReadStringPrefix(absl::string_view text) {
  StringPrefix prefix;
  bool is_unicode = false;
  for (; prefix.size <= kLongestPrefix && prefix.size < text.size(); ++prefix.size) {
    switch (text[prefix.size]) {
      case '\'':
      case '"':
        // u stands alone; f and b do not go together.
        if (is_unicode && prefix.size > 1) return std::nullopt;
        if (prefix.is_bytes && prefix.is_format) return std::nullopt;
        return prefix;
      case 'r':
      case 'R':
        if (prefix.is_raw) return std::nullopt;
        prefix.is_raw = true;
        break;
      case 'b':
      case 'B':
        if (prefix.is_bytes) return std::nullopt;
        prefix.is_bytes = true;
        break;
      case 'f':
      case 'F':
        if (prefix.is_format) return std::nullopt;
        prefix.is_format = true;
        break;
      case 'u':
      case 'U':
        is_unicode = true;
        break;
      default:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<StringError> AppendUnescaped(absl::string_view written, StringStyle style,
                                           bool is_raw, std::string* out) {
  return Unescaper(written, style, is_raw, out).Run();
}

}  // namespace graft::models::python
