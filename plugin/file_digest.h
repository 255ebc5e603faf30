// SHA-256 of a file, read in small pieces at a bounded rate.
//
//   absl::StatusOr<std::string> hex = FileDigest("walker.pt", [&] { return cancelled; });
//
// Threads: any; blocks for the file system, and sleeps to keep its rate.
#ifndef GRAFT_PLUGIN_FILE_DIGEST_H_
#define GRAFT_PLUGIN_FILE_DIGEST_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace graft::plugin {

// 64 lower-case hexadecimal digits. Errors: kNotFound, kUnavailable (the file system refuses),
// kCancelled.
absl::StatusOr<std::string> FileDigest(const std::string& path,
                                       const std::function<bool()>& cancelled);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_FILE_DIGEST_H_
