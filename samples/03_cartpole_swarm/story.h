// What happens in the scene: which checkpoint is delivered when, and what became of each.
//
//   Story story(steps, courier);
//   each frame, after the tick:
//     for (const std::string& event : story.Update(frame, model.Stats())) ...
//
// One delivery at a time: the next one waits until the last is served or refused, so that a change
// of the model's counters has one meaning. Threads: one at a time. Update never blocks.
#ifndef GRAFT_SAMPLES_CARTPOLE_SWARM_STORY_H_
#define GRAFT_SAMPLES_CARTPOLE_SWARM_STORY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graft/graft.h"
#include "samples/03_cartpole_swarm/courier.h"

namespace graft::samples {

class Story {
 public:
  struct Step {
    size_t frame;  // not before it
    Delivery delivery;
  };

  // deliver: brings the checkpoint to the watched folder; called from Update.
  // first: the stage that serves from the start.
  Story(std::vector<Step> steps, std::string first, const graft_model_stats& at_start,
        std::function<void(const Delivery&)> deliver);

  // What is new: "deliver FILE", "serve STAGE VERSION", "refuse FILE".
  std::vector<std::string> Update(size_t frame, const graft_model_stats& stats);

  // A delivery has neither been served nor refused yet.
  bool undecided() const { return undecided_.has_value(); }
  // Every step was delivered, every whole file serves or has served, and every torn one was
  // refused.
  bool went_well() const;
  // "" for a version that never served.
  std::string stage_of(uint64_t version) const;
  const std::map<uint64_t, std::string>& stages() const { return stages_; }

 private:
  const std::vector<Step> steps_;
  const std::function<void(const Delivery&)> deliver_;
  size_t next_ = 0;
  size_t as_expected_ = 0;
  std::optional<Delivery> undecided_;
  graft_model_stats seen_;
  std::map<uint64_t, std::string> stages_;  // by version
  std::vector<std::string> events_;         // not yet told
};

}  // namespace graft::samples

#endif  // GRAFT_SAMPLES_CARTPOLE_SWARM_STORY_H_
