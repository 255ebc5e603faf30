// The word by which parts of a batch are claimed: generation << 32 | parts << 16 | parts claimed.
//
// Threads: values.
#ifndef GRAFT_RUNTIME_BATCH_CLAIMS_H_
#define GRAFT_RUNTIME_BATCH_CLAIMS_H_

#include <cstdint>

namespace graft::runtime {

inline constexpr uint32_t kMaxParts = 0xffff;

inline uint64_t PackClaims(uint32_t generation, uint32_t parts, uint32_t claimed) {
  return uint64_t{generation} << 32 | uint64_t{parts} << 16 | claimed;
}
inline uint32_t GenerationOf(uint64_t claims) { return static_cast<uint32_t>(claims >> 32); }
inline uint32_t PartsOf(uint64_t claims) { return static_cast<uint32_t>(claims >> 16) & 0xffff; }
inline uint32_t ClaimedOf(uint64_t claims) { return static_cast<uint32_t>(claims) & 0xffff; }

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_BATCH_CLAIMS_H_
