#include "tests/integration/writer_storm.h"

#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

namespace graft::testing {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr uint32_t kAgents = 4;

class Host {
 public:
  Host(Runtime runtime, Model model, Group group)
      : runtime_(std::move(runtime)), model_(std::move(model)), group_(std::move(group)) {}

  // One frame: the number that every agent is answered; 0: none, or not one number.
  int Frame(WriterStormOutcome* outcome) {
    ++outcome->frames;
    uint64_t ticket = 0;
    if (const auto rows = group_.Input<float>()) {
      for (size_t i = 0; i < kAgents * rows.row_elements(); ++i) rows.data()[i] = 0.5f;
    }
    if (group_.Submit(kAgents, &ticket) != GRAFT_OK || runtime_.Tick() != GRAFT_OK ||
        group_.Wait(ticket) != GRAFT_OK) {
      ++outcome->failed;
      return 0;
    }
    const auto result = group_.Latest<float>();
    const float answer = result.data()[0];
    bool whole = answer == 1 || answer == 2;
    for (size_t i = 0; i < kAgents * result.row_elements(); ++i) {
      whole = whole && result.data()[i] == answer;
    }
    if (!whole) ++outcome->torn;
    return whole ? static_cast<int>(answer) : 0;
  }

  // Frames until that is what is answered, a minute at most.
  bool Serves(int answer, WriterStormOutcome* outcome) {
    const auto limit = SteadyClock::now() + std::chrono::minutes(1);
    while (SteadyClock::now() < limit) {
      if (Frame(outcome) == answer) return true;
    }
    return false;
  }

  const Model& model() const { return model_; }

 private:
  Runtime runtime_;
  Model model_;
  Group group_;
};

}  // namespace

Result<WriterStormOutcome> RunWriterStorm(const Library& library,
                                          const WriterStormOptions& options) {
  graft_host quiet{};
  quiet.log = [](void*, int32_t, const char*) {};  // torn files are refused by the hundred
  Result<Runtime> runtime = library.OpenRuntime({}, quiet);
  if (!runtime.ok()) return runtime.error();
  Result<Model> model = runtime.value().OpenModel(options.model);
  if (!model.ok()) return model.error();
  Result<Group> group = model.value().OpenGroup(kAgents);
  if (!group.ok()) return group.error();
  Host host(std::move(runtime).value(), std::move(model).value(), std::move(group).value());

  WriterStormOutcome outcome;
  std::minstd_rand random(7);
  std::uniform_int_distribution<uint32_t> life_us(0, options.most_life_us);
  for (uint32_t kill_count = 0; kill_count < options.kills; ++kill_count) {
    const pid_t writer = options.start_writer();
    // 0 and below would kill more than a writer.
    if (writer <= 1) return ErrorInfo{GRAFT_INTERNAL, "a writer could not be started"};
    const auto end = SteadyClock::now() + std::chrono::microseconds(life_us(random));
    while (SteadyClock::now() < end) host.Frame(&outcome);
    kill(writer, SIGKILL);
    options.reap_writer(writer);
    const int left = options.left_whole();
    if (left != 0) {
      ++outcome.left_whole;
      if (host.Serves(left, &outcome)) ++outcome.left_whole_taken;
    } else {
      // Now and then it lies long enough to be looked at.
      const auto look =
          SteadyClock::now() + std::chrono::milliseconds(kill_count % 8 == 0 ? 1500 : 20);
      while (SteadyClock::now() < look) host.Frame(&outcome);
    }
  }
  // The other number than the one that serves, so that the newest file shows.
  const int newest = host.Frame(&outcome) == 1 ? 2 : 1;
  if (!options.write_whole(newest))
    return ErrorInfo{GRAFT_INTERNAL, "the last file was not written"};
  outcome.newest_served = host.Serves(newest, &outcome);
  outcome.served = host.model().Stats().versions_served;
  outcome.rejected = host.model().Stats().versions_rejected;
  return outcome;
}

}  // namespace graft::testing
