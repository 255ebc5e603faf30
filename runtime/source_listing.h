// What lies at a model's source right now, best first.
//
//   const SourceListing listing = ListSource("checkpoints/", wanted);
//   for (const SourceFile& file : listing.files) ...
//
// A source is one of
//   walker.pt           a file, or a link to one
//   checkpoints/        a directory: its newest model file
//   runs/policy_*.pt    a pattern: the file with the highest step in its name (path_pattern.h)
//   checkpoints/latest  an index file, which names one of the others beside it (index_file.h)
//
// Threads: any; free functions without state. May block on the file system: never on the frame
// path.
#ifndef GRAFT_RUNTIME_SOURCE_LISTING_H_
#define GRAFT_RUNTIME_SOURCE_LISTING_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/tensor/file_identity.h"

namespace graft::runtime {

using models::FileIdentity;

struct SourceFile {
  std::string path;
  FileIdentity identity;
};

struct SourceListing {
  enum class Order : uint8_t {
    kNamed,        // at most one file: the one that the source names, now
    kNewest,       // the newest modification first; equal times: the later name first
    kHighestStep,  // the highest step first; equal steps: as kNewest
  };
  Order order = Order::kNamed;
  std::vector<SourceFile> files;
  // The index file that was followed.
  std::optional<SourceFile> index;
  // What keeps files from being seen: kPermissionDenied, kUnavailable (the file system refuses);
  // the errors of IndexedPath. Names the path. Other files may be there all the same.
  absl::Status problem;
};

// wanted: the names that count as model files, in a directory and for a pattern that ends in a
// wildcard; empty: all do. A file with another name is a model or an index by what it holds. Names
// that writers use while they write (".x", "x.tmp", "x.part", "x~") are passed over in both.
SourceListing ListSource(const std::string& source,
                         const std::function<bool(absl::string_view name)>& wanted);

// The regular file at a path, or where a link there leads; readable or not.
std::optional<SourceFile> FindFile(const std::string& path);
// Likewise, but not through a link.
std::optional<SourceFile> FindFileItself(const std::string& path);

// The directories whose changes tell that the source changes, at most 64. Changes elsewhere show
// only when the source is looked at.
std::vector<std::string> DirectoriesToWatch(const std::string& source);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_SOURCE_LISTING_H_
