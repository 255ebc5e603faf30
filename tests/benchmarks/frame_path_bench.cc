// What a frame costs through Graft, beside bare LibTorch in the same process.
//
//   ./dev bench frame_path_bench
//
// A network of 48-512-256-128-12 (tests/fixtures/actor), 1 and 256 agents, back to back and at 60
// frames a second. The four paths take turns in short rounds; a ratio is that of the medians of one
// round, and the median of these ratios is what is reported: what else runs on the machine is then
// in both numbers. Run it on an idle machine all the same.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "graft/graft.hpp"
#include "tests/benchmarks/report.h"
#include "tools/graft/frame_paths.h"
#include "tools/graft/latency_log.h"
#include "tools/graft/path_rounds.h"
#include "tools/graft/plugin_library.h"

namespace graft::benchmarks {
namespace {

using tools::DurationText;
using tools::FramePath;
using tools::FramePaths;
using tools::kFramePaths;
using SteadyClock = std::chrono::steady_clock;

constexpr char kActor[] = "tests/fixtures/actor/actor_48_12.pt";
constexpr char kSmallModel[] = "tests/fixtures/torchscript/constant_1.pt";

const Library& PluginLibrary() {
  static auto* const library = new Result<Library>(tools::LoadPluginLibrary());
  if (!library->ok()) {
    std::fprintf(stderr, "%s\n", library->error().message.c_str());
    std::exit(1);
  }
  return library->value();
}

Report& PathReport() {
  static Report report("From observations to actions, 48-512-256-128-12, float32",
                       {"agents", "frames", "path", "p50", "p90", "p99", "max", "ratio", "goal"});
  return report;
}

Report& CallReport() {
  static Report report(
      "Single calls, medians, clock reading subtracted",
      {"models", "input", "submit", "tick", "tick, nothing new", "poll", "latest"});
  return report;
}

int64_t MedianOf(std::vector<int64_t>& samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

std::string GoalOf(FramePath path, uint32_t rows, bool paced) {
  if (path == FramePath::kBare) return "";
  if (paced) return "-";
  if (path == FramePath::kRun) return "<= 1.05";
  return rows == 1 ? "<= 1.50" : "<= 1.05";
}

// range(0): agents; range(1): frames a second, 0 for back to back. One iteration is a round: a
// number of passes of each path.
void Paths(benchmark::State& state) {
  const auto rows = static_cast<uint32_t>(state.range(0));
  const bool paced = state.range(1) != 0;
  tools::FramePathsOptions options;
  options.rows = rows;
  Result<FramePaths> paths = FramePaths::Open(PluginLibrary(), kActor, options);
  if (!paths.ok()) {
    state.SkipWithError(paths.error().message.c_str());
    return;
  }
  tools::PathRoundOptions round;
  round.passes = paced ? 10 : rows == 1 ? 100 : 20;
  round.gap_ns = paced ? 1'000'000'000 / state.range(1) : 0;
  tools::PathRounds rounds;
  for (auto _ : state) {
    const Status status = rounds.Add(paths.value(), round);
    if (!status.ok()) {
      state.SkipWithError(status.error().message.c_str());
      return;
    }
  }
  for (const FramePath path : kFramePaths) {
    const std::string name(FramePathName(path));
    const auto text = [&](double percent) {
      return DurationText(static_cast<double>(rounds.log(path).PercentileNs(percent)));
    };
    state.counters[name + "_p50_us"] = static_cast<double>(rounds.log(path).PercentileNs(50)) / 1e3;
    state.counters[name + "_ratio"] = rounds.Ratio(path);
    PathReport().Add({std::to_string(rows), paced ? "60 Hz" : "back to back", name, text(50),
                      text(90), text(99), text(100), RatioText(rounds.Ratio(path)),
                      GoalOf(path, rows, paced)});
  }
}

// Nanoseconds of one call, without those of reading the clock.
class CallTimer {
 public:
  CallTimer() {
    std::vector<int64_t> empty;
    empty.reserve(10'000);
    for (int i = 0; i < 10'000; ++i) empty.push_back(Raw([] {}));
    clock_ns_ = MedianOf(empty);
  }
  template <typename Call>
  void Time(std::vector<int64_t>& samples, const Call& call) const {
    samples.push_back(std::max<int64_t>(Raw(call) - clock_ns_, 0));
  }

 private:
  template <typename Call>
  static int64_t Raw(const Call& call) {
    const auto begin = SteadyClock::now();
    call();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - begin).count();
  }
  int64_t clock_ns_ = 0;
};

// range(0): further models that are open and idle.
void Calls(benchmark::State& state) {
  constexpr int kFrames = 1000;
  Result<Runtime> runtime = PluginLibrary().OpenRuntime();
  std::vector<Model> models;
  std::vector<Group> groups;
  for (int64_t i = 0; i <= state.range(0) && runtime.ok(); ++i) {
    Result<Model> model = runtime.value().OpenModel(kSmallModel, GRAFT_MODEL_NO_WATCH);
    if (!model.ok()) {
      state.SkipWithError(model.error().message.c_str());
      return;
    }
    models.push_back(std::move(model).value());
    groups.push_back(models.back().OpenGroup(1).value());
  }
  Group& group = groups.front();
  const CallTimer timer;
  std::vector<int64_t> input, submit, tick, idle_tick, poll, latest;
  for (auto _ : state) {
    for (int frame = 0; frame < kFrames; ++frame) {
      uint64_t ticket = 0;
      timer.Time(input, [&] { benchmark::DoNotOptimize(group.Input<float>()); });
      timer.Time(submit, [&] { benchmark::DoNotOptimize(group.Submit(1, &ticket)); });
      timer.Time(tick, [&] { benchmark::DoNotOptimize(runtime.value().Tick()); });
      if (group.Wait(ticket) != GRAFT_OK) {
        state.SkipWithError("wait failed");
        return;
      }
      timer.Time(idle_tick, [&] { benchmark::DoNotOptimize(runtime.value().Tick()); });
      timer.Time(poll, [&] { benchmark::DoNotOptimize(group.Poll(ticket)); });
      timer.Time(latest, [&] { benchmark::DoNotOptimize(group.Latest<float>()); });
    }
  }
  const auto text = [](std::vector<int64_t>& samples) {
    return DurationText(static_cast<double>(MedianOf(samples)));
  };
  state.counters["tick_ns"] = static_cast<double>(MedianOf(tick));
  CallReport().Add({std::to_string(models.size()), text(input), text(submit), text(tick),
                    text(idle_tick), text(poll), text(latest)});
}

BENCHMARK(Paths)
    ->ArgNames({"agents", "hz"})
    ->Args({1, 0})
    ->Iterations(200)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Paths)
    ->ArgNames({"agents", "hz"})
    ->Args({256, 0})
    ->Iterations(50)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Paths)
    ->ArgNames({"agents", "hz"})
    ->Args({1, 60})
    ->Iterations(20)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Paths)
    ->ArgNames({"agents", "hz"})
    ->Args({256, 60})
    ->Iterations(20)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Calls)
    ->ArgName("more_models")
    ->Arg(0)
    ->Arg(8)
    ->Iterations(20)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace graft::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const std::string before = graft::benchmarks::MachineText();
  benchmark::RunSpecifiedBenchmarks();
  std::printf("\n%s; Graft %s\n", before.c_str(), graft::benchmarks::PluginLibrary().version());
  graft::benchmarks::PathReport().Print();
  graft::benchmarks::CallReport().Print();
  return 0;
}
