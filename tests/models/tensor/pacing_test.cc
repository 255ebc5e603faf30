#include "models/tensor/pacing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "models/tensor/dtype.h"
#include "models/tensor/finite.h"

namespace graft::models {
namespace {

struct CountingHook final : PacingHook {
  void AtPoint() override { ++points; }
  int points = 0;
};

TEST(Pacing, AsksTheInnermostScopesHook) {
  CountingHook outer;
  CountingHook inner;
  PacingPoint();
  {
    const PacedScope paced(&outer);
    PacingPoint();
    {
      const PacedScope other(&inner);
      PacingPoint();
      const PacedScope measured(nullptr);
      PacingPoint();
    }
    EXPECT_EQ(CurrentPacing(), &outer);
  }
  EXPECT_EQ(CurrentPacing(), nullptr);
  EXPECT_EQ(outer.points, 1);
  EXPECT_EQ(inner.points, 1);
}

TEST(Pacing, IsOfOneThread) {
  CountingHook hook;
  const PacedScope paced(&hook);
  std::thread([] { PacingPoint(); }).join();
  EXPECT_EQ(hook.points, 0);
}

TEST(Pacing, CutsWorkIntoPiecesWithAPointBehindEach) {
  CountingHook hook;
  const PacedScope paced(&hook);
  std::vector<int> numbers(10);
  std::vector<size_t> pieces;
  ForEachPiece(
      numbers.data(), numbers.size(),
      [&](int* first, size_t count) {
        EXPECT_EQ(first, numbers.data() + 4 * pieces.size());
        EXPECT_EQ(hook.points, static_cast<int>(pieces.size()));
        pieces.push_back(count);
      },
      4);
  EXPECT_EQ(pieces, (std::vector<size_t>{4, 4, 2}));
  EXPECT_EQ(hook.points, 3);
}

TEST(Pacing, LooksAtWeightsInPieces) {
  CountingHook hook;
  const PacedScope paced(&hook);
  // A tensor in which the bad values lie at the ends of pieces.
  constexpr size_t kPiece = kPieceBytes / sizeof(float);
  std::vector<float> weights(2 * kPiece + 7);
  for (const size_t bad : {size_t{0}, kPiece - 1, kPiece, 2 * kPiece + 6}) weights[bad] = NAN;
  EXPECT_EQ(CountNonFinite(DType::kFloat32, weights.data(), weights.size(), NonFinite::kAny), 4u);
  EXPECT_EQ(hook.points, 3);
}

}  // namespace
}  // namespace graft::models
