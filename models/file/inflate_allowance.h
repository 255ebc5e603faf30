// What compressed records may grow to, together: bounded by the files that they came from.
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_FILE_INFLATE_ALLOWANCE_H_
#define GRAFT_MODELS_FILE_INFLATE_ALLOWANCE_H_

#include <cstdint>

namespace graft::models {

inline uint64_t InflateAllowance(uint64_t file_bytes) {
  constexpr uint64_t kBase = uint64_t{64} << 20;
  constexpr uint64_t kRatio = 32;
  return kBase + kRatio * file_bytes;
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_INFLATE_ALLOWANCE_H_
