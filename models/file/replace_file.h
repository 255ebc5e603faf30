// Writing a file so that a reader sees the old one or the whole new one, never half of it.
//
//   absl::Status status = ReplaceFile("out.safetensors", {header, data});
//
// Threads: any; blocks for the file system.
#ifndef GRAFT_MODELS_FILE_REPLACE_FILE_H_
#define GRAFT_MODELS_FILE_REPLACE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/file/byte_span.h"

namespace graft::models {

// Writes the pieces one after another into a new file beside `path`, flushes it to the disk and
// renames it to `path`. On failure nothing is left behind. Errors: kNotFound (no such directory),
// kPermissionDenied, kUnavailable.
absl::Status ReplaceFile(const std::string& path, absl::Span<const ByteSpan> pieces);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_REPLACE_FILE_H_
