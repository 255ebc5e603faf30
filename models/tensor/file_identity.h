// What a path meant at one moment: tells two contents of it apart without reading them. A rename
// over the path changes the inode, a writer changes size or time.
//
//   struct stat facts;
//   if (stat("walker.pt", &facts) == 0) const FileIdentity now = IdentityOf(facts);
//
// Threads: values.
#ifndef GRAFT_MODELS_TENSOR_FILE_IDENTITY_H_
#define GRAFT_MODELS_TENSOR_FILE_IDENTITY_H_

#include <sys/stat.h>

#include <compare>
#include <cstdint>

namespace graft::models {

// Equal identities: nobody replaced the file, and no write was seen.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size_bytes = 0;
  int64_t modified_ns = 0;  // since the Unix epoch; the kernel's clock ticks every few milliseconds

  friend auto operator<=>(const FileIdentity&, const FileIdentity&) = default;  // NOLINT
};

inline FileIdentity IdentityOf(const struct stat& facts) {
  return {.device = facts.st_dev,
          .inode = facts.st_ino,
          .size_bytes = static_cast<uint64_t>(facts.st_size),
          .modified_ns = int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec};
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_TENSOR_FILE_IDENTITY_H_
