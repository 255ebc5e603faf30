// Code points of UTF-8 text, and the literal that Python's repr() writes for a str.
//
//   CountCodePoints("né");                  // 2
//   for (absl::string_view c : CodePoints(text)) ...
//   StrRepr("it's");                        // "it's" in double quotes
//
// Text that is not UTF-8 counts each stray byte as a code point.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_UTF8_TEXT_H_
#define GRAFT_MODELS_PYTHON_UTF8_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace graft::models::python {

bool IsAscii(absl::string_view text);

int64_t CountCodePoints(absl::string_view text);

// The byte where code point `index` starts; text.size() when there are no more than that.
size_t CodePointOffset(absl::string_view text, int64_t index);

// Each code point's bytes; views into `text`.
std::vector<absl::string_view> CodePoints(absl::string_view text);

// The first code point's number. @pre !text.empty()
uint32_t DecodeCodePoint(absl::string_view text);

// nullopt: no code point has this number.
std::optional<std::string> EncodeCodePoint(int64_t number);

// repr(text).
std::string StrRepr(absl::string_view text);

// What ascii() does to a repr: "\xe9", "\u20ac" for what is not ASCII.
std::string EscapeNonAscii(absl::string_view repr);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_UTF8_TEXT_H_
