#include "models/tensor/finite.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

// Without its sign, an IEEE number is infinite when its bits are those of `infinity`, and NaN
// above. Blocks of a fixed length, counted in elements' own type, are what compilers turn into
// vector code.
template <typename Bits>
size_t CountAbove(const void* elements, size_t count, Bits last_good) {
  constexpr size_t kBlock = 128;  // fits the counter of the smallest type
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  const auto* bytes = static_cast<const unsigned char*>(elements);
  size_t total = 0;
  while (count >= kBlock) {
    Bits block[kBlock];
    std::memcpy(block, bytes, sizeof(block));
    Bits found = 0;
    for (const Bits bits : block) {
      found = static_cast<Bits>(found + ((bits & kMagnitude) > last_good ? 1 : 0));
    }
    total += found;
    bytes += sizeof(block);
    count -= kBlock;
  }
  for (; count > 0; --count, bytes += sizeof(Bits)) {
    Bits bits;
    std::memcpy(&bits, bytes, sizeof(bits));
    total += (bits & kMagnitude) > last_good ? 1 : 0;
  }
  return total;
}

template <typename Bits>
size_t CountIeee(const void* elements, size_t count, Bits infinity, NonFinite what) {
  const Bits last_good = what == NonFinite::kNaN ? infinity : static_cast<Bits>(infinity - 1);
  return CountAbove<Bits>(elements, count, last_good);
}

// For kinds without infinity and one or two codes for NaN.
size_t CountCode(const void* elements, size_t count, uint8_t ignored_bits, uint8_t code) {
  const auto* bytes = static_cast<const uint8_t*>(elements);
  return static_cast<size_t>(std::count_if(bytes, bytes + count, [&](uint8_t byte) {
    return (byte & static_cast<uint8_t>(~ignored_bits)) == code;
  }));
}

size_t CountInPiece(DType dtype, const void* elements, size_t count, NonFinite what) {
  constexpr uint8_t kSign = 0x80;
  switch (dtype) {
    case DType::kFloat32:
      return CountIeee<uint32_t>(elements, count, 0x7f800000, what);
    case DType::kFloat64:
      return CountIeee<uint64_t>(elements, count, 0x7ff0000000000000, what);
    case DType::kFloat16:
      return CountIeee<uint16_t>(elements, count, 0x7c00, what);
    case DType::kBFloat16:
      return CountIeee<uint16_t>(elements, count, 0x7f80, what);
    case DType::kFloat8E5M2:
      return CountIeee<uint8_t>(elements, count, 0x7c, what);
    case DType::kComplex32:
      return CountIeee<uint16_t>(elements, 2 * count, 0x7c00, what);
    case DType::kComplex64:
      return CountIeee<uint32_t>(elements, 2 * count, 0x7f800000, what);
    case DType::kComplex128:
      return CountIeee<uint64_t>(elements, 2 * count, 0x7ff0000000000000, what);
    case DType::kFloat8E4M3FN:
      return CountCode(elements, count, kSign, 0x7f);
    case DType::kFloat8E4M3FNUZ:
    case DType::kFloat8E5M2FNUZ:
      return CountCode(elements, count, 0, 0x80);
    case DType::kFloat8E8M0FNU:
      return CountCode(elements, count, 0, 0xff);
    default:
      return 0;
  }
}

}  // namespace

size_t CountNonFinite(DType dtype, const void* elements, size_t count, NonFinite what) {
  const size_t element_bytes = ElementBytes(dtype);
  if (element_bytes == 0) return 0;
  size_t found = 0;
  ForEachPiece(
      static_cast<const std::byte*>(elements), count * element_bytes,
      [&](const std::byte* piece, size_t bytes) {
        found += CountInPiece(dtype, piece, bytes / element_bytes, what);
      },
      kPieceBytes / element_bytes * element_bytes);
  return found;
}

}  // namespace graft::models
