// Counts what is no number, or no finite one, among floating elements: at the speed of memory, and
// without memory of its own.
//
//   size_t bad = CountNonFinite(DType::kFloat32, weights.data(), count, NonFinite::kAny);
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_TENSOR_FINITE_H_
#define GRAFT_MODELS_TENSOR_FINITE_H_

#include <cstddef>
#include <cstdint>

#include "models/tensor/dtype.h"

namespace graft::models {

enum class NonFinite : uint8_t {
  kNaN,  // infinities are let through: masks are made of them
  kAny,
};

// `elements`: `count` of them, one after another, at any alignment. A complex element counts once
// for each of its parts. 0 for integers, bool and quantised kinds.
size_t CountNonFinite(DType dtype, const void* elements, size_t count, NonFinite what);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TENSOR_FINITE_H_
