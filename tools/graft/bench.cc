#include "tools/graft/bench.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "nlohmann/json.hpp"
#include "tools/graft/frame_paths.h"
#include "tools/graft/latency_log.h"
#include "tools/graft/path_rounds.h"
#include "tools/graft/plugin_library.h"

namespace graft::tools {
namespace {

using nlohmann::ordered_json;
using SteadyClock = std::chrono::steady_clock;

constexpr int kHistogramRows = 12;
constexpr int kHistogramWidth = 40;
// A path's turn in a round is about this long: enough calls for a median, few enough to be fair.
constexpr double kTurnSeconds = 0.02;

const char* PathTitle(FramePath path) {
  switch (path) {
    case FramePath::kBare:
      return "bare LibTorch forward";
    case FramePath::kRun:
      return "Graft run()";
    case FramePath::kWait:
      return "Graft submit, tick, wait()";
    case FramePath::kPoll:
      return "Graft submit, tick, poll()";
  }
  return "?";
}

double Seconds(SteadyClock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double RowsPerSecond(const LatencyLog& log, uint32_t agents) {
  const double busy_seconds = static_cast<double>(log.SumNs()) / 1e9;
  return busy_seconds > 0 ? static_cast<double>(log.count()) * agents / busy_seconds : 0.0;
}

// How many passes make a turn.
int PassesOf(FramePaths& paths, const BenchOptions& options) {
  if (options.rate > 0)
    return std::clamp(static_cast<int>(options.rate * kTurnSeconds * 10), 1, 20);
  Result<int64_t> took_ns = paths.Measure(FramePath::kRun);
  const double pass_seconds = took_ns.ok() ? static_cast<double>(took_ns.value()) / 1e9 : 1.0;
  return static_cast<int>(std::clamp(kTurnSeconds / std::max(pass_seconds, 1e-9), 1.0, 2000.0));
}

ordered_json ToJson(const BenchOptions& options, const FramePaths& paths, const PathRounds& rounds,
                    const char* version, double seconds) {
  ordered_json report = {{"model", options.model},
                         {"model_file", paths.model_file()},
                         {"graft", version},
                         {"device", paths.device()},
                         {"agents", options.agents},
                         {"seconds", seconds},
                         {"frames_per_second", options.rate},
                         {"worker_threads", options.threads}};
  if (!options.precision.empty()) report["precision"] = options.precision;
  for (const FramePath path : kFramePaths) {
    const LatencyLog& log = rounds.log(path);
    report["paths"][std::string(FramePathName(path))] = {
        {"calls", log.count()},
        {"p50_ns", log.PercentileNs(50)},
        {"p90_ns", log.PercentileNs(90)},
        {"p99_ns", log.PercentileNs(99)},
        {"p999_ns", log.PercentileNs(99.9)},
        {"max_ns", log.MaxNs()},
        {"rows_per_second", RowsPerSecond(log, options.agents)},
        {"ratio_to_bare", rounds.Ratio(path)}};
  }
  return report;
}

void Print(const BenchOptions& options, const FramePaths& paths, const PathRounds& rounds,
           const char* version, std::ostream& out) {
  out << paths.model_file() << " on " << paths.device() << ", " << options.agents
      << (options.agents == 1 ? " agent" : " agents") << " a frame, Graft " << version << "\n\n";
  char line[256];
  std::snprintf(line, sizeof line, "%-28s %9s %9s %9s %9s %9s %12s %6s\n", "", "p50", "p90", "p99",
                "p99.9", "max", "rows/s", "ratio");
  out << line;
  for (const FramePath path : kFramePaths) {
    const LatencyLog& log = rounds.log(path);
    const auto text = [&](double percent) {
      return DurationText(static_cast<double>(log.PercentileNs(percent)));
    };
    std::snprintf(line, sizeof line, "%-28s %9s %9s %9s %9s %9s %12.0f %6.2f\n", PathTitle(path),
                  text(50).c_str(), text(90).c_str(), text(99).c_str(), text(99.9).c_str(),
                  text(100).c_str(), RowsPerSecond(log, options.agents), rounds.Ratio(path));
    out << line;
  }
  out << "\nratio: to the bare forward, the median over rounds in which all took turns.\n"
         "Graft's times include copying the rows in and out; the bare forward's do not.\n";
  for (const FramePath path : kFramePaths) {
    out << "\n"
        << PathTitle(path) << ", " << rounds.log(path).count() << " calls\n"
        << rounds.log(path).Histogram(kHistogramRows, kHistogramWidth);
  }
}

}  // namespace

int RunBench(const BenchOptions& options, bool progress, std::ostream& out, std::ostream& err) {
  const auto say = [&](const std::string& text) {
    if (progress) err << "\r\033[K" << text << std::flush;
  };
  const auto fail = [&](const ErrorInfo& error) {
    say("");
    err << "graft bench: " << error.message << "\n";
    return 1;
  };
  say("loading " + options.model + " ...");
  Result<Library> library = LoadPluginLibrary();
  if (!library.ok()) return fail(library.error());
  FramePathsOptions path_options;
  path_options.rows = options.agents;
  path_options.worker_threads = options.threads;
  path_options.device = options.device;
  path_options.precision = options.precision;
  Result<FramePaths> paths = FramePaths::Open(library.value(), options.model, path_options);
  if (!paths.ok()) return fail(paths.error());

  PathRoundOptions round;
  round.passes = PassesOf(paths.value(), options);
  round.gap_ns = options.rate > 0 ? static_cast<int64_t>(1e9 / options.rate) : 0;
  PathRounds rounds;
  const SteadyClock::time_point begin = SteadyClock::now();
  double elapsed = 0.0;
  do {
    const Status status = rounds.Add(paths.value(), round);
    if (!status.ok()) return fail(status.error());
    elapsed = Seconds(SteadyClock::now() - begin);
    char text[64];
    std::snprintf(text, sizeof text, "measuring: %.0f of %.0f s",
                  std::min(elapsed, options.seconds), options.seconds);
    say(text);
  } while (elapsed < options.seconds);
  say("");

  const char* version = library.value().version();
  if (options.json) {
    out << ToJson(options, paths.value(), rounds, version, elapsed)
               .dump(2, ' ', /*ensure_ascii=*/false, ordered_json::error_handler_t::replace)
        << "\n";
  } else {
    Print(options, paths.value(), rounds, version, out);
  }
  return 0;
}

void AddBenchCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command =
      app.add_subcommand("bench", "Time a model through Graft and through bare LibTorch, in turns");
  command
      ->add_option("MODEL", options->model,
                   "A manifest (.json), a model file, or a directory of them")
      ->required();
  command->add_option("--agents", options->agents, "Rows of one frame")
      ->check(CLI::Range(1u, 1u << 20))
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--seconds", options->seconds, "How long to measure, all paths together")
      ->check(CLI::Range(0.0, 86400.0))
      ->capture_default_str()
      ->type_name("S");
  command
      ->add_option("--rate", options->rate,
                   "Frames a second, with idle time between them, as in a game; 0: back to back")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str()
      ->type_name("HZ");
  command->add_option("--threads", options->threads, "Worker threads; 0: hardware threads - 1")
      ->check(CLI::Range(0u, 64u))
      ->capture_default_str()
      ->type_name("T");
  command
      ->add_option("--device", options->device,
                   "auto, cpu, cuda or cuda:N; default: the manifest's")
      ->type_name("NAME");
  command
      ->add_option(
          "--precision", options->precision,
          "float32, bfloat16 or float16 in Graft; default: the manifest's. The bare forward "
          "always runs the file as it is")
      ->type_name("NAME");
  command->add_flag("--json", options->json, "One JSON object instead of tables");
  command->footer(
      "Examples:\n"
      "  graft bench walker.pt --agents 256\n"
      "  graft bench walker.json --agents 16 --rate 60 --seconds 20\n"
      "  graft bench walker.pt --json > walker.json\n");
  command->callback([options, exit_code] {
    *exit_code = RunBench(*options, isatty(STDERR_FILENO) != 0, std::cout, std::cerr);
  });
}

}  // namespace graft::tools
