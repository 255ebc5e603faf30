// What a number of timed calls took: percentiles, and a histogram as text.
//
//   LatencyLog log;
//   log.Add(took_ns);
//   log.PercentileNs(99.9);
//
// Threads: one at a time. Keeps every sample: 8 bytes each.
#ifndef GRAFT_TOOLS_GRAFT_LATENCY_LOG_H_
#define GRAFT_TOOLS_GRAFT_LATENCY_LOG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace graft::tools {

class LatencyLog {
 public:
  void Reserve(size_t count) { samples_.reserve(count); }
  void Add(int64_t took_ns) {
    samples_.push_back(took_ns);
    sorted_ = false;
  }
  size_t count() const { return samples_.size(); }

  // The smallest sample that at least `percent` of all samples do not exceed (nearest rank); 0 when
  // there are none. percent: 0 to 100.
  int64_t PercentileNs(double percent) const;
  int64_t MaxNs() const { return PercentileNs(100.0); }
  int64_t SumNs() const;

  // A line for each of at most `rows` equal steps of the logarithm of the time, from the fastest to
  // p99.9: its upper bound, a bar of '#', its share; a last line for what is slower.
  std::string Histogram(int rows, int bar_width) const;

 private:
  void Sort() const;

  mutable std::vector<int64_t> samples_;
  mutable bool sorted_ = true;
};

// "830 ns", "13.9 us", "1.76 ms", "2.00 s".
std::string DurationText(double ns);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_LATENCY_LOG_H_
