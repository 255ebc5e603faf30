// A thousand swaps of a live model under load, through the real library.
//
//   ./dev bench swap_bench
//
// Four threads submit 8 agents each, one ticks every 100 us, and the main thread loads two
// TorchScript files in turns. A swap takes from model_load to the first result of the new version
// that any submitter has in hand: reading, checking, freezing, warming up, publication at a tick,
// one batch.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "graft/graft.hpp"
#include "tests/benchmarks/report.h"
#include "tests/integration/swap_load.h"
#include "tools/graft/latency_log.h"
#include "tools/graft/plugin_library.h"

namespace graft::benchmarks {
namespace {

Report& SwapReport() {
  static Report report("Swaps under load, 4 submitting threads", {"what", "measured", "goal"});
  return report;
}

std::string Megabytes(int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

// range(0): swaps, more than 100.
void Swaps(benchmark::State& state) {
  Result<Library> library = tools::LoadPluginLibrary();
  if (!library.ok()) {
    state.SkipWithError(library.error().message.c_str());
    return;
  }
  testing::SwapLoadOptions options;
  options.swaps = static_cast<uint32_t>(state.range(0));
  Result<testing::SwapLoadOutcome> run = testing::SwapLoadOutcome();
  for (auto _ : state) {
    run = RunSwapLoad(library.value(), options);
    if (!run.ok()) {
      state.SkipWithError(run.error().message.c_str());
      return;
    }
  }
  const testing::SwapLoadOutcome& outcome = run.value();
  tools::LatencyLog swaps;
  for (const int64_t took_ns : outcome.swap_ns) swaps.Add(took_ns);
  const auto text = [&](double percent) {
    return tools::DurationText(static_cast<double>(swaps.PercentileNs(percent)));
  };
  const double growth = GrowthBytesPerSwap(outcome, 100);
  state.counters["failed"] = static_cast<double>(outcome.failed);
  state.counters["mixed"] = static_cast<double>(outcome.mixed);
  state.counters["growth_bytes_per_swap"] = growth;
  Report& report = SwapReport();
  report.Add({"swaps", std::to_string(swaps.count()), ""});
  report.Add({"requests answered", std::to_string(outcome.requests), ""});
  report.Add({"requests failed", std::to_string(outcome.failed), "0"});
  report.Add({"results of more than one version", std::to_string(outcome.mixed), "0"});
  report.Add({"load to first new result, p50", text(50), ""});
  report.Add({"load to first new result, p99", text(99), ""});
  report.Add({"load to first new result, max", text(100), ""});
  report.Add({"resident after 100 swaps", Megabytes(outcome.resident_bytes[100]), ""});
  report.Add({"resident at the end", Megabytes(outcome.resident_bytes.back()), "flat"});
  report.Add(
      {"growth after the first 100", std::to_string(static_cast<int>(growth)) + " B a swap", ""});
  report.Add(
      {"open files after 100, at the end",
       std::to_string(outcome.open_files[100]) + ", " + std::to_string(outcome.open_files.back()),
       "equal"});
}

BENCHMARK(Swaps)->ArgName("swaps")->Arg(1000)->Iterations(1)->UseRealTime()->Unit(
    benchmark::kSecond);

}  // namespace
}  // namespace graft::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const std::string before = graft::benchmarks::MachineText();
  benchmark::RunSpecifiedBenchmarks();
  std::printf("\n%s\n", before.c_str());
  graft::benchmarks::SwapReport().Print();
  return 0;
}
