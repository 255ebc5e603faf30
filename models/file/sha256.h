// SHA-256 (FIPS 180-4), to compare tensors across programs by a short text.
//
//   Sha256 hash;
//   hash.Update(bytes);
//   std::string hex = hash.FinishHex();
//
// Threads: one at a time.
#ifndef GRAFT_MODELS_FILE_SHA256_H_
#define GRAFT_MODELS_FILE_SHA256_H_

#include <array>
#include <cstdint>
#include <string>

#include "models/file/byte_span.h"

namespace graft::models {

class Sha256 {
 public:
  void Update(ByteSpan bytes);
  // 64 lower-case hexadecimal digits. Call once, last.
  std::string FinishHex();

 private:
  void Block(const uint8_t* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> pending_ = {};
  size_t pending_size_ = 0;
  uint64_t total_ = 0;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_SHA256_H_
