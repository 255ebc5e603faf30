#include "runtime/blend.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace graft::runtime {
namespace {

template <typename T>
void BlendLinear(T weight, const T* from, T* to, int64_t elements) {
  for (int64_t i = 0; i < elements; ++i) to[i] = from[i] + weight * (to[i] - from[i]);
}

// Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985: slerp. q and -q are the
// same rotation, so the nearer of the two is gone to.
template <typename T>
void BlendQuaternions(double weight, const T* from, T* to, int64_t quaternions) {
  constexpr double kAlmostParallel = 0.9995;
  for (; quaternions > 0; --quaternions, from += 4, to += 4) {
    double dot = 0;
    for (int i = 0; i < 4; ++i) dot += static_cast<double>(from[i]) * static_cast<double>(to[i]);
    const double sign = dot < 0 ? -1 : 1;
    dot = std::min(std::abs(dot), 1.0);
    double share_from = 1 - weight;
    double share_to = weight;
    if (dot < kAlmostParallel) {
      const double angle = std::acos(dot);
      share_from = std::sin((1 - weight) * angle) / std::sin(angle);
      share_to = std::sin(weight * angle) / std::sin(angle);
    }
    double mixed[4];
    double square = 0;
    for (int i = 0; i < 4; ++i) {
      mixed[i] =
          share_from * static_cast<double>(from[i]) + sign * share_to * static_cast<double>(to[i]);
      square += mixed[i] * mixed[i];
    }
    if (!(square > 0)) continue;  // no rotation at all: the new value as it is
    const double length = std::sqrt(square);
    for (int i = 0; i < 4; ++i) to[i] = static_cast<T>(mixed[i] / length);
  }
}

template <typename T>
void BlendAngles(double weight, const T* from, T* to, int64_t elements) {
  constexpr double kTurn = 2 * std::numbers::pi;
  for (int64_t i = 0; i < elements; ++i) {
    const double old_angle = static_cast<double>(from[i]);
    const double way = std::remainder(static_cast<double>(to[i]) - old_angle, kTurn);
    double mixed = std::remainder(old_angle + weight * way, kTurn);
    if (mixed >= std::numbers::pi) mixed -= kTurn;
    to[i] = static_cast<T>(mixed);
  }
}

template <typename T>
void BlendTyped(BlendKind kind, double weight, const T* from, T* to, int64_t elements) {
  switch (kind) {
    case BlendKind::kNone:
      return;
    case BlendKind::kLinear:
      return BlendLinear(static_cast<T>(weight), from, to, elements);
    case BlendKind::kQuaternion:
      return BlendQuaternions(weight, from, to, elements / 4);
    case BlendKind::kAngle:
      return BlendAngles(weight, from, to, elements);
  }
}

}  // namespace

bool CanBlend(const models::TensorSpec& spec, BlendKind kind) {
  if (kind == BlendKind::kNone) return true;
  if (spec.dtype != models::DType::kFloat32 && spec.dtype != models::DType::kFloat64) return false;
  return kind != BlendKind::kQuaternion || spec.RowElements() % 4 == 0;
}

double BlendWeight(BlendCurve curve, double faded) {
  const double x = std::clamp(faded, 0.0, 1.0);
  return curve == BlendCurve::kSmoothstep ? x * x * (3 - 2 * x) : x;
}

void BlendRows(const models::TensorSpec& spec, BlendKind kind, double weight, const std::byte* from,
               std::byte* to, int64_t rows) {
  const int64_t elements = rows * spec.RowElements();
  if (spec.dtype == models::DType::kFloat32) {
    BlendTyped(kind, weight, reinterpret_cast<const float*>(from), reinterpret_cast<float*>(to),
               elements);
  } else if (spec.dtype == models::DType::kFloat64) {
    BlendTyped(kind, weight, reinterpret_cast<const double*>(from), reinterpret_cast<double*>(to),
               elements);
  }
}

}  // namespace graft::runtime
