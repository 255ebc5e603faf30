#include "samples/03_cartpole_swarm/frame_log.h"

#include <algorithm>
#include <cstdio>

#include "samples/03_cartpole_swarm/cart_pole.h"

namespace graft::samples {

FrameLog::FrameLog(size_t expected_frames) { frames_.reserve(expected_frames); }

void FrameLog::Add(const Frame& frame) { frames_.push_back(frame); }

void FrameLog::Note(const std::string& event) { events_.push_back({frames_.size() - 1, event}); }

size_t FrameLog::missed() const {
  if (frames_.empty()) return 0;
  return static_cast<size_t>(std::count_if(frames_.begin() + 1, frames_.end(),
                                           [](const Frame& frame) { return !frame.fresh; }));
}

size_t FrameLog::over(double budget_us) const {
  return static_cast<size_t>(
      std::count_if(frames_.begin(), frames_.end(),
                    [budget_us](const Frame& frame) { return frame.work_us > budget_us; }));
}

double FrameLog::standing_under(uint64_t version) const {
  double sum = 0;
  int count = 0;
  for (size_t i = frames_.size(); i-- > 0;) {
    if (frames_[i].version != version) continue;
    sum += static_cast<double>(frames_[i].standing);
    if (++count == 2 * kFramesPerSecond) break;
  }
  return count == 0 ? 0 : sum / count;
}

WorkTimes FrameLog::work_times() const {
  if (frames_.empty()) return {};
  std::vector<double> sorted;
  sorted.reserve(frames_.size());
  for (const Frame& frame : frames_) sorted.push_back(frame.work_us);
  std::sort(sorted.begin(), sorted.end());
  const auto quantile = [&sorted](double share) {
    return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  return {quantile(0.5), quantile(0.99), sorted.back()};
}

bool FrameLog::WriteCsv(const std::string& path) const {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  std::fputs("frame,time_s,work_us,late_us,standing,version,fresh,events\n", file);
  auto event = events_.begin();
  for (size_t i = 0; i < frames_.size(); ++i) {
    const Frame& frame = frames_[i];
    std::fprintf(file, "%zu,%.6f,%.1f,%.1f,%zu,%llu,%d,", i, frame.time_s, frame.work_us,
                 frame.late_us, frame.standing, static_cast<unsigned long long>(frame.version),
                 frame.fresh ? 1 : 0);
    for (const char* separator = ""; event != events_.end() && event->frame == i; ++event) {
      std::fprintf(file, "%s%s", separator, event->text.c_str());
      separator = ";";
    }
    std::fputc('\n', file);
  }
  return std::fclose(file) == 0;
}

}  // namespace graft::samples
