#include "models/python/syntax_error.h"

#include "absl/strings/str_cat.h"

namespace graft::models::python {

absl::Status ToStatus(const SyntaxError& error, const SourceFile& source) {
  std::string text = absl::StrCat(source.Place(error.range), ": ", error.message);
  const std::string underline = source.Underline(error.range);
  if (!underline.empty()) absl::StrAppend(&text, "\n", underline);
  return absl::InvalidArgumentError(text);
}

}  // namespace graft::models::python
