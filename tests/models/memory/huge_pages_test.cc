#include "models/memory/huge_pages.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace graft::models {
namespace {

constexpr size_t kBytes = 16 * kHugePageBytes;

// Memory of a process of its own, not touched yet.
class Mapping {
 public:
  Mapping()
      : memory_(static_cast<uint8_t*>(
            mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {}
  ~Mapping() { munmap(memory_, kBytes); }
  uint8_t* memory() const { return memory_; }

 private:
  uint8_t* const memory_;
};

bool KernelHasHugePages() {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string text;
  std::getline(file, text);
  return text.find("[madvise]") != std::string::npos || text.find("[always]") != std::string::npos;
}

long PageFaults() {
  rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt;
}

TEST(HugePagesTest, FirstTouchesAreFew) {
  if (!KernelHasHugePages()) GTEST_SKIP() << "skipped: this kernel has no huge pages";
  const Mapping mapping;
  AdviseHugePages(mapping.memory(), kBytes);
  const long before = PageFaults();
  std::fill_n(mapping.memory(), kBytes, uint8_t{1});
  // Without the hint: 8192. The two ends may lie in small pages.
  EXPECT_LT(PageFaults() - before, 1200);
}

TEST(HugePagesTest, AllocatedMemoryIsZeroAlignedAndCheapToTouch) {
  for (const size_t bytes : {size_t{1}, size_t{4097}, kHugePageBytes, kHugePageBytes + 1, kBytes}) {
    auto* const memory = static_cast<uint8_t*>(AllocateHugePages(bytes));
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(std::count(memory, memory + bytes, 0), static_cast<long>(bytes));
    if (bytes >= kHugePageBytes) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % kHugePageBytes, 0u);
    }
    std::fill_n(memory, bytes, uint8_t{1});
    FreeHugePages(memory, bytes);
  }
  if (!KernelHasHugePages()) return;
  auto* const memory = static_cast<uint8_t*>(AllocateHugePages(kBytes));
  const long before = PageFaults();
  std::fill_n(memory, kBytes, uint8_t{1});
  EXPECT_LT(PageFaults() - before, 600);  // 16, where the kernel finds large pages for all
  FreeHugePages(memory, kBytes);
}

TEST(HugePagesTest, MemoryThatIsNotThereIsSaid) {
  EXPECT_EQ(AllocateHugePages(size_t{1} << 60), nullptr);
  EXPECT_EQ(AllocateHugePages(SIZE_MAX), nullptr);
}

TEST(HugePagesTest, ContentsStay) {
  const Mapping mapping;
  std::fill_n(mapping.memory(), kBytes, uint8_t{7});
  AdviseHugePages(mapping.memory(), kBytes);
  EXPECT_EQ(std::count(mapping.memory(), mapping.memory() + kBytes, 7), static_cast<long>(kBytes));
}

TEST(HugePagesTest, AnyRangeIsTakenAndErrnoStays) {
  const Mapping mapping;
  errno = EBUSY;
  AdviseHugePages(nullptr, 0);
  AdviseHugePages(mapping.memory() + 3, kHugePageBytes - 5);
  AdviseHugePages(mapping.memory() + 3, kHugePageBytes + 5);
  AdviseHugePages(mapping.memory() + 4095, kBytes - 4095);
  EXPECT_EQ(errno, EBUSY);
}

}  // namespace
}  // namespace graft::models
