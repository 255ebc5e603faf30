// Reading and writing the structs of graft.h whose size the host chose when it was compiled.
//
// A host built against an older header passes a smaller struct: what it does not know is zero, the
// default. One built against a newer header passes a larger one: fine as long as what this library
// does not know is zero.
#ifndef GRAFT_PLUGIN_ABI_STRUCT_H_
#define GRAFT_PLUGIN_ABI_STRUCT_H_

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace graft::plugin {

// in null: *out is all defaults. False: struct_size is 0, or unknown fields are set.
template <typename T>
bool ReadStruct(const T* in, T* out) {
  *out = T{};
  if (in == nullptr) return true;
  const size_t size_bytes = in->struct_size;
  if (size_bytes < sizeof(size_t)) return false;
  const unsigned char* bytes = reinterpret_cast<const unsigned char*>(in);
  for (size_t i = sizeof(T); i < size_bytes; ++i) {
    if (bytes[i] != 0) return false;
  }
  std::memcpy(out, in, std::min(size_bytes, sizeof(T)));
  return true;
}

// Fills what the host's struct has room for; its struct_size stays. False: null, or struct_size is
// 0.
template <typename T>
bool WriteStruct(const T& value, T* out) noexcept {
  if (out == nullptr || out->struct_size < sizeof(size_t)) return false;
  const size_t size_bytes = std::min(out->struct_size, sizeof(T));
  std::memcpy(reinterpret_cast<unsigned char*>(out) + sizeof(size_t),
              reinterpret_cast<const unsigned char*>(&value) + sizeof(size_t),
              size_bytes - sizeof(size_t));
  return true;
}

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_ABI_STRUCT_H_
