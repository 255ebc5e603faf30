// What the memory of a version costs: 96 MB filled and given back, in small pages and in large
// ones; and what every byte of a file costs that is looked at while loading.
//
//   ./dev bench weight_memory_bench
#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "benchmark/benchmark.h"
#include "models/file/crc32.h"
#include "models/memory/huge_pages.h"
#include "models/tensor/finite.h"

namespace graft::models {
namespace {

constexpr size_t kBytes = size_t{96} << 20;

void* SmallPages() {
  return mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void Fill(benchmark::State& state) {
  for (auto _ : state) {
    void* const memory = state.range(0) != 0 ? AllocateHugePages(kBytes) : SmallPages();
    std::memset(memory, 1, kBytes);
    benchmark::DoNotOptimize(memory);
    state.PauseTiming();
    munmap(memory, kBytes);
    state.ResumeTiming();
  }
}
BENCHMARK(Fill)->ArgName("large")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void GiveBack(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    void* const memory = state.range(0) != 0 ? AllocateHugePages(kBytes) : SmallPages();
    std::memset(memory, 1, kBytes);
    state.ResumeTiming();
    munmap(memory, kBytes);
  }
}
BENCHMARK(GiveBack)->ArgName("large")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void Checksum(benchmark::State& state) {
  const std::vector<uint8_t> bytes(kBytes, 7);
  for (auto _ : state) benchmark::DoNotOptimize(Crc32(0, bytes));
}
BENCHMARK(Checksum)->Unit(benchmark::kMillisecond);

void FiniteCheck(benchmark::State& state) {
  const std::vector<float> values(kBytes / sizeof(float), 0.5F);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        CountNonFinite(DType::kFloat32, values.data(), values.size(), NonFinite::kAny));
  }
}
BENCHMARK(FiniteCheck)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace graft::models

BENCHMARK_MAIN();
