// CRC-32 as zip archives use it (polynomial 0xEDB88320), at the speed of memory.
//
//   uint32_t crc = Crc32(0, record);        // or piece by piece: Crc32(crc, next)
#ifndef GRAFT_MODELS_FILE_CRC32_H_
#define GRAFT_MODELS_FILE_CRC32_H_

#include <cstdint>

#include "models/file/byte_span.h"

namespace graft::models {

// The checksum of all bytes so far, of which those before `bytes` had `crc`. Any thread.
uint32_t Crc32(uint32_t crc, ByteSpan bytes);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_CRC32_H_
