// What lies at a model's source right now: one file, or the files of a directory.
//
//   for (const SourceFile& file : ListSource("checkpoints/", wanted)) ...   // newest first
//
// Threads: any; free functions without state. May block on the file system: never on the frame
// path.
#ifndef GRAFT_RUNTIME_SOURCE_LISTING_H_
#define GRAFT_RUNTIME_SOURCE_LISTING_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace graft::runtime {

// Tells two contents of a path apart without reading them: a rename over the path changes inode, a
// writer changes size or time.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size_bytes = 0;
  int64_t modified_ns = 0;  // wall clock of the file system

  friend auto operator<=>(const FileIdentity&, const FileIdentity&) = default;  // NOLINT
};

struct SourceFile {
  std::string path;
  FileIdentity identity;
};

// source a file: that file, whatever its name. A directory: its regular files that `wanted` accepts
// by name, newest modification first (equal times: the later name first); names that writers use
// while they write (".x", "x.tmp", "x.part", "x~") are passed over. Nothing there, or no
// permission: empty.
std::vector<SourceFile> ListSource(const std::string& source,
                                   const std::function<bool(absl::string_view name)>& wanted);

// The directory whose changes tell that the source changes: itself, or the file's parent.
std::string DirectoryToWatch(const std::string& source);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_SOURCE_LISTING_H_
