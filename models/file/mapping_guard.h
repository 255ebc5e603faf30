// A file mapping that survives whatever is done to its file: the mechanism of MapFile (file_bytes.h
// says why and what it promises).
//
//   std::unique_ptr<GuardedMapping> m = GuardedMapping::Map(std::move(opened));   // nullptr: no
//   lease
//
// One guard thread per process, started by the first mapping and asleep while there is none, asks
// the kernel every 20 ms whether a lease is being broken (F_GETLEASE). It does not wait for the
// signal that the kernel sends: that stays pending, blocked, on the guard thread alone, so that no
// signal of the host is ever touched.
#ifndef GRAFT_MODELS_FILE_MAPPING_GUARD_H_
#define GRAFT_MODELS_FILE_MAPPING_GUARD_H_

#include <atomic>
#include <memory>

#include "models/file/byte_span.h"
#include "models/file/file_bytes.h"
#include "models/file/open_file.h"

namespace graft::models {

class GuardedMapping {
 public:
  enum class State {
    kMapped,  // the file's pages
    kMoved,   // a private copy at the same addresses
    kLost,    // zeros: the bytes could not be read or held
  };

  // nullptr when the kernel grants no lease or no mapping. Any thread; may start the guard thread.
  static std::unique_ptr<GuardedMapping> Map(OpenFile file);
  ~GuardedMapping();

  ByteSpan bytes() const { return bytes_; }
  const FileIdentity& identity() const { return identity_; }
  State state() const { return state_.load(std::memory_order_acquire); }

 private:
  friend class MappingGuard;
  GuardedMapping(OpenFile file, FileIdentity identity, ByteSpan bytes)
      : file_(std::move(file)), identity_(identity), bytes_(bytes) {}

  // Guard thread: replaces the pages by a private copy, then releases the lease.
  void MoveAway();

  OpenFile file_;
  FileIdentity identity_;
  ByteSpan bytes_;
  // Written by the guard thread once, after the pages were replaced; read by state().
  std::atomic<State> state_{State::kMapped};
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_MAPPING_GUARD_H_
