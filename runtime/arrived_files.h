// Files that were moved to where they lie now, as the system has told: whoever writes beside and
// renames has nothing more to write, so there is nothing to wait for.
//
//   ArrivedFiles arrived;
//   arrived.Add(directory, "walker.pt", file->identity);     // its name has come
//   arrived.Forget(directory, "walker.pt");                  // somebody writes into it after all
//   if (arrived.Contains(candidate.identity)) ...            // found by whatever name: links
//
// Remembers the newest kLimit. Threads: one at a time.
#ifndef GRAFT_RUNTIME_ARRIVED_FILES_H_
#define GRAFT_RUNTIME_ARRIVED_FILES_H_

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/source_listing.h"

namespace graft::runtime {

class ArrivedFiles {
 public:
  static constexpr size_t kLimit = 64;

  // directory: whatever tells the directories apart that are watched.
  void Add(int directory, absl::string_view name, const FileIdentity& identity) {
    Forget(directory, name);
    files_.push_back({directory, std::string(name), identity});
    if (files_.size() > kLimit) files_.pop_front();
  }

  void Forget(int directory, absl::string_view name) {
    std::erase_if(files_, [&](const Arrived& file) {
      return file.directory == directory && file.name == name;
    });
  }

  // False once a file was written to: it has another identity then.
  bool Contains(const FileIdentity& identity) const {
    return std::any_of(files_.begin(), files_.end(),
                       [&](const Arrived& file) { return file.identity == identity; });
  }

 private:
  struct Arrived {
    int directory = 0;
    std::string name;
    FileIdentity identity;
  };

  std::deque<Arrived> files_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_ARRIVED_FILES_H_
