// Turns a file into an Executable: the runtime's only view of models/.
//
// Threads: one Loader belongs to one model; its methods are called from loader threads and from
// control calls, never from two threads at once for the same model, and never from the frame path.
#ifndef GRAFT_RUNTIME_LOADER_H_
#define GRAFT_RUNTIME_LOADER_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/executable.h"

namespace graft::runtime {

// Set once, from any thread; a loader asks between its steps and gives up with kCancelled.
class CancelToken {
 public:
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};  // a flag on its own: publishes no other data
};

class Loader {
 public:
  virtual ~Loader() = default;

  // Does the file end as its format says it must? Cheap: reads the ends, not the middle.
  // kUnavailable: a writer is probably still at work, look again later. OK also for files that are
  // whole but no model: Load says what is wrong with them.
  virtual absl::Status CheckComplete(const std::string& path) = 0;

  // Reads, checks, prepares. May take seconds. The text of an error is shown to the user as it is:
  // it names the file and the next step.
  virtual absl::StatusOr<std::unique_ptr<Executable>> Load(const std::string& path,
                                                           const CancelToken& cancel) = 0;

  // A text that is equal for equal contents only. Reads the whole file, gently.
  virtual absl::StatusOr<std::string> Digest(const std::string& path,
                                             const CancelToken& cancel) = 0;

  // What only this kind of model can know to be wrong with one that loaded: its values. Runs it.
  virtual absl::Status Validate(const Executable& executable, const CancelToken& cancel) = 0;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_LOADER_H_
