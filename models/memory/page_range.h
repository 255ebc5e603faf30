// The small pages that lie whole inside memory: what the kernel can be told something about.
//
//   const PageRange pages = WholePagesIn(storage, bytes);
//   madvise(pages.first, pages.bytes, MADV_HUGEPAGE);
#ifndef GRAFT_MODELS_MEMORY_PAGE_RANGE_H_
#define GRAFT_MODELS_MEMORY_PAGE_RANGE_H_

#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace graft::models {

struct PageRange {
  std::byte* first = nullptr;
  size_t bytes = 0;  // 0: none
};

inline size_t SmallPageBytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

inline PageRange WholePagesIn(void* memory, size_t bytes) {
  const size_t page = SmallPageBytes();
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t first = (begin + page - 1) / page * page;
  const uintptr_t end = (begin + bytes) / page * page;
  if (end <= first) return {};
  return {static_cast<std::byte*>(memory) + (first - begin), end - first};
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_MEMORY_PAGE_RANGE_H_
