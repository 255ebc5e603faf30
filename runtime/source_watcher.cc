#include "runtime/source_watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/background_thread.h"
#include "runtime/source_listing.h"

namespace graft::runtime {
namespace {

constexpr uint32_t kInotifyMask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
// From the end of a round of visits to the next one that an event causes: a writer that writes byte
// by byte causes no more.
constexpr int64_t kMinRoundNs = 5'000'000;

}  // namespace

SourceWatcher::SourceWatcher(const Clock& clock, ThreadHooks hooks, bool notices)
    : clock_(clock),
      hooks_(std::move(hooks)),
      inotify_(notices ? inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

SourceWatcher::~SourceWatcher() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  Wake();
  if (thread_.joinable()) thread_.join();
  if (inotify_ >= 0) close(inotify_);
  if (wake_ >= 0) close(wake_);
}

void SourceWatcher::Add(const void* id, const std::string& source, Visit visit) {
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[id];
    entry.source = source;
    entry.visit = std::move(visit);
    EnsureWatches(entry);
    if (!thread_.joinable()) thread_ = std::thread([this] { Work(hooks_); });
  }
  Wake();
}

void SourceWatcher::Remove(const void* id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  const std::map<int, std::string> watches = std::move(found->second.watches);
  entries_.erase(found);
  DropWatches(watches);
}

void SourceWatcher::Wake() noexcept {
  const uint64_t one = 1;
  // A full counter (EAGAIN) means that a wake is pending already.
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void SourceWatcher::EnsureWatches(Entry& entry) {
  if (entry.source.empty() || inotify_ < 0) return;
  // Adding a directory that is watched already gives the same descriptor; a directory that was
  // deleted and made again, or a link that was turned elsewhere, gets a new one.
  std::map<int, std::string> watches;
  for (const std::string& directory : DirectoriesToWatch(entry.source)) {
    const int watch = inotify_add_watch(inotify_, directory.c_str(), kInotifyMask);
    if (watch >= 0) watches.emplace(watch, directory);
  }
  entry.watches.swap(watches);
  DropWatches(watches);
}

// Those that no entry has any more: several may watch one directory, and inotify gives all of them
// the same descriptor.
void SourceWatcher::DropWatches(const std::map<int, std::string>& watches) {
  for (const auto& [watch, directory] : watches) {
    const bool in_use = std::any_of(
        entries_.begin(), entries_.end(),
        [watch = watch](const auto& entry) { return entry.second.watches.contains(watch); });
    if (!in_use) inotify_rm_watch(inotify_, watch);
  }
}

void SourceWatcher::DrainEvents() {
  alignas(inotify_event) std::array<char, 4096> events;
  for (ssize_t got = 0;
       inotify_ >= 0 && (got = read(inotify_, events.data(), events.size())) > 0;) {
    const std::lock_guard lock(mutex_);
    for (const char* at = events.data(); at < events.data() + got;) {
      const auto& event = *reinterpret_cast<const inotify_event*>(at);
      Note(event);
      at += sizeof event + event.len;
    }
  }
  uint64_t wakes = 0;
  [[maybe_unused]] const ssize_t got = read(wake_, &wakes, sizeof wakes);
}

// What lies at that name by now may have come otherwise; then its own event is in the queue, and
// read before anybody is told.
void SourceWatcher::Note(const inotify_event& event) {
  if (event.len == 0 || (event.mask & IN_ISDIR) != 0) return;
  if ((event.mask & IN_MOVED_TO) == 0) {
    if ((event.mask & (IN_CREATE | IN_MODIFY)) != 0) arrived_.Forget(event.wd, event.name);
    return;
  }
  for (const auto& [id, entry] : entries_) {
    const auto watch = entry.watches.find(event.wd);
    if (watch == entry.watches.end()) continue;
    // A link that was moved says nothing of the file that it leads to.
    if (const auto file = FindFileItself(absl::StrCat(watch->second, "/", event.name))) {
      arrived_.Add(event.wd, event.name, file->identity);
    }
    return;
  }
}

void SourceWatcher::Work(const ThreadHooks& hooks) {
  BecomeBackgroundThread("graft-watch");
  if (hooks.start) hooks.start(0);
  for (;;) {
    int64_t next_ns = std::numeric_limits<int64_t>::max();
    int64_t now_ns = 0;
    {
      const std::lock_guard lock(mutex_);
      if (closing_) break;
      for (auto& [id, entry] : entries_) {
        EnsureWatches(entry);
        now_ns = clock_.NowNs();
        entry.due_ns = entry.visit(now_ns, arrived_);
        next_ns = std::min(next_ns, entry.due_ns);
      }
      now_ns = clock_.NowNs();
    }
    int timeout_ms = -1;
    if (next_ns != std::numeric_limits<int64_t>::max()) {
      const int64_t wait_ns = std::max(next_ns - now_ns, kMinRoundNs);
      timeout_ms = static_cast<int>(std::min<int64_t>((wait_ns + 999'999) / 1'000'000, 60'000));
    }
    std::array<pollfd, 2> fds = {{{wake_, POLLIN, 0}, {inotify_, POLLIN, 0}}};
    poll(fds.data(), inotify_ >= 0 ? 2 : 1, timeout_ms);
    if ((fds[1].revents & POLLIN) != 0) {
      // A wake is answered at once.
      const int64_t rest_ns =
          std::clamp<int64_t>(now_ns + kMinRoundNs - clock_.NowNs(), 0, kMinRoundNs);
      poll(fds.data(), 1, static_cast<int>((rest_ns + 999'999) / 1'000'000));
    }
    DrainEvents();
  }
  if (hooks.stop) hooks.stop(0);
}

}  // namespace graft::runtime
