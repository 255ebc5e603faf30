// Parses Python source text to a syntax tree. Reads the grammar of Python 3.12, whole: what the
// evaluator does not run is refused there, where it is reached, so that a file may hold anything.
//
//   absl::StatusOr<std::unique_ptr<ParsedModule>> module =
//       ParseModule(std::make_shared<SourceFile>("net.py", text));
//
// Read and left out of the tree: type parameters (`class A[T]:`), type comments, the cases of a
// match statement. `type X = ...` becomes a `pass`.
//
// Threads: free functions without state. Time and memory are linear in the text.
#ifndef GRAFT_MODELS_PYTHON_PARSER_H_
#define GRAFT_MODELS_PYTHON_PARSER_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "models/python/ast.h"
#include "models/python/source_file.h"

namespace graft::models::python {

// Deepest nesting of expressions and of blocks. Deeper text is refused with its place.
inline constexpr int kMaxNesting = 200;
// Deepest tree: statements and expressions on a way from the module down to a leaf. A chain like
// a + b + c + ... is as deep as it has operators; a thousand fit, within some nesting. A recursive
// walk may use some 400 bytes of stack at each step and stay within 512 KB.
inline constexpr int kMaxTreeDepth = 1200;
// Largest source text.
inline constexpr size_t kMaxSourceBytes = size_t{8} << 20;

// Errors: kInvalidArgument "net.py:12:9: expected ':' ..." with the line and a caret below it.
absl::StatusOr<std::unique_ptr<ParsedModule>> ParseModule(std::shared_ptr<const SourceFile> source);

// One expression, as written in a manifest: "Net(num_classes=10)", "nn.Linear(2048, 10)".
absl::StatusOr<ExprPtr> ParseExpression(const std::shared_ptr<const SourceFile>& source);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_PARSER_H_
