// Bytes of a file as the readers see them, and little-endian numbers in them.
//
//   if (auto n = ReadLe<uint32_t>(bytes, offset)) ...   // nullopt past the end; no alignment
//   needed
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_FILE_BYTE_SPAN_H_
#define GRAFT_MODELS_FILE_BYTE_SPAN_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace graft::models {

using ByteSpan = absl::Span<const uint8_t>;

inline absl::string_view AsText(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline ByteSpan AsBytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// True when [offset, offset + size) lies inside `bytes`; no overflow whatever the numbers are.
inline bool Contains(ByteSpan bytes, uint64_t offset, uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

// The little-endian integer at `offset`, or nullopt when it does not fit in `bytes`.
template <typename T>
std::optional<T> ReadLe(ByteSpan bytes, uint64_t offset) {
  static_assert(std::is_integral_v<T> && std::endian::native == std::endian::little);
  if (!Contains(bytes, offset, sizeof(T))) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_BYTE_SPAN_H_
