// Generation handles over objects that several threads use and one may close at any moment.
//
//   HandleTable<Thing> things;
//   uint64_t id = things.Insert(std::move(thing), parent_id);
//   if (auto use = things.Share(id)) use->DoSomething();      // or TakeAlone: one user at a time
//   std::unique_ptr<Thing> gone = things.Remove(id);          // waits for the users to leave
//
// An id is {generation, index + 1}; 0 is never given out. Entries are never freed, so an old id can
// be looked up safely for ever; its generation no longer matches. Threads: all methods, any thread.
// Share and TakeAlone never block or allocate.
#ifndef GRAFT_PLUGIN_HANDLE_TABLE_H_
#define GRAFT_PLUGIN_HANDLE_TABLE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace graft::plugin {

template <typename T>
class HandleTable {
 private:
  struct Entry {
    std::atomic<uint32_t> generation{0};  // odd: in use; even: free
    // Users inside; kAlone when one user has it alone. A user counts itself in and then looks at
    // the generation again; Remove changes the generation and then waits for the count. Both
    // sequentially consistent: one of the two sees the other.
    std::atomic<int32_t> users{0};
    std::atomic<uint64_t> parent{0};
    std::unique_ptr<T> object;
  };
  static constexpr int32_t kAlone = -1;

 public:
  static constexpr uint32_t kChunkSize = 64;
  static constexpr uint32_t kMaxChunks = 1024;

  // Keeps the object from being closed while it lives. False when there is no object: in_use()
  // tells a stale id from an object that another thread has alone.
  class Use {
   public:
    explicit operator bool() const { return entry_ != nullptr; }
    bool in_use() const { return in_use_; }
    T* operator->() const { return entry_->object.get(); }
    T& operator*() const { return *entry_->object; }

    Use(Use&& other) noexcept
        : entry_(std::exchange(other.entry_, nullptr)),
          alone_(other.alone_),
          in_use_(other.in_use_) {}
    Use& operator=(Use&&) = delete;
    ~Use() {
      if (entry_ == nullptr) return;
      if (alone_) {
        entry_->users.store(0);
      } else {
        entry_->users.fetch_sub(1);
      }
    }

   private:
    friend class HandleTable;
    Use() = default;
    Entry* entry_ = nullptr;
    bool alone_ = false;
    bool in_use_ = false;
  };

  // parent: any number; see ParentOf. 0 when the table is full.
  uint64_t Insert(std::unique_ptr<T> object, uint64_t parent) {
    const std::lock_guard lock(mutex_);
    if (free_.empty() && !AddChunk()) return 0;
    const uint32_t index = free_.back();
    free_.pop_back();
    Entry* entry = At(index);
    entry->object = std::move(object);
    entry->parent.store(parent);
    return Id(entry->generation.fetch_add(1) + 1, index);
  }

  // What Insert was told, readable while another thread has the object alone. 0: the id is stale.
  uint64_t ParentOf(uint64_t id) {
    Entry* entry = At(IndexOf(id));
    const uint32_t generation = static_cast<uint32_t>(id >> 32);
    if (entry == nullptr || generation % 2 == 0) return 0;
    const uint64_t parent = entry->parent.load();
    return entry->generation.load() == generation ? parent : 0;
  }

  Use Share(uint64_t id) { return Enter(id, /*alone=*/false); }
  Use TakeAlone(uint64_t id) { return Enter(id, /*alone=*/true); }

  // Null when the id is stale. `hurry` is called on the object after new users are kept out and
  // before the wait for those inside.
  template <typename Hurry>
  std::unique_ptr<T> Remove(uint64_t id, const Hurry& hurry) {
    Entry* entry = At(IndexOf(id));
    if (entry == nullptr) return nullptr;
    uint32_t generation = static_cast<uint32_t>(id >> 32);
    if (generation % 2 == 0 ||
        !entry->generation.compare_exchange_strong(generation, generation + 1)) {
      return nullptr;
    }
    hurry(*entry->object);
    int32_t nobody = 0;
    while (!entry->users.compare_exchange_weak(nobody, kAlone)) {
      nobody = 0;
      std::this_thread::yield();
    }
    std::unique_ptr<T> object = std::move(entry->object);
    entry->users.store(0);
    const std::lock_guard lock(mutex_);
    free_.push_back(IndexOf(id));
    return object;
  }
  std::unique_ptr<T> Remove(uint64_t id) {
    return Remove(id, [](T&) {});
  }

 private:
  using Chunk = std::array<Entry, kChunkSize>;

  static uint64_t Id(uint32_t generation, uint32_t index) {
    return uint64_t{generation} << 32 | (index + 1);
  }
  static uint32_t IndexOf(uint64_t id) { return static_cast<uint32_t>(id) - 1; }

  Entry* At(uint32_t index) {
    if (index >= kMaxChunks * kChunkSize) return nullptr;
    Chunk* chunk = chunks_[index / kChunkSize].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : &(*chunk)[index % kChunkSize];
  }

  Use Enter(uint64_t id, bool alone) {
    Use use;
    Entry* entry = At(IndexOf(id));
    const uint32_t generation = static_cast<uint32_t>(id >> 32);
    if (entry == nullptr || generation % 2 == 0 || entry->generation.load() != generation)
      return use;
    int32_t users = 0;
    do {
      if (users < 0 || (alone && users != 0)) {
        use.in_use_ = entry->generation.load() == generation;
        return use;
      }
    } while (!entry->users.compare_exchange_weak(users, alone ? kAlone : users + 1));
    use.entry_ = entry;
    use.alone_ = alone;
    if (entry->generation.load() == generation) return use;
    return Use();  // closed meanwhile; `use` counts itself out again
  }

  bool AddChunk() {
    for (uint32_t c = 0; c < kMaxChunks; ++c) {
      if (chunks_[c].load(std::memory_order_relaxed) != nullptr) continue;
      owned_.push_back(std::make_unique<Chunk>());
      chunks_[c].store(owned_.back().get(), std::memory_order_release);
      for (uint32_t i = kChunkSize; i > 0; --i) free_.push_back(c * kChunkSize + i - 1);
      return true;
    }
    return false;
  }

  std::array<std::atomic<Chunk*>, kMaxChunks> chunks_{};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Chunk>> owned_;  // guarded by mutex_
  std::vector<uint32_t> free_;                 // guarded by mutex_
};

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_HANDLE_TABLE_H_
