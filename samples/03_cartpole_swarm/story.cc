#include "samples/03_cartpole_swarm/story.h"

#include <utility>

namespace graft::samples {

Story::Story(std::vector<Step> steps, std::string first, const graft_model_stats& at_start,
             std::function<void(const Delivery&)> deliver)
    : steps_(std::move(steps)), deliver_(std::move(deliver)), seen_(at_start) {
  events_.push_back("serve " + first + " " + std::to_string(at_start.serving_version));
  stages_[at_start.serving_version] = std::move(first);
}

std::vector<std::string> Story::Update(size_t frame, const graft_model_stats& stats) {
  std::vector<std::string> events = std::exchange(events_, {});
  const bool served = stats.versions_served > seen_.versions_served;
  const bool refused = stats.versions_rejected > seen_.versions_rejected;
  if (undecided_ && (served || refused)) {
    if (served) {
      stages_[stats.serving_version] = undecided_->stage;
      events.push_back("serve " + undecided_->stage + " " + std::to_string(stats.serving_version));
    } else {
      events.push_back("refuse " + FileName(*undecided_));
    }
    if (refused == undecided_->torn) ++as_expected_;
    undecided_.reset();
  }
  seen_ = stats;
  if (!undecided_ && next_ < steps_.size() && frame >= steps_[next_].frame) {
    undecided_ = steps_[next_++].delivery;
    deliver_(*undecided_);
    events.push_back("deliver " + FileName(*undecided_));
  }
  return events;
}

bool Story::went_well() const { return as_expected_ == steps_.size(); }

std::string Story::stage_of(uint64_t version) const {
  const auto found = stages_.find(version);
  return found == stages_.end() ? "" : found->second;
}

}  // namespace graft::samples
