#include "models/memory/paced_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "models/memory/huge_pages.h"
#include "models/memory/page_range.h"
#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

// do_piece(first, size) up to each boundary of a huge page, which is not to be torn, with a point
// behind it; of small pages such a piece takes about a tenth of a millisecond.
template <typename DoPiece>
void ForEachHugePage(std::byte* memory, size_t bytes, const DoPiece& do_piece) {
  while (bytes > 0) {
    const uintptr_t from = reinterpret_cast<uintptr_t>(memory);
    const size_t piece = std::min<size_t>(bytes, kHugePageBytes - from % kHugePageBytes);
    do_piece(memory, piece);
    memory += piece;
    bytes -= piece;
    PacingPoint();
  }
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
  const PageRange pages = WholePagesIn(memory, bytes);
  ForEachHugePage(pages.first, pages.bytes,
                  [](std::byte* piece, size_t size) { madvise(piece, size, MADV_DONTNEED); });
}

void UnmapInPieces(void* memory, size_t bytes) {
  if (CurrentPacing() == nullptr) {
    munmap(memory, bytes);
    return;
  }
  ForEachHugePage(static_cast<std::byte*>(memory), bytes,
                  [](std::byte* piece, size_t size) { munmap(piece, size); });
}

}  // namespace graft::models
