// Whether TorchScript source may be handed to LibTorch's parser.
//
//   absl::Status status = CheckScriptCode(text, "walker.pt: code/__torch__.py");
//
// LibTorch's parser and compiler recurse over the nesting of the text without a bound (20,000
// parentheses overflow an 8 MB stack), and some code runs during loading already (__setstate__,
// default arguments). So two things are looked for before: nesting far deeper than any exporter
// writes, and the names of operators that touch files.
//
// Threads: a free function without state; nothing blocks. No LibTorch.
#ifndef GRAFT_MODELS_TORCH_CODE_CHECK_H_
#define GRAFT_MODELS_TORCH_CODE_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace graft::models {

struct CodeBounds {
  // Open brackets at one place. Exporters write below 20.
  int max_brackets = 100;
  // Height of an expression's tree: brackets, and operators that are chained or follow brackets.
  int max_depth = 1000;
  // Open blocks (indentations). Exporters write one level for each nested if, loop or class.
  int max_indents = 100;
  // elif in one file: each nests in the one before.
  int max_elifs = 500;
};

// Errors: kInvalidArgument: what was found and on which line. `label` begins the message.
absl::Status CheckScriptCode(absl::string_view code, absl::string_view label,
                             const CodeBounds& bounds = {});

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_CODE_CHECK_H_
