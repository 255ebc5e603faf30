// A text file beside checkpoints that names the one to serve, as trainers write it.
//
//   std::optional<std::string> text = ReadIndexText("checkpoints/latest");       // "step_100.pt"
//   absl::StatusOr<std::string> path = IndexedPath("checkpoints/latest", *text);
//
// Such a file holds one line: the name of a file or directory beside it or below, a path that leads
// there, or the number of a step. TensorFlow's way, `model_checkpoint_path: "step_100.pt"` in the
// first line of several, is read too.
//
// Threads: any; free functions without state. They block on the file system.
#ifndef GRAFT_RUNTIME_INDEX_FILE_H_
#define GRAFT_RUNTIME_INDEX_FILE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace graft::runtime {

// What the index file names; nothing: the file is no index (too long, not text, several lines), or
// cannot be read.
std::optional<std::string> ReadIndexText(const std::string& path);

// Where that is. A number is looked for among the names beside the index file, if none is exactly
// it: one must have it as its last number. Errors, which name the index file: kInvalidArgument: it
// leads out of the directory, or the number fits several. kUnavailable: not there (yet).
absl::StatusOr<std::string> IndexedPath(const std::string& index, absl::string_view text);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_INDEX_FILE_H_
