// Python's format specifications: what follows the colon in f"{x:>8.3f}" (docs.python.org,
// "Format Specification Mini-Language").
//
//   FormatBuiltin(ev, Value::Float(2.5), "08.3f");   // "0002.500"
//
// Threads: value.h. Memory is charged before a wide field is made.
#ifndef GRAFT_MODELS_PYTHON_FORMAT_SPEC_H_
#define GRAFT_MODELS_PYTHON_FORMAT_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "models/python/value.h"

namespace graft::models::python {

struct FormatSpec {
  std::string fill = " ";  // one code point
  char align = 0;          // < > ^ =; 0: that of the type
  char sign = '-';         // - + space
  bool alternate = false;  // #
  bool no_negative_zero = false;
  char grouping = 0;  // , _ or 0
  int64_t width = 0;
  std::optional<int64_t> precision = std::nullopt;
  char type = 0;
};

// Raises ValueError.
FormatSpec ParseFormatSpec(Evaluator& ev, absl::string_view text, absl::string_view type_name);

std::string FormatInt(Evaluator& ev, int64_t value, const FormatSpec& spec);
std::string FormatFloat(Evaluator& ev, double value, const FormatSpec& spec);
std::string FormatText(Evaluator& ev, absl::string_view value, const FormatSpec& spec);

// format(value, spec) of the built-in types: bool, int, float, str, and classes derived from them.
// Everything else takes only the empty spec, and is its str().
std::string FormatBuiltin(Evaluator& ev, Value value, absl::string_view spec);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_FORMAT_SPEC_H_
