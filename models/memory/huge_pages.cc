#include "models/memory/huge_pages.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>

#include "models/memory/paced_memory.h"
#include "models/memory/page_range.h"

namespace graft::models {
namespace {

uintptr_t RoundUp(uintptr_t value, uintptr_t unit) { return (value + unit - 1) / unit * unit; }

void* Reserve(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

void* AllocateHugePages(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return nullptr;  // nor would the sums below fit
  const size_t size = RoundUp(bytes, SmallPageBytes());
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
  UnmapInPieces(memory, RoundUp(bytes, SmallPageBytes()));
}

void AdviseHugePages(void* memory, size_t bytes) {
  if (bytes < kHugePageBytes) return;
  const PageRange pages = WholePagesIn(memory, bytes);
  const int before = errno;
  madvise(pages.first, pages.bytes, MADV_HUGEPAGE);
  errno = before;  // a refused hint is no error
}

}  // namespace graft::models
