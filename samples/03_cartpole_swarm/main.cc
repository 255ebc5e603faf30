// 03: A swarm of cart-poles, balanced by one network that gets better while they run.
//
// Teaches: a host loop at 60 Hz around Graft. In each frame the host takes the forces that the
// network computed from the last frame's observations, writes the new observations in place,
// submits, ticks, and does its physics while the batch runs. Checkpoints appear in a watched folder
// as a trainer would leave them: a better one takes over between two frames, a torn one is refused
// and changes nothing.
//
//   bazel-bin/samples/03_cartpole_swarm/cartpole_swarm
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "graft/graft.hpp"
#include "samples/03_cartpole_swarm/courier.h"
#include "samples/03_cartpole_swarm/frame_log.h"
#include "samples/03_cartpole_swarm/options.h"
#include "samples/03_cartpole_swarm/story.h"
#include "samples/03_cartpole_swarm/swarm.h"
#include "samples/03_cartpole_swarm/terminal.h"

namespace graft::samples {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::chrono::nanoseconds kPeriod(1'000'000'000 / kFramesPerSecond);
constexpr double kBudgetUs = Microseconds(kPeriod).count();
constexpr std::chrono::seconds kVerdictLimit(
    30);  // unpaced: for a checkpoint to be served or refused

// What a host knows of its model. Without it Graft would take the shapes from the first checkpoint.
constexpr char kManifest[] = R"({
  "graft": 1,
  "name": "cartpole",
  "source": ".",
  "device": "cpu",
  "inputs":  [ { "name": "observation", "dtype": "float32", "shape": ["agents", 5] } ],
  "outputs": [ { "name": "force", "dtype": "float32", "shape": ["agents", 1] } ],
  "batch": { "max": 65536 }
})";

// The watched folder; removed afterwards when it is ours.
class WatchedFolder {
 public:
  explicit WatchedFolder(const std::string& wish) : own_(wish.empty()) {
    if (own_) {
      std::string name = (std::filesystem::temp_directory_path() / "graft-swarm-XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) throw std::runtime_error(name + ": cannot be made");
      path_ = name;
    } else {
      path_ = wish;
      std::filesystem::create_directories(path_);
      for (const auto& entry : std::filesystem::directory_iterator(path_)) {
        if (entry.path().extension() == ".pt") std::filesystem::remove(entry.path());
      }
    }
  }
  ~WatchedFolder() {
    std::error_code ignored;
    if (own_) std::filesystem::remove_all(path_, ignored);
  }
  WatchedFolder(const WatchedFolder&) = delete;
  WatchedFolder& operator=(const WatchedFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  const bool own_;
  std::filesystem::path path_;
};

// What Graft has to say, collected on its threads and shown by the loop between two frames.
class Messages {
 public:
  graft_host host() {
    graft_host host{};

    host.user = this;
    host.log = [](void* user, int32_t level, const char* text) {
      if (level < GRAFT_LOG_INFO) return;
      auto* self = static_cast<Messages*>(user);
      const std::lock_guard lock(self->mutex_);
      self->texts_.emplace_back(text);
    };
    return host;
  }
  std::vector<std::string> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(texts_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;
};

class Scene {
 public:
  explicit Scene(const Options& options);
  // Returns whether everything went as it should.
  bool Run();

 private:
  size_t frame_count() const { return static_cast<size_t>(options_.seconds * kFramesPerSecond); }
  Model OpenModel();
  std::vector<Story::Step> Steps() const;
  Frame ComputeFrame();
  void FollowStory();
  void AwaitVerdict();
  void PassMessagesOn();
  void ShowFigures();
  void Summarise() const;

  const Options options_;
  WatchedFolder folder_;
  Messages messages_;
  Runtime runtime_;
  Model model_;
  Group group_;
  Courier courier_;
  Story story_;
  Swarm swarm_;
  FrameLog log_;
  Terminal terminal_;

  uint64_t ticket_ = 0;   // of the observations submitted last
  uint64_t applied_ = 0;  // of the forces that act
  uint64_t version_ = 0;  // that computed them
  uint64_t swaps_ = 0;
};

Scene::Scene(const Options& options)
    : options_(options),
      folder_(options.folder),
      runtime_([this] {
        const graft_host host = messages_.host();
        return Library::Load(options_.library).value().OpenRuntime({}, host).value();
      }()),
      model_(OpenModel()),
      group_(model_.OpenGroup(options.agents).value()),
      courier_(options.checkpoints, folder_.path()),
      story_(Steps(), "novice", model_.Stats(),
             [this](const Delivery& delivery) { courier_.Deliver(delivery); }),
      swarm_(options.agents, options.seed),
      log_(frame_count()),
      terminal_(Terminal::Suitable(options.headless)) {}

Model Scene::OpenModel() {
  Place({.stage = "novice"}, options_.checkpoints, folder_.path());
  graft_model_options model{};
  model.path = folder_.path().c_str();
  model.manifest = kManifest;
  return runtime_.OpenModel(model).value();
}

std::vector<Story::Step> Scene::Steps() const {
  const auto at = [this](double share) {
    return static_cast<size_t>(share * static_cast<double>(frame_count()));
  };
  return {{at(0.25), {.stage = "better"}},
          {at(0.44), {.stage = "expert", .torn = true}},
          {at(0.60), {.stage = "expert"}}};
}

// The part of the frame that a player would wait for.
Frame Scene::ComputeFrame() {
  Frame frame;
  if (const auto forces = group_.Latest<float>(); forces && forces.fresh()) {
    swarm_.Command(forces.data());
    applied_ = forces.ticket();
    version_ = forces.version();
  }
  frame.fresh = ticket_ != 0 && applied_ == ticket_;
  frame.version = version_;

  swarm_.Respawn();
  if (const auto observations = group_.Input<float>()) {
    swarm_.Observe(observations.data());
    group_.Submit(options_.agents, &ticket_);
  }
  graft_tick_info tick{};
  runtime_.Tick(&tick);
  swaps_ += tick.swaps;

  swarm_.Step();  // while a worker computes the forces of the next frame
  frame.standing = swarm_.standing();
  return frame;
}

void Scene::FollowStory() {
  for (const std::string& event : story_.Update(log_.frames().size(), model_.Stats())) {
    log_.Note(event);
    char time[32];
    std::snprintf(time, sizeof time, "%5.1f s  ", log_.frames().back().time_s);
    terminal_.Say(time + event);
  }
}

// Where time does not pass at the speed of the world, the scene stands still while a checkpoint is
// read, instead of running past it.
void Scene::AwaitVerdict() {
  const Clock::time_point limit = Clock::now() + kVerdictLimit;
  while (story_.undecided()) {
    if (Clock::now() > limit)
      throw std::runtime_error("a checkpoint was neither served nor refused");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    graft_tick_info tick{};
    runtime_.Tick(&tick);
    swaps_ += tick.swaps;
    PassMessagesOn();
    FollowStory();
  }
}

void Scene::PassMessagesOn() {
  for (const std::string& text : messages_.Take()) terminal_.Say("         graft: " + text);
}

void Scene::ShowFigures() {
  if (log_.frames().size() % static_cast<size_t>(terminal_.interval_frames()) != 0) return;
  const graft_model_stats stats = model_.Stats();
  const WorkTimes work = log_.work_times();
  char line[256];
  std::snprintf(line, sizeof line,
                "%5.1f s  work p50 %.0f p99 %.0f max %.0f us  version %llu %s  standing %zu/%zu  "
                "batches %llu  missed %zu  swaps %llu  refused %llu",
                log_.frames().back().time_s, work.p50_us, work.p99_us, work.max_us,
                static_cast<unsigned long long>(version_), story_.stage_of(version_).c_str(),
                swarm_.standing(), swarm_.size(), static_cast<unsigned long long>(stats.batches),
                log_.missed(), static_cast<unsigned long long>(swaps_),
                static_cast<unsigned long long>(stats.versions_rejected));
  terminal_.Show(swarm_, line);
}

bool Scene::Run() {
  const Clock::time_point start = Clock::now();
  Clock::time_point due = start;
  for (size_t i = 0; i < frame_count(); ++i) {
    if (!options_.unpaced) std::this_thread::sleep_until(due);
    const Clock::time_point begin = Clock::now();
    Frame frame = ComputeFrame();
    const Clock::time_point end = Clock::now();

    frame.work_us = Microseconds(end - begin).count();
    if (options_.unpaced) {
      frame.time_s = static_cast<double>(i) / kFramesPerSecond;
    } else {
      frame.time_s = std::chrono::duration<double>(begin - start).count();
      frame.late_us = Microseconds(begin - due).count();
    }
    log_.Add(frame);
    PassMessagesOn();
    FollowStory();
    ShowFigures();
    if (options_.unpaced) {
      group_.Wait(ticket_);
      AwaitVerdict();
    }
    due += kPeriod;
    // After a long stall (a debugger, a sleeping laptop) frames are dropped, not caught up with.
    if (Clock::now() > due + kPeriod) due = Clock::now();
  }
  Summarise();
  if (!options_.csv.empty() && !log_.WriteCsv(options_.csv)) {
    throw std::runtime_error(options_.csv + ": cannot be written");
  }
  return story_.went_well() && story_.stage_of(version_) == "expert";
}

void Scene::Summarise() const {
  const graft_model_stats stats = model_.Stats();
  const WorkTimes work = log_.work_times();
  std::printf("\n%zu frames, %zu carts, one network\n", log_.frames().size(), swarm_.size());
  for (const auto& [version, stage] : story_.stages()) {
    std::printf("  version %llu, %s: %.0f of %zu poles standing in the end\n",
                static_cast<unsigned long long>(version), stage.c_str(),
                log_.standing_under(version), swarm_.size());
  }
  std::printf(
      "  batches: %llu; swaps: %llu; refused files: %llu; frames without fresh forces: %zu\n",
      static_cast<unsigned long long>(stats.batches), static_cast<unsigned long long>(swaps_),
      static_cast<unsigned long long>(stats.versions_rejected), log_.missed());
  std::printf(
      "  work in a frame: p50 %.0f us, p99 %.0f us, max %.0f us; frames over %.1f ms: %zu\n",
      work.p50_us, work.p99_us, work.max_us, kBudgetUs / 1000, log_.over(kBudgetUs));
}

}  // namespace
}  // namespace graft::samples

int main(int argc, char** argv) {
  const graft::samples::Options options = graft::samples::ParseOptions(argc, argv);
  try {
    graft::samples::Scene scene(options);
    if (scene.Run()) return 0;
    std::fprintf(stderr, "cartpole_swarm: the expert should serve, and the torn file be refused\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cartpole_swarm: %s\n", error.what());
  }
  return 1;
}
