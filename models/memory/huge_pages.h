// Memory for weights, in large pages.
//
//   void* weights = AllocateHugePages(bytes);             // nullptr: no memory
//   FreeHugePages(weights, bytes);
//   AdviseHugePages(storage, bytes);                      // somebody else's, before it is written
//
// Memory comes from the kernel page by page, at the first touch, and goes back in the same way:
// 100 MB are 25,000 pages of 4 KB. Each costs a fault, and the kernel takes locks for them that the
// host's threads need as well. In pages of 2 MB they are 50: a fourth of the time to fill, a
// twentieth to give back (docs/performance.md, "Memory of a version").
#ifndef GRAFT_MODELS_MEMORY_HUGE_PAGES_H_
#define GRAFT_MODELS_MEMORY_HUGE_PAGES_H_

#include <cstddef>

namespace graft::models {

// The smallest large page of x86-64 and of 64-bit ARM.
inline constexpr size_t kHugePageBytes = size_t{2} << 20;

// Zeros, readable and writable, on a large page's boundary; at least `bytes` of them. In large
// pages as far as those fit, its rest in small ones. nullptr: the system has no memory. Any thread.
void* AllocateHugePages(size_t bytes);
// @pre from AllocateHugePages with the same size. Any thread; in pieces on one that is paced
// (models/tensor/pacing.h).
void FreeHugePages(void* memory, size_t bytes);

// A hint for memory of somebody else's that was not touched yet, for the pages that lie whole
// inside [memory, memory + bytes). Below kHugePageBytes, and where the kernel has no such pages or
// they are switched off (/sys/kernel/mm/transparent_hugepage/enabled), it does nothing. Contents
// are not changed. Any thread.
void AdviseHugePages(void* memory, size_t bytes);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MEMORY_HUGE_PAGES_H_
