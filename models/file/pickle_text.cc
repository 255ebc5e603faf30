#include "models/file/pickle_text.h"

#include <cstdint>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace graft::models {
namespace {

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xc0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out->push_back(static_cast<char>(0xf0 | (code >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

// The code point at *position, which moves behind it; nullopt for malformed UTF-8.
std::optional<uint32_t> NextCodePoint(absl::string_view text, size_t* position) {
  const auto lead = static_cast<uint8_t>(text[*position]);
  ++*position;
  if (lead < 0x80) return lead;
  size_t more = 0;
  uint32_t code = 0;
  if (lead >= 0xc2 && lead < 0xe0) {
    more = 1;
    code = lead & 0x1f;
  } else if (lead >= 0xe0 && lead < 0xf0) {
    more = 2;
    code = lead & 0x0f;
  } else if (lead >= 0xf0 && lead < 0xf5) {
    more = 3;
    code = lead & 0x07;
  } else {
    return std::nullopt;
  }
  if (text.size() - *position < more) return std::nullopt;
  for (size_t i = 0; i < more; ++i) {
    const auto byte = static_cast<uint8_t>(text[(*position)++]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    code = (code << 6) | (byte & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[more] || code > 0x10ffff) return std::nullopt;
  return code;
}

}  // namespace

bool IsPickleUtf8(absl::string_view text) {
  // Names are ASCII nearly always.
  constexpr uint64_t kHighBits = 0x8080808080808080;
  size_t position = 0;
  for (uint64_t word; text.size() - position >= sizeof(word); position += sizeof(word)) {
    std::memcpy(&word, text.data() + position, sizeof(word));
    if ((word & kHighBits) != 0) break;
  }
  while (position < text.size()) {
    if (!NextCodePoint(text, &position)) return false;
  }
  return true;
}

std::optional<std::string> UnquotePythonString(absl::string_view literal) {
  if (literal.size() < 2 || (literal[0] != '\'' && literal[0] != '"') ||
      literal.back() != literal[0]) {
    return std::nullopt;
  }
  std::string out;
  if (!absl::CUnescape(literal.substr(1, literal.size() - 2), &out)) return std::nullopt;
  return out;
}

std::optional<std::string> DecodeRawUnicode(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size() || (text[i + 1] != 'u' && text[i + 1] != 'U')) {
      AppendUtf8(static_cast<uint8_t>(text[i++]), &out);
      continue;
    }
    const size_t digits = text[i + 1] == 'u' ? 4 : 8;
    uint32_t code = 0;
    const absl::string_view hex = text.substr(i + 2, digits);
    if (hex.size() != digits || !absl::SimpleHexAtoi(hex, &code) || code > 0x10ffff) {
      return std::nullopt;
    }
    AppendUtf8(code, &out);
    i += 2 + digits;
  }
  return out;
}

std::optional<std::string> Latin1FromUtf8(absl::string_view text) {
  std::string out;
  size_t position = 0;
  while (position < text.size()) {
    const std::optional<uint32_t> code = NextCodePoint(text, &position);
    if (!code || *code > 0xff) return std::nullopt;
    out.push_back(static_cast<char>(*code));
  }
  return out;
}

std::optional<std::string> BigIntFromDecimal(absl::string_view text) {
  constexpr size_t kMaxDigits = 4000;
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  std::string bytes(1, '\0');
  for (const char digit : text) {
    if (!absl::ascii_isdigit(digit)) return std::nullopt;
    uint32_t carry = static_cast<uint32_t>(digit - '0');
    for (char& byte : bytes) {
      const uint32_t value = static_cast<uint8_t>(byte) * 10u + carry;
      byte = static_cast<char>(value & 0xff);
      carry = value >> 8;
    }
    if (carry != 0) bytes.push_back(static_cast<char>(carry));
  }
  bytes.push_back('\0');
  if (negative) {
    uint32_t carry = 1;
    for (char& byte : bytes) {
      const uint32_t value = (~static_cast<uint32_t>(static_cast<uint8_t>(byte)) & 0xff) + carry;
      byte = static_cast<char>(value & 0xff);
      carry = value >> 8;
    }
  }
  return bytes;
}

}  // namespace graft::models
