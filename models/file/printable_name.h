// A name from a file (record, key, tensor) as it may stand in a message: untrusted bytes, so
// control characters are escaped and long names cut.
//
//   absl::StrCat("record \"", PrintableName(entry.name), "\" is missing")
#ifndef GRAFT_MODELS_FILE_PRINTABLE_NAME_H_
#define GRAFT_MODELS_FILE_PRINTABLE_NAME_H_

#include <string>

#include "absl/strings/string_view.h"

namespace graft::models {

std::string PrintableName(absl::string_view name);

// A whole message or path for a terminal: control characters are escaped, nothing else is changed.
std::string PrintableText(absl::string_view text);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PRINTABLE_NAME_H_
