#include "models/memory/paced_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "models/memory/huge_pages.h"
#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

struct CountingHook final : PacingHook {
  void AtPoint() override { ++points; }
  int points = 0;
};

TEST(PacedMemory, IsCopiedInPieces) {
  CountingHook hook;
  const PacedScope paced(&hook);
  std::vector<uint8_t> from(3 * kPieceBytes + 5);
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<uint8_t>(i * 31 % 251);
  std::vector<uint8_t> to(from.size());
  CopyInPieces(to.data(), from.data(), from.size());
  EXPECT_EQ(to, from);
  EXPECT_EQ(hook.points, 4);
}

class MappedMemory : public ::testing::Test {
 protected:
  static constexpr size_t kBytes = size_t{8} << 20;
  MappedMemory()
      : memory_(static_cast<uint8_t*>(
            mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    std::memset(memory_, 1, kBytes);
  }
  ~MappedMemory() override { munmap(memory_, kBytes); }

  bool IsMapped() const {
    unsigned char resident = 0;
    return mincore(memory_, 1, &resident) == 0;
  }

  uint8_t* const memory_;
  CountingHook hook_;
};

TEST_F(MappedMemory, GivesBackWholePagesOnly) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const PacedScope paced(&hook_);
  GiveBackPages(memory_ + 1, kBytes - 2);
  EXPECT_GE(hook_.points, 4) << "of two megabytes at most each";
  for (size_t i = 0; i < kBytes; ++i) {
    const bool whole = i >= page && i < kBytes - page;
    ASSERT_EQ(memory_[i], whole ? 0 : 1) << i;
  }
}

TEST_F(MappedMemory, KeepsItsPagesWhereNothingIsPaced) {
  GiveBackPages(memory_, kBytes);
  EXPECT_EQ(memory_[kBytes / 2], 1);
}

TEST_F(MappedMemory, IsUnmappedInPieces) {
  const PacedScope paced(&hook_);
  UnmapInPieces(memory_, kBytes);
  EXPECT_FALSE(IsMapped());
  EXPECT_GE(hook_.points, 4);
}

TEST_F(MappedMemory, IsUnmappedAtOnceWhereNothingIsPaced) {
  UnmapInPieces(memory_, kBytes);
  EXPECT_FALSE(IsMapped());
}

TEST(HugePages, AreFreedInPiecesOnAPacedThread) {
  void* memory = AllocateHugePages(4 * kHugePageBytes);
  ASSERT_NE(memory, nullptr);
  CountingHook hook;
  const PacedScope paced(&hook);
  FreeHugePages(memory, 4 * kHugePageBytes);
  EXPECT_EQ(hook.points, 4);
}

}  // namespace
}  // namespace graft::models
