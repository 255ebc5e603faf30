// The contents that a model has refused, so that the same bytes are not tried again when they come
// under another name or are written anew.
//
//   refused.Add({size_bytes, digest}, 7, "walker.pt: NaN in layer 3");
//   if (refused.AnyOfSize(size_bytes))                       // only then is a digest worth its
//   time
//     if (const auto* known = refused.Find({size_bytes, digest})) ...known->reason...
//
// Remembers the newest kLimit. Threads: one at a time.
#ifndef GRAFT_RUNTIME_REFUSED_CONTENTS_H_
#define GRAFT_RUNTIME_REFUSED_CONTENTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace graft::runtime {

class RefusedContents {
 public:
  static constexpr size_t kLimit = 256;

  struct Refusal {
    uint64_t size_bytes = 0;
    std::string digest;
    uint64_t version = 0;
    std::string reason;
  };

  void Add(Refusal refusal) {
    if (Find(refusal.size_bytes, refusal.digest) != nullptr) return;
    refusals_.push_back(std::move(refusal));
    if (refusals_.size() > kLimit) refusals_.pop_front();
  }

  bool AnyOfSize(uint64_t size_bytes) const {
    return std::any_of(refusals_.begin(), refusals_.end(), [size_bytes](const Refusal& refusal) {
      return refusal.size_bytes == size_bytes;
    });
  }

  // Null: these bytes have not been refused. Valid until the next Add.
  const Refusal* Find(uint64_t size_bytes, absl::string_view digest) const {
    const auto found =
        std::find_if(refusals_.begin(), refusals_.end(), [&](const Refusal& refusal) {
          return refusal.size_bytes == size_bytes && refusal.digest == digest;
        });
    return found == refusals_.end() ? nullptr : &*found;
  }

 private:
  std::deque<Refusal> refusals_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_REFUSED_CONTENTS_H_
