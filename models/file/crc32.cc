#include "models/file/crc32.h"

#include <libdeflate.h>

namespace graft::models {

uint32_t Crc32(uint32_t crc, ByteSpan bytes) {
  return libdeflate_crc32(crc, bytes.data(), bytes.size());
}

}  // namespace graft::models
