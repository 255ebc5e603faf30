// What happened in every frame: kept in memory while the loop runs, summed up and written
// afterwards.
//
//   FrameLog log(/*expected_frames=*/1800);
//   log.Add({.time_s = 0.016, .work_us = 85, .standing = 256, .version = 1, .fresh = true});
//   log.Note("serving better version 2");   // belongs to the frame added last
//   log.WriteCsv("frames.csv");
//
// Threads: one at a time.
#ifndef GRAFT_SAMPLES_CARTPOLE_SWARM_FRAME_LOG_H_
#define GRAFT_SAMPLES_CARTPOLE_SWARM_FRAME_LOG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace graft::samples {

struct Frame {
  double time_s = 0;
  double work_us = 0;   // from the start of the frame to the end of its work; no sleep, no printing
  double late_us = 0;   // how long after its time the frame began
  size_t standing = 0;  // poles, after this frame's physics
  uint64_t version = 0;  // of the model whose forces act; 0: none yet
  bool fresh = false;    // the forces answer the last frame's observations
};

struct WorkTimes {
  double p50_us = 0;
  double p99_us = 0;
  double max_us = 0;
};

class FrameLog {
 public:
  explicit FrameLog(size_t expected_frames);

  void Add(const Frame& frame);
  // event: words without commas or semicolons. @pre a frame was added.
  void Note(const std::string& event);

  const std::vector<Frame>& frames() const { return frames_; }
  size_t missed() const;                // frames without fresh forces, the first left out
  size_t over(double budget_us) const;  // frames whose work took longer
  // Poles standing under that version, on average over its last two seconds: it has had time to
  // show.
  double standing_under(uint64_t version) const;
  WorkTimes work_times() const;
  // A line for each frame: frame,time_s,work_us,late_us,standing,version,fresh,events; events are
  // separated by semicolons. False when the file cannot be written.
  bool WriteCsv(const std::string& path) const;

 private:
  struct Event {
    size_t frame;
    std::string text;
  };

  std::vector<Frame> frames_;
  std::vector<Event> events_;  // by frame
};

}  // namespace graft::samples

#endif  // GRAFT_SAMPLES_CARTPOLE_SWARM_FRAME_LOG_H_
