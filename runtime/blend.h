// Mixing what an old and a new version answer, so that no value jumps at a swap.
//
//   double weight = BlendWeight(BlendCurve::kSmoothstep, 0.25);        // 0.156
//   BlendRows(spec, BlendKind::kLinear, weight, old_rows, new_rows, 256);   // into new_rows
//
// Threads: free functions without state; they allocate nothing.
#ifndef GRAFT_RUNTIME_BLEND_H_
#define GRAFT_RUNTIME_BLEND_H_

#include <cstddef>
#include <cstdint>

#include "models/tensor/tensor_spec.h"

namespace graft::runtime {

// How the values of an output lie between two of their kind.
enum class BlendKind : uint8_t {
  kNone,        // the new value, at once
  kLinear,      // a straight line
  kQuaternion,  // unit quaternions, 4 values each: the short way over the sphere
  kAngle,       // radians: the short way round the circle, into [-pi, pi)
};

enum class BlendCurve : uint8_t {
  kLinear,
  kSmoothstep,  // 3x^2 - 2x^3: begins and ends at rest
};

// Can the kind be computed for such an output? kNone always; the others for float32 and float64;
// kQuaternion when a row is a whole number of them.
bool CanBlend(const models::TensorSpec& spec, BlendKind kind);

// The share of the new version, 0 to 1, when `faded` (0 to 1) of the time has passed.
double BlendWeight(BlendCurve curve, double faded);

// rows of `from` (old) and `to` (new) -> `to`: `weight` of the way from old to new. Row-major,
// [rows, ...] of the spec's shape and dtype. A quaternion pair that is no unit pair is mixed
// linearly and normalised.
// @pre CanBlend(spec, kind)
void BlendRows(const models::TensorSpec& spec, BlendKind kind, double weight, const std::byte* from,
               std::byte* to, int64_t rows);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_BLEND_H_
