// The hash of a str: the same in every process, so that what a program computes is.
//
//   HashText("layer1.weight");
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_PYTHON_TEXT_HASH_H_
#define GRAFT_MODELS_PYTHON_TEXT_HASH_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace graft::models::python {

// FNV-1a, 64 bits.
inline size_t HashText(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_TEXT_HASH_H_
