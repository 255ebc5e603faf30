// One character of UTF-8 text at a time, checked, and back to bytes.
//
//   if (std::optional<Utf8Character> c = DecodeUtf8(text, pos)) pos += c->size;
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_UTF8_H_
#define GRAFT_MODELS_PYTHON_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace graft::models::python {

struct Utf8Character {
  uint32_t code_point = 0;
  size_t size = 0;  // bytes
};

// The character at `position`, which lies within `text`; none where the bytes are no UTF-8
// (overlong forms, surrogates and what lies beyond U+10FFFF are none).
std::optional<Utf8Character> DecodeUtf8(absl::string_view text, size_t position);

// Surrogates are encoded like any other code point: Python strings may hold them.
void AppendUtf8(uint32_t code_point, std::string* out);

// Offset of the first byte that is no UTF-8; text.size() if there is none.
size_t ValidUtf8Size(absl::string_view text);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_UTF8_H_
