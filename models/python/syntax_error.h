// What is wrong with a source text, and where: made by the lexer and the parser, shown to the user
// with its line.
//
//   return ToStatus({.range = token.range, .message = "expected ':', found 'x'"}, source);
//   // net.py:12:9: expected ':', found 'x'
//   //     if a x
//   //          ^
//
// Threads: values. Ownership: values.
#ifndef GRAFT_MODELS_PYTHON_SYNTAX_ERROR_H_
#define GRAFT_MODELS_PYTHON_SYNTAX_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "models/python/source_file.h"

namespace graft::models::python {

struct SyntaxError {
  SourceRange range;
  std::string message;
};

// kInvalidArgument.
absl::Status ToStatus(const SyntaxError& error, const SourceFile& source);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SYNTAX_ERROR_H_
