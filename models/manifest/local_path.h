// A path that a manifest names, relative to the manifest's own directory.
//
//   LocalPath("net.py", "models");   // "models/net.py"
//
// Threads: a free function without state; does not look at the file system.
#ifndef GRAFT_MODELS_MANIFEST_LOCAL_PATH_H_
#define GRAFT_MODELS_MANIFEST_LOCAL_PATH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace graft::models {

// `written` joined to `directory` ("" is the current one), unless it is absolute. Errors:
// kInvalidArgument for what is no path of a local file or directory.
absl::StatusOr<std::string> LocalPath(absl::string_view written, absl::string_view directory);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_LOCAL_PATH_H_
