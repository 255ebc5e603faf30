// String literals of Python: their prefix, and their text with escapes resolved.
//
//   StringPrefix prefix = ReadStringPrefix("rb'...'");          // is_raw, is_bytes, size 2
//   std::optional<StringError> error =
//       AppendUnescaped(R"(a\n)", StringStyle::kText, /*is_raw=*/false, &out);
//
// Escapes: docs.python.org/3.12/reference/lexical_analysis.html#escape-sequences. Unknown ones stay
// as they are written, as in Python. So does \N{NAME}, which would need the Unicode database.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_STRING_LITERAL_H_
#define GRAFT_MODELS_PYTHON_STRING_LITERAL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace graft::models::python {

struct StringPrefix {
  bool is_raw = false;
  bool is_bytes = false;
  bool is_format = false;
  size_t size = 0;  // letters before the quote
};

// The prefix of the literal that `text` begins with; none if no literal begins there.
std::optional<StringPrefix> ReadStringPrefix(absl::string_view text);

// What is written between the quotes.
enum class StringStyle : uint8_t { kText, kBytes, kFormat };

struct StringError {
  size_t offset = 0;  // of the wrong bytes in what was unescaped
  size_t size = 0;
  std::string message;
};

// Appends what `written`, a part of a literal without its quotes, stands for; escapes stay in a raw
// one. In kFormat, the text
// between an f-string's fields, doubled braces become single ones.
std::optional<StringError> AppendUnescaped(absl::string_view written, StringStyle style,
                                           bool is_raw, std::string* out);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_STRING_LITERAL_H_
