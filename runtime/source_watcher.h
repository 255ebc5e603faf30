// One thread that visits models when their sources may have changed, when they asked to be visited
// again, or when the frame side has left them something to tidy up.
//
//   watcher.Add(id, "checkpoints/", [&](int64_t now_ns, const ArrivedFiles& arrived) {
//     return model.Visit(now_ns, arrived);
//   });
//   watcher.Wake();      // from the frame path: one eventfd write
//
// inotify makes a change known at once; the time that a visit returns is the polling that stays
// right without it (network file systems, event overflow, a directory that comes back). Threads:
// Add and Remove are control side; Wake any thread. Visits run on the watcher's thread only.
#ifndef GRAFT_RUNTIME_SOURCE_WATCHER_H_
#define GRAFT_RUNTIME_SOURCE_WATCHER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/arrived_files.h"
#include "runtime/clock.h"
#include "runtime/executor.h"

struct inotify_event;

namespace graft::runtime {

class SourceWatcher {
 public:
  // Returns the time (Clock) at which it wants the next visit at the latest. arrived: as far as the
  // system tells.
  using Visit = std::function<int64_t(int64_t now_ns, const ArrivedFiles& arrived)>;

  // notices: whether the system is asked to tell of changes; if not, as where it cannot, sources
  // are looked at only when a visit is due.
  SourceWatcher(const Clock& clock, ThreadHooks hooks, bool notices = true);
  ~SourceWatcher();
  SourceWatcher(const SourceWatcher&) = delete;
  SourceWatcher& operator=(const SourceWatcher&) = delete;

  // source: empty when only Wake and time matter. The thread starts with the first Add.
  void Add(const void* id, const std::string& source, Visit visit);
  // After return no visit of it runs or will run. Not from inside a visit.
  void Remove(const void* id);

  // [frame] Every entry is visited soon. Never blocks.
  void Wake() noexcept;

 private:
  struct Entry {
    std::string source;
    Visit visit;
    int64_t due_ns = 0;
    std::map<int, std::string> watches;  // directories by their inotify watch descriptors
  };

  void Work(const ThreadHooks& hooks);
  void EnsureWatches(Entry& entry);
  void DropWatches(const std::map<int, std::string>& watches);
  void DrainEvents();
  void Note(const inotify_event& event);

  const Clock& clock_;
  const ThreadHooks hooks_;
  int inotify_ = -1;
  int wake_ = -1;  // eventfd

  std::mutex mutex_;  // held during visits too: Remove waits for the visit that runs
  std::map<const void*, Entry> entries_;
  ArrivedFiles arrived_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_SOURCE_WATCHER_H_
