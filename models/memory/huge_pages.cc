#include "models/memory/huge_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "models/memory/paced_memory.h"

namespace graft::models {
namespace {

uintptr_t RoundUp(uintptr_t value, uintptr_t unit) { return (value + unit - 1) / unit * unit; }

uintptr_t PageBytes() { return static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)); }

void* Reserve(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

void* AllocateHugePages(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return nullptr;  // nor would the sums below fit
  const size_t size = RoundUp(bytes, PageBytes());
  if (bytes < kHugePageBytes) return Reserve(size);
  // The kernel aligns to small pages only: more than is needed, cut to the boundary.
  void* const reserved = Reserve(size + kHugePageBytes);
  if (reserved == nullptr) return nullptr;
  const auto begin = reinterpret_cast<uintptr_t>(reserved);
  const uintptr_t first = RoundUp(begin, kHugePageBytes);
  const uintptr_t end = begin + size + kHugePageBytes;
  if (first > begin) munmap(reserved, first - begin);
  if (end > first + size) munmap(reinterpret_cast<void*>(first + size), end - first - size);
  void* const memory = reinterpret_cast<void*>(first);
  AdviseHugePages(memory, size);
  return memory;
}

void FreeHugePages(void* memory, size_t bytes) {
  UnmapInPieces(memory, RoundUp(bytes, PageBytes()));
}

void AdviseHugePages(void* memory, size_t bytes) {
  if (bytes < kHugePageBytes) return;
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t first = RoundUp(begin, PageBytes());
  const uintptr_t end = (begin + bytes) / PageBytes() * PageBytes();
  const int before = errno;
  madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
  errno = before;  // a refused hint is no error
}

}  // namespace graft::models
