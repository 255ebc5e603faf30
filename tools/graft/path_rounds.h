// Compares the paths of a frame in one run: they take turns in short rounds, so that whatever else
// the machine does is in the numbers of all of them.
//
//   PathRounds rounds;
//   while (...) status = rounds.Add(paths, {.passes = 100});
//   rounds.log(FramePath::kRun).PercentileNs(50);
//   rounds.Ratio(FramePath::kRun);      // to bare
//
// Threads: one at a time.
#ifndef GRAFT_TOOLS_GRAFT_PATH_ROUNDS_H_
#define GRAFT_TOOLS_GRAFT_PATH_ROUNDS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "graft/graft.hpp"
#include "tools/graft/frame_paths.h"
#include "tools/graft/latency_log.h"

namespace graft::tools {

struct PathRoundOptions {
  int passes = 100;    // of each path in a round; at least 1
  int64_t gap_ns = 0;  // idle time before each pass
};

class PathRounds {
 public:
  // Runs one round: `passes` of bare, then of each other path.
  Status Add(FramePaths& paths, const PathRoundOptions& options);

  const LatencyLog& log(FramePath path) const { return logs_[Index(path)]; }
  // The median over the rounds of: median of the path in the round / median of bare in the round.
  // 0 before the first round.
  double Ratio(FramePath path) const;

 private:
  static size_t Index(FramePath path) { return static_cast<size_t>(path); }

  std::array<LatencyLog, kFramePaths.size()> logs_;
  std::array<std::vector<double>, kFramePaths.size()> ratios_;
};

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_PATH_ROUNDS_H_
