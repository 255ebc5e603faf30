// Number literals of Python: where one ends in the text, and its value.
//
//   std::string error;
//   size_t end = ScanNumber(text, position, &error);         // "1_000", "0x1F", "1.5e-3", "2j"
//   if (error.empty()) ReadNumber(text.substr(position, end - position), &constant);
//
// Grammar: docs.python.org/3.12/reference/lexical_analysis.html#numeric-literals
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_NUMBER_LITERAL_H_
#define GRAFT_MODELS_PYTHON_NUMBER_LITERAL_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "models/python/ast.h"

namespace graft::models::python {

// The end of the literal that begins at `position`: a digit, or a dot before a digit. For a broken
// one, the end of what belongs to it, and what is wrong in `*error`.
size_t ScanNumber(absl::string_view text, size_t position, std::string* error);

// Sets type and value of `*constant` from a literal that ScanNumber found whole.
void ReadNumber(absl::string_view literal, ConstantExpr* constant);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_NUMBER_LITERAL_H_
