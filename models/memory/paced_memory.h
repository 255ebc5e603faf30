// Memory of megabytes: filled and given back a piece at a time.
//
//   CopyInPieces(memory, file, size);   // touches it for the first time: page faults
//   GiveBackPages(memory, size);        // before it is freed, on a thread that is paced
//
// Threads: free functions without state. Copying and giving back stop at pacing points
// (models/tensor/pacing.h).
#ifndef GRAFT_MODELS_MEMORY_PACED_MEMORY_H_
#define GRAFT_MODELS_MEMORY_PACED_MEMORY_H_

#include <cstddef>

namespace graft::models {

void CopyInPieces(void* to, const void* from, size_t bytes);

// The whole pages inside read as zeros from now on and take no memory: what is left for free() or
// munmap() to do takes no time. Anonymous memory of the caller's own only. Nothing happens where
// the thread is not paced: there freeing may take its time at once.
void GiveBackPages(void* memory, size_t bytes);

// munmap of a mapping that begins at a page.
void UnmapInPieces(void* memory, size_t bytes);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MEMORY_PACED_MEMORY_H_
