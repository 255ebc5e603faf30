#include "models/file/mapping_guard.h"

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "models/memory/huge_pages.h"
#include "models/memory/paced_memory.h"

namespace graft::models {
namespace {

// Pages that read as zeros and cost no memory, over whatever is mapped there. The kernel can refuse
// only when it is out of memory for its own tables; there is nothing left to be done then.
void ReplaceByZeros(void* target, size_t size_bytes) {
  [[maybe_unused]] void* const mapped =
      mmap(target, size_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
           -1, 0);
}

constexpr std::chrono::milliseconds kLeasePollInterval{20};

// The lease's signal goes to the guard thread, where it is blocked.
bool TakeReadLease(int descriptor, pid_t guard_thread) {
  const f_owner_ex owner = {.type = F_OWNER_TID, .pid = guard_thread};
  return fcntl(descriptor, F_SETOWN_EX, &owner) == 0 && fcntl(descriptor, F_SETSIG, SIGURG) == 0 &&
         fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0;
}

void ReleaseLease(int descriptor) { fcntl(descriptor, F_SETLEASE, F_UNLCK); }

}  // namespace

// The guard thread and the mappings it watches. Never destroyed: mappings may outlive static
// destruction, and the thread may be anywhere when the process exits.
class MappingGuard {
 public:
  static MappingGuard& Get() {
    static MappingGuard* const guard = new MappingGuard;
    return *guard;
  }

  // The guard thread's id, or -1 when it cannot be started.
  pid_t thread_id() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!started_) {
      started_ = true;
      sigset_t all;
      sigset_t old;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &old);
      try {
        std::thread([this] { Run(); }).detach();
        changed_.wait(lock, [this] { return thread_id_ != 0; });
      } catch (const std::system_error&) {
        thread_id_ = -1;
      }
      pthread_sigmask(SIG_SETMASK, &old, nullptr);
    }
    changed_.wait(lock, [this] { return thread_id_ != 0; });
    return thread_id_;
  }

  void Add(GuardedMapping* mapping) {
    const std::lock_guard<std::mutex> lock(mutex_);
    mappings_.push_back(mapping);
    changed_.notify_all();
  }

  void Remove(GuardedMapping* mapping) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::erase(mappings_, mapping);
  }

 private:
  void Run() {
    pthread_setname_np(pthread_self(), "graft-files");
    std::unique_lock<std::mutex> lock(mutex_);
    thread_id_ = static_cast<pid_t>(syscall(SYS_gettid));
    changed_.notify_all();
    while (true) {
      changed_.wait(lock, [this] { return !mappings_.empty(); });
      for (GuardedMapping* mapping : mappings_) {
        if (mapping->state() == GuardedMapping::State::kMapped &&
            fcntl(mapping->file_.descriptor(), F_GETLEASE) != F_RDLCK) {
          mapping->MoveAway();
        }
      }
      std::erase_if(mappings_, [](const GuardedMapping* mapping) {
        return mapping->state() != GuardedMapping::State::kMapped;
      });
      lock.unlock();
      std::this_thread::sleep_for(kLeasePollInterval);
      lock.lock();
    }
  }

  std::mutex mutex_;  // also held while a mapping is moved: Remove must wait for that
  std::condition_variable changed_;
  bool started_ = false;
  pid_t thread_id_ = 0;
  std::vector<GuardedMapping*> mappings_;
};

std::shared_ptr<GuardedMapping> GuardedMapping::Map(OpenFile file) {
  const pid_t guard_thread = MappingGuard::Get().thread_id();
  if (guard_thread < 0 || !TakeReadLease(file.descriptor(), guard_thread)) return nullptr;
  // From here on no writer has the file, so size and bytes stay as they are.
  absl::StatusOr<FileIdentity> identity = file.Identify("");
  if (!identity.ok() || identity->size_bytes == 0) {
    ReleaseLease(file.descriptor());
    return nullptr;
  }
  void* memory = mmap(nullptr, identity->size_bytes, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (memory == MAP_FAILED) {
    ReleaseLease(file.descriptor());
    return nullptr;
  }
  std::shared_ptr<GuardedMapping> mapping(
      new GuardedMapping(std::move(file), *identity,
                         ByteSpan(static_cast<const uint8_t*>(memory), identity->size_bytes)));
  MappingGuard::Get().Add(mapping.get());
  return mapping;
}

GuardedMapping::~GuardedMapping() {
  MappingGuard::Get().Remove(this);
  UnmapInPieces(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
  ReleaseLease(file_.descriptor());
}

std::shared_ptr<const void> GuardedMapping::Keep(const std::shared_ptr<GuardedMapping>& mapping,
                                                 ByteSpan part) {
  {
    const std::lock_guard<std::mutex> lock(mapping->held_mutex_);
    mapping->parts_.push_back(part);
  }
  return std::shared_ptr<const void>(
      part.data(), [mapping, part](const void* /*data*/) { mapping->Drop(part); });
}

void GuardedMapping::Drop(ByteSpan part) {
  const std::lock_guard<std::mutex> lock(held_mutex_);
  parts_.erase(std::find_if(parts_.begin(), parts_.end(), [part](ByteSpan kept) {
    return kept.data() == part.data() && kept.size() == part.size();
  }));
}

void GuardedMapping::LetGoOfTheRest() {
  const std::lock_guard<std::mutex> lock(held_mutex_);
  all_held_ = false;
}

bool GuardedMapping::ReadWhatIsHeld(uint8_t* copy) const {
  const auto read = [&](uint64_t offset, uint64_t size) {
    return ReadFully(file_.descriptor(), offset, copy + offset, size) == size;
  };
  if (all_held_) return read(0, bytes_.size());
  return std::all_of(parts_.begin(), parts_.end(), [&](ByteSpan part) {
    return read(static_cast<uint64_t>(part.data() - bytes_.data()), part.size());
  });
}

void GuardedMapping::MoveAway() {
  const std::lock_guard<std::mutex> lock(held_mutex_);
  void* const target = const_cast<uint8_t*>(bytes_.data());
  State outcome = State::kLost;
  if (void* copy = AllocateHugePages(bytes_.size()); copy != nullptr) {
    const bool read = ReadWhatIsHeld(static_cast<uint8_t*>(copy));
    mprotect(copy, bytes_.size(), PROT_READ);
    // Replaces the old pages in one step: other threads see either the file's or the copy's.
    if (mremap(copy, bytes_.size(), bytes_.size(), MREMAP_MAYMOVE | MREMAP_FIXED, target) ==
        target) {
      if (read) outcome = State::kMoved;
    } else {
      FreeHugePages(copy, bytes_.size());
      ReplaceByZeros(target, bytes_.size());
    }
  } else {
    ReplaceByZeros(target, bytes_.size());
  }
  state_.store(outcome, std::memory_order_release);
  ReleaseLease(file_.descriptor());
}

}  // namespace graft::models
