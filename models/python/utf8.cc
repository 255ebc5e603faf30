#include "models/python/utf8.h"

#include <cstring>

namespace graft::models::python {

std::optional<Utf8Character> DecodeUtf8(absl::string_view text, size_t position) {
  const auto lead = static_cast<uint8_t>(text[position]);
  if (lead < 0x80) return Utf8Character{.code_point = lead, .size = 1};
  size_t size = 0;
  uint32_t code_point = 0;
  uint32_t least = 0;  // smallest code point that needs this many bytes
  if ((lead & 0xE0) == 0xC0) {
    size = 2, code_point = lead & 0x1F, least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    size = 3, code_point = lead & 0x0F, least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    size = 4, code_point = lead & 0x07, least = 0x10000;
  } else {
    return std::nullopt;
  }
  if (text.size() - position < size) return std::nullopt;
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<uint8_t>(text[position + i]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    code_point = (code_point << 6) | (next & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < least || code_point > 0x10FFFF || surrogate) return std::nullopt;
  return Utf8Character{.code_point = code_point, .size = size};
}

void AppendUtf8(uint32_t code_point, std::string* out) {
  const auto add = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xC0 | (code_point >> 6));
    add(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    add(0xE0 | (code_point >> 12));
    add(0x80 | ((code_point >> 6) & 0x3F));
    add(0x80 | (code_point & 0x3F));
  } else {
    add(0xF0 | (code_point >> 18));
    add(0x80 | ((code_point >> 12) & 0x3F));
    add(0x80 | ((code_point >> 6) & 0x3F));
    add(0x80 | (code_point & 0x3F));
  }
}

size_t ValidUtf8Size(absl::string_view text) {
  size_t position = 0;
  while (position < text.size()) {
    // Source text is ASCII for the most part: eight bytes at a time.
    uint64_t eight = 0;
    if (text.size() - position >= sizeof eight) {
      std::memcpy(&eight, text.data() + position, sizeof eight);
      if ((eight & 0x8080808080808080) == 0) {
        position += sizeof eight;
        continue;
      }
    }
    const std::optional<Utf8Character> character = DecodeUtf8(text, position);
    if (!character) return position;
    position += character->size;
  }
  return position;
}

}  // namespace graft::models::python
