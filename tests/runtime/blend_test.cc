#include "runtime/blend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace graft::runtime {
namespace {

using models::DType;
using models::TensorSpec;

constexpr double kPi = std::numbers::pi;

std::vector<double> Blend(BlendKind kind, double weight, const std::vector<double>& from,
                          std::vector<double> to) {
  const TensorSpec spec{
      "out", DType::kFloat64, {TensorSpec::kAgents, static_cast<int64_t>(to.size())}};
  BlendRows(spec, kind, weight, reinterpret_cast<const std::byte*>(from.data()),
            reinterpret_cast<std::byte*>(to.data()), 1);
  return to;
}

TEST(BlendWeight, GoesFromTheOldToTheNewVersion) {
  for (const BlendCurve curve : {BlendCurve::kLinear, BlendCurve::kSmoothstep}) {
    EXPECT_EQ(BlendWeight(curve, -1), 0);
    EXPECT_EQ(BlendWeight(curve, 0), 0);
    EXPECT_EQ(BlendWeight(curve, 0.5), 0.5);
    EXPECT_EQ(BlendWeight(curve, 1), 1);
    EXPECT_EQ(BlendWeight(curve, 7), 1);
  }
  EXPECT_EQ(BlendWeight(BlendCurve::kLinear, 0.25), 0.25);
  EXPECT_EQ(BlendWeight(BlendCurve::kSmoothstep, 0.25), 0.15625);
}

TEST(BlendWeight, IsTheSameBackwards) {
  for (const BlendCurve curve : {BlendCurve::kLinear, BlendCurve::kSmoothstep}) {
    EXPECT_DOUBLE_EQ(BlendWeight(curve, 0.3), 1 - BlendWeight(curve, 0.7));
  }
}

TEST(BlendRows, MixesLinearly) {
  EXPECT_EQ(Blend(BlendKind::kLinear, 0.25, {0, 10}, {4, 10}), (std::vector<double>{1, 10}));
  EXPECT_EQ(Blend(BlendKind::kLinear, 0, {3}, {5}), (std::vector<double>{3}));
  EXPECT_EQ(Blend(BlendKind::kLinear, 1, {3}, {5}), (std::vector<double>{5}));
}

TEST(BlendRows, MixesFloat32) {
  const TensorSpec spec{"out", DType::kFloat32, {TensorSpec::kAgents, 1}};
  const std::vector<float> from = {0, 1, 2};
  std::vector<float> to = {10, 11, 12};
  BlendRows(spec, BlendKind::kLinear, 0.5, reinterpret_cast<const std::byte*>(from.data()),
            reinterpret_cast<std::byte*>(to.data()), 3);
  EXPECT_EQ(to, (std::vector<float>{5, 6, 7}));
}

TEST(BlendRows, TakesTheNewValueAtOnceWhenToldNotToMix) {
  EXPECT_EQ(Blend(BlendKind::kNone, 0.25, {0}, {4}), (std::vector<double>{4}));
}

TEST(BlendRows, TurnsAnglesTheShortWay) {
  const std::vector<double> mixed = Blend(BlendKind::kAngle, 0.5, {kPi - 0.1}, {-kPi + 0.3});
  EXPECT_NEAR(mixed[0], -kPi + 0.1, 1e-12);
  EXPECT_NEAR(Blend(BlendKind::kAngle, 0.5, {0.2}, {0.4})[0], 0.3, 1e-12);
  EXPECT_NEAR(Blend(BlendKind::kAngle, 0.5, {0.2 + 4 * kPi}, {0.4})[0], 0.3, 1e-12);
  EXPECT_EQ(Blend(BlendKind::kAngle, 1, {0}, {kPi})[0], -kPi);
}

TEST(BlendRows, TurnsUnitQuaternionsEvenlyOverTheSphere) {
  // About x by 0 and by 2 rad.
  const std::vector<double> from = {1, 0, 0, 0};
  const std::vector<double> to = {std::cos(1), std::sin(1), 0, 0};
  for (const double weight : {0.0, 0.25, 0.5, 1.0}) {
    const std::vector<double> mixed = Blend(BlendKind::kQuaternion, weight, from, to);
    EXPECT_NEAR(mixed[0], std::cos(weight), 1e-12);
    EXPECT_NEAR(mixed[1], std::sin(weight), 1e-12);
  }
}

TEST(BlendRows, KnowsThatAQuaternionAndItsNegativeAreOneRotation) {
  const std::vector<double> from = {1, 0, 0, 0};
  const std::vector<double> to = {-std::cos(0.1), -std::sin(0.1), 0, 0};
  const std::vector<double> mixed = Blend(BlendKind::kQuaternion, 0.5, from, to);
  EXPECT_NEAR(std::abs(mixed[0]), std::cos(0.05), 1e-9);
}

TEST(BlendRows, GivesUnitQuaternionsAlsoForNeighbours) {
  const std::vector<double> mixed = Blend(BlendKind::kQuaternion, 0.5, {1, 0, 0, 0, 0, 1, 0, 0},
                                          {std::cos(1e-4), std::sin(1e-4), 0, 0, 0, 1, 0, 0});
  EXPECT_NEAR(std::hypot(mixed[0], mixed[1]), 1, 1e-15);
  EXPECT_EQ(mixed[5], 1);
}

TEST(CanBlend, SaysWhatCannotBeMixed) {
  const auto spec = [](DType dtype, int64_t row) {
    return TensorSpec{"out", dtype, {TensorSpec::kAgents, row}};
  };
  EXPECT_TRUE(CanBlend(spec(DType::kInt32, 3), BlendKind::kNone));
  EXPECT_FALSE(CanBlend(spec(DType::kInt32, 3), BlendKind::kLinear));
  EXPECT_FALSE(CanBlend(spec(DType::kFloat16, 3), BlendKind::kLinear));
  EXPECT_TRUE(CanBlend(spec(DType::kFloat32, 8), BlendKind::kQuaternion));
  EXPECT_FALSE(CanBlend(spec(DType::kFloat32, 6), BlendKind::kQuaternion));
}

}  // namespace
}  // namespace graft::runtime
