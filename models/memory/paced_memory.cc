#include "models/memory/paced_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "models/memory/huge_pages.h"
#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

// Up to the next boundary of a huge page, which is not to be torn; of small ones a piece takes
// about a tenth of a millisecond.
size_t PieceAt(const std::byte* memory, size_t bytes) {
  const uintptr_t from = reinterpret_cast<uintptr_t>(memory);
  return std::min<size_t>(bytes, kHugePageBytes - from % kHugePageBytes);
}

}  // namespace

void CopyInPieces(void* to, const void* from, size_t bytes) {
  const auto* source = static_cast<const std::byte*>(from);
  ForEachPiece(static_cast<std::byte*>(to), bytes, [&](std::byte* piece, size_t size) {
    std::memcpy(piece, source, size);
    source += size;
  });
}

void GiveBackPages(void* memory, size_t bytes) {
  if (CurrentPacing() == nullptr) return;
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto from = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t first = (from + page - 1) / page * page;
  const uintptr_t end = (from + bytes) / page * page;
  if (end <= first) return;
  std::byte* pages = static_cast<std::byte*>(memory) + (first - from);
  for (size_t left = end - first; left > 0;) {
    const size_t piece = PieceAt(pages, left);
    madvise(pages, piece, MADV_DONTNEED);
    pages += piece;
    left -= piece;
    PacingPoint();
  }
}

void UnmapInPieces(void* memory, size_t bytes) {
  auto* from = static_cast<std::byte*>(memory);
  while (CurrentPacing() != nullptr && bytes > 0) {
    const size_t piece = PieceAt(from, bytes);
    munmap(from, piece);
    from += piece;
    bytes -= piece;
    PacingPoint();
  }
  if (bytes > 0) munmap(from, bytes);
}

}  // namespace graft::models
