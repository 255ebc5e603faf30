// Points in long work at which somebody else may go first: the frames, beside which it runs.
//
//   PacedScope scope(&pacer);                              // around the work, on its thread
//   ForEachPiece(bytes, count, [&](auto* piece, size_t size) { hash.Update(piece, size); });
//
// Work over many bytes is done in pieces of about a twentieth of a millisecond; between two of them
// PacingPoint asks the thread's hook, which may hold the thread up for some milliseconds. So loops
// deep in a reader are paced without knowing of it, whoever calls them. Outside of a PacedScope a
// point costs a nanosecond.
//
// Threads: hooks are set and asked per thread. No point is inside a lock that a frame may want.
#ifndef GRAFT_MODELS_TENSOR_PACING_H_
#define GRAFT_MODELS_TENSOR_PACING_H_

#include <algorithm>
#include <cstddef>

namespace graft::models {

class PacingHook {
 public:
  virtual ~PacingHook() = default;
  // On the thread that works. Returns when the work may go on.
  virtual void AtPoint() = 0;
};

// The hook of this thread's innermost PacedScope; null: nothing holds it up.
PacingHook* CurrentPacing();

inline void PacingPoint() {
  if (PacingHook* hook = CurrentPacing()) hook->AtPoint();
}

// Sets this thread's hook while it lives; null: a stretch that must not be held up, because its
// time is measured.
class PacedScope {
 public:
  explicit PacedScope(PacingHook* hook);
  ~PacedScope();
  PacedScope(const PacedScope&) = delete;
  PacedScope& operator=(const PacedScope&) = delete;

 private:
  PacingHook* const outer_;
};

// Most bytes of one piece: a quarter of a millisecond at the slowest that is done with them.
inline constexpr size_t kPieceBytes = 256 << 10;

// do_piece(first, count) for consecutive pieces of `count` elements, with a point behind each.
template <typename Element, typename DoPiece>
void ForEachPiece(Element* elements, size_t count, const DoPiece& do_piece,
                  size_t most = kPieceBytes / sizeof(Element)) {
  while (count > 0) {
    const size_t piece = std::min(count, most);
    do_piece(elements, piece);
    elements += piece;
    count -= piece;
    PacingPoint();
  }
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_TENSOR_PACING_H_
