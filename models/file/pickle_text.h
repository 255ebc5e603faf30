// The text forms of protocol 0 and the UTF-8 of all protocols: decoding for pickle_reader.
#ifndef GRAFT_MODELS_FILE_PICKLE_TEXT_H_
#define GRAFT_MODELS_FILE_PICKLE_TEXT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace graft::models {

// UTF-8 as Python's "surrogatepass" takes it: lone surrogates count as valid.
bool IsPickleUtf8(absl::string_view text);

// The contents of a quoted Python 2 string literal with its escapes undone; nullopt when it is
// none.
std::optional<std::string> UnquotePythonString(absl::string_view literal);

// Decodes "raw-unicode-escape": Latin-1 with \uXXXX and \UXXXXXXXX. To UTF-8.
std::optional<std::string> DecodeRawUnicode(absl::string_view text);

// Latin-1 bytes of UTF-8 text; nullopt when a character is beyond U+00FF.
std::optional<std::string> Latin1FromUtf8(absl::string_view text);

// Little-endian two's complement bytes of a decimal number with optional sign, at most 4000 digits.
std::optional<std::string> BigIntFromDecimal(absl::string_view text);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PICKLE_TEXT_H_
