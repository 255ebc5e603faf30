// A file mapping that survives whatever is done to its file: the mechanism of MapFile (file_bytes.h
// says why and what it promises).
//
//   std::shared_ptr<GuardedMapping> m = GuardedMapping::Map(std::move(opened));   // nullptr: no
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
#include <mutex>
#include <vector>

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
  static std::shared_ptr<GuardedMapping> Map(OpenFile file);
  ~GuardedMapping();

  // All of the bytes stay as they are until LetGoOfTheRest; from then on the parts that are kept,
  // each as long as what this returns lives. @pre all are still held; `part` lies in bytes(). Any
  // thread; may wait while the bytes are moved away.
  static std::shared_ptr<const void> Keep(const std::shared_ptr<GuardedMapping>& mapping,
                                          ByteSpan part);
  void LetGoOfTheRest();

  ByteSpan bytes() const { return bytes_; }
  const FileIdentity& identity() const { return identity_; }
  State state() const { return state_.load(std::memory_order_acquire); }

 private:
  friend class MappingGuard;
  GuardedMapping(OpenFile file, FileIdentity identity, ByteSpan bytes)
      : file_(std::move(file)), identity_(identity), bytes_(bytes) {}

  // Guard thread: replaces the pages by a private copy, then releases the lease.
  void MoveAway();
  // Reads what is held to its place in `copy`; false: it could not be read. Needs held_mutex_.
  bool ReadWhatIsHeld(uint8_t* copy) const;
  void Drop(ByteSpan part);

  OpenFile file_;
  FileIdentity identity_;
  ByteSpan bytes_;
  std::mutex held_mutex_;  // also while the bytes are moved: what is held must not change
  bool all_held_ = true;   // guarded by held_mutex_, as is the next
  std::vector<ByteSpan> parts_;
  // Written by the guard thread once, after the pages were replaced; read by state().
  std::atomic<State> state_{State::kMapped};
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_MAPPING_GUARD_H_
