#include "tools/graft/path_rounds.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace graft::tools {

Status PathRounds::Add(FramePaths& paths, const PathRoundOptions& options) {
  double bare_ns = 0.0;
  for (const FramePath path : kFramePaths) {
    LatencyLog round;
    for (int pass = 0; pass < options.passes; ++pass) {
      if (options.gap_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(options.gap_ns));
      Result<int64_t> took_ns = paths.Measure(path);
      if (!took_ns.ok()) return took_ns.error();
      round.Add(took_ns.value());
      logs_[Index(path)].Add(took_ns.value());
    }
    const auto median_ns = static_cast<double>(round.PercentileNs(50));
    if (path == FramePath::kBare) bare_ns = std::max(median_ns, 1.0);
    ratios_[Index(path)].push_back(median_ns / bare_ns);
  }
  return Done{};
}

double PathRounds::Ratio(FramePath path) const {
  std::vector<double> ratios = ratios_[Index(path)];
  if (ratios.empty()) return 0.0;
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  return *middle;
}

}  // namespace graft::tools
