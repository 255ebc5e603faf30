// Which of a source's files have been tried, and so which is the next candidate.
//
//   TriedFiles tried;
//   if (const SourceFile* file = tried.NextCandidate(listing)) ...
//   tried.Add(file->identity, TriedFiles::Fate::kTaken);
//
// The same bytes are not tried twice; what else is a candidate depends on the kind of source:
//   kNamed        what the source names now, if that is not the file taken last. A link that is
//                 turned back to an earlier file brings that one back.
//   kNewest       the first that has not been tried, whatever its date says.
//   kHighestStep  likewise, but only above the file that was taken: a lower step that comes later
//                 is not a newer version.
//
// Threads: one at a time.
#ifndef GRAFT_RUNTIME_TRIED_FILES_H_
#define GRAFT_RUNTIME_TRIED_FILES_H_

#include <cstdint>
#include <map>

#include "runtime/source_listing.h"

namespace graft::runtime {

class TriedFiles {
 public:
  enum class Fate : uint8_t {
    kBegun,       // being tried, or refused
    kPassedOver,  // lay beside one that was taken
    kTaken,       // became a version
  };

  void Add(const FileIdentity& file, Fate fate) {
    if (fate == Fate::kPassedOver) {
      fates_.try_emplace(file, fate);
    } else {
      fates_[file] = fate;
    }
    if (fate == Fate::kTaken) taken_last_ = file;
  }

  // Null: there is none. Points into the listing.
  const SourceFile* NextCandidate(const SourceListing& listing) const {
    for (const SourceFile& file : listing.files) {
      const auto known = fates_.find(file.identity);
      if (known == fates_.end()) return &file;
      const bool was_taken = known->second == Fate::kTaken;
      if (listing.order == SourceListing::Order::kNamed && was_taken &&
          taken_last_ != file.identity) {
        return &file;
      }
      if (listing.order == SourceListing::Order::kHighestStep && was_taken) return nullptr;
    }
    return nullptr;
  }

 private:
  std::map<FileIdentity, Fate> fates_;
  FileIdentity taken_last_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_TRIED_FILES_H_
