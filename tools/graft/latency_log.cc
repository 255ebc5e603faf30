#include "tools/graft/latency_log.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace graft::tools {
namespace {

std::string Bar(const std::string& label, size_t count, size_t most, size_t all, int width) {
  const double share = static_cast<double>(count) / static_cast<double>(all);
  const auto length =
      static_cast<int>(std::ceil(width * static_cast<double>(count) / static_cast<double>(most)));
  const std::string bar(static_cast<size_t>(length), '#');
  char line[256];
  std::snprintf(line, sizeof line, "  %10s |%-*s %6.2f %%\n", label.c_str(), width, bar.c_str(),
                100.0 * share);
  return line;
}

}  // namespace

void LatencyLog::Sort() const {
  if (sorted_) return;
  std::sort(samples_.begin(), samples_.end());
  sorted_ = true;
}

int64_t LatencyLog::PercentileNs(double percent) const {
  if (samples_.empty()) return 0;
  Sort();
  const auto count = static_cast<double>(samples_.size());
  // 99.9 % of 1000 is 999, whatever binary fractions say.
  const double rank = std::ceil(percent * count / 100.0 - 1e-6);
  return samples_[static_cast<size_t>(std::clamp(rank, 1.0, count)) - 1];
}

int64_t LatencyLog::SumNs() const {
  return std::accumulate(samples_.begin(), samples_.end(), int64_t{0});
}

std::string LatencyLog::Histogram(int rows, int bar_width) const {
  if (samples_.empty()) return "";
  Sort();
  const double low = std::log(static_cast<double>(std::max<int64_t>(samples_.front(), 1)));
  const double high = std::log(static_cast<double>(std::max<int64_t>(PercentileNs(99.9), 1)));
  if (high - low < 1e-9) rows = 1;

  struct Row {
    double upper_ns;
    size_t count;
  };
  std::vector<Row> table;
  size_t done = 0;
  for (int i = 1; i <= rows; ++i) {
    const double upper = i == rows ? static_cast<double>(PercentileNs(99.9))
                                   : std::exp(low + (high - low) * i / rows);
    const auto end = std::upper_bound(samples_.begin() + static_cast<std::ptrdiff_t>(done),
                                      samples_.end(), static_cast<int64_t>(upper));
    const auto position = static_cast<size_t>(end - samples_.begin());
    table.push_back({upper, position - done});
    done = position;
  }
  size_t most = samples_.size() - done;
  for (const Row& row : table) most = std::max(most, row.count);
  std::string text;
  for (const Row& row : table) {
    text += Bar("<= " + DurationText(row.upper_ns), row.count, most, count(), bar_width);
  }
  if (done < count()) text += Bar("slower", count() - done, most, count(), bar_width);
  return text;
}

std::string DurationText(double ns) {
  const char* unit = "ns";
  double value = ns;
  for (const char* larger : {"us", "ms", "s"}) {
    if (value < 999.5) break;
    value /= 1000.0;
    unit = larger;
  }
  const int decimals = *unit == 'n' || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f %s", decimals, value, unit);
  return text;
}

}  // namespace graft::tools
