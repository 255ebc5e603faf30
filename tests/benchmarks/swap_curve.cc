// Frame times of a 200 Hz host while a 100 MB model is replaced every second: no swaps, Graft's,
// and the usual way (load and first forward on the host's thread), in turns of 10 s. Files are
// moved into place in all three, but only in the second one to where Graft looks: what moving them
// costs a frame is in each.
//
//   ./dev bench swap                        # 60 s each; out/swap_frames.csv, out/swap_frames.png
//   ./dev bench swap 10                     # 10 s each
//
// A frame: 1 ms of simulated physics, 256 agents' observations written, submitted, ticked, the
// newest actions read. Its time counts from the moment it was due, so a late wake-up counts too.
// The usual way runs the forward inside the frame: that is what a host without Graft does.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "graft/graft.hpp"
#include "tests/benchmarks/host_clock.h"
#include "tests/benchmarks/report.h"
#include "tools/graft/latency_log.h"
#include "tools/graft/plugin_library.h"

namespace graft::benchmarks {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kAgents = 256;
constexpr int64_t kPeriodNs = 5'000'000;
constexpr int64_t kPhysicsNs = 1'000'000;
// Files come in all moments of a frame, not always in the same one.
constexpr int64_t kDeliveryNs = kSecondNs + 1'700'000;
// What is measured by turns sees the same machine.
constexpr int64_t kRoundSeconds = 10;
constexpr int64_t kWarmUpFrames = 20;  // of each round, not counted
constexpr const char* kFolder = "out/swap";

void SimulatePhysics() {
  const int64_t end_ns = NowNs() + kPhysicsNs;
  while (NowNs() < end_ns) {
  }
}

struct Frame {
  int64_t due_ns = 0;      // CLOCK_MONOTONIC
  int64_t took_ns = 0;     // from when it was due to its end: the next three together
  int64_t woken_ns = 0;    // until the host's thread ran
  int64_t physics_ns = 0;  // longer than it should be: the core was taken away
  int64_t calls_ns = 0;    // the frame calls
  bool file_came = false;  // in the quarter of a second before; by then its swap is over
};

struct Mode {
  std::string name;
  std::vector<Frame> frames;
  uint64_t swaps = 0;
  uint64_t missed = 0;  // frames that ended after the next one was due

  template <typename Where>
  tools::LatencyLog LogOf(const Where& where) const {
    tools::LatencyLog log;
    for (const Frame& frame : frames) {
      if (where(frame)) log.Add(frame.took_ns);
    }
    return log;
  }
};

// Puts the other one of two files in the place of the one that is followed.
class Courier {
 public:
  explicit Courier(std::string followed) : followed_(std::move(followed)) {}
  void Deliver() {
    const std::string next = std::string(kFolder) + (count_++ % 2 == 0 ? "/b.pt" : "/a.pt");
    const std::string beside = followed_ + ".part";
    fs::remove(beside);
    fs::create_hard_link(next, beside);
    fs::last_write_time(beside, fs::file_time_type::clock::now());  // a new file to whoever looks
    fs::rename(beside, followed_);
  }

 private:
  const std::string followed_;
  int count_ = 0;
};

// Delivers a file each second while it lives.
class Deliveries {
 public:
  explicit Deliveries(const std::string& followed)
      : thread_([this, followed] {
          Courier courier(followed);
          for (int64_t next_ns = NowNs() + kDeliveryNs; !done_; next_ns += kDeliveryNs) {
            SleepUntil(next_ns);
            courier.Deliver();
            last_ns_ = NowNs();
          }
        }) {}
  ~Deliveries() {
    done_ = true;
    thread_.join();
  }
  int64_t last_ns() const { return last_ns_; }

 private:
  std::atomic<bool> done_{false};
  std::atomic<int64_t> last_ns_{0};
  std::thread thread_;
};

// A round of a mode. work(frame): what the host does in a frame besides physics.
template <typename Work>
void RunFrames(int64_t seconds, const Deliveries& deliveries, Mode* mode, const Work& work) {
  const int64_t frames = seconds * kSecondNs / kPeriodNs;
  mode->frames.reserve(mode->frames.size() + static_cast<size_t>(frames));
  int64_t due_ns = NowNs() + kPeriodNs;
  for (int64_t i = -kWarmUpFrames; i < frames; ++i) {
    SleepUntil(due_ns);
    const int64_t start_ns = NowNs();
    SimulatePhysics();
    const int64_t physics_end_ns = NowNs();
    work(i);
    const int64_t end_ns = NowNs();
    Frame frame;
    frame.due_ns = due_ns;
    frame.took_ns = end_ns - due_ns;
    frame.woken_ns = start_ns - due_ns;
    frame.physics_ns = physics_end_ns - start_ns;
    frame.calls_ns = end_ns - physics_end_ns;
    frame.file_came = end_ns - deliveries.last_ns() < kSecondNs / 4;
    due_ns += kPeriodNs;
    if (i < 0) continue;
    mode->frames.push_back(frame);
    if (frame.took_ns > kPeriodNs) ++mode->missed;
    // A host that is late skips frames; it does not run after them.
    while (due_ns + kPeriodNs < NowNs()) {
      due_ns += kPeriodNs;
      ++mode->missed;
    }
  }
}

const std::string kAside = std::string(kFolder) + "/aside.pt";  // nobody follows it

void RunGraft(const Library& library, int64_t seconds, bool swaps, Mode* mode) {
  const std::string followed = std::string(kFolder) + "/walker.pt";
  fs::remove(followed);
  fs::copy_file(std::string(kFolder) + "/a.pt", followed);
  Runtime runtime = library.OpenRuntime().value();
  Model model = runtime.OpenModel(followed).value();
  Group group = model.OpenGroup(kAgents).value();
  const Deliveries deliveries(swaps ? followed : kAside);
  float sum = 0;
  RunFrames(seconds, deliveries, mode, [&](int64_t frame) {
    if (const auto rows = group.Input<float>()) {
      for (size_t i = 0; i < kAgents * rows.row_elements(); ++i) {
        rows.data()[i] = static_cast<float>((frame + static_cast<int64_t>(i)) % 17) / 17;
      }
      group.Submit(kAgents);
    }
    runtime.Tick();
    if (const auto actions = group.Latest<float>()) sum += actions.data()[0];
  });
  mode->swaps += model.Stats().versions_served - 1;
  if (sum == 0.12345f) std::puts("");  // the actions are used
}

void RunUsualWay(const Library& library, int64_t seconds, Mode* mode) {
  graft_runtime_options options{};
  options.flags = GRAFT_RUNTIME_NO_WORKERS;
  Runtime runtime = library.OpenRuntime(options).value();
  const std::string files[] = {std::string(kFolder) + "/a.pt", std::string(kFolder) + "/b.pt"};
  Model like = runtime.OpenModel(files[0], GRAFT_MODEL_NO_WATCH).value();
  const graft_api& api = *library.api();
  const graft_tools& tools = *tools::PluginTools(library);
  graft_bare bare{};
  api.error_free(tools.bare_open(like.handle(), files[0].c_str(), kAgents, &bare));
  const Deliveries deliveries(kAside);
  RunFrames(seconds, deliveries, mode, [&](int64_t frame) {
    if (frame > 0 && frame % (kSecondNs / kPeriodNs) == 0) {
      api.error_free(tools.bare_close(bare));
      api.error_free(
          tools.bare_open(like.handle(), files[++mode->swaps % 2].c_str(), kAgents, &bare));
    }
    int64_t run_ns = 0;
    api.error_free(tools.bare_run(bare, &run_ns));
  });
  api.error_free(tools.bare_close(bare));
}

void WriteFrames(const std::vector<Mode>& modes, const std::string& path) {
  std::ofstream file(path);
  file << "mode,frame,due_ns,frame_us,woken_us,physics_us,calls_us,file_came\n";
  for (const Mode& mode : modes) {
    for (size_t i = 0; i < mode.frames.size(); ++i) {
      const Frame& frame = mode.frames[i];
      file << mode.name << ',' << i << ',' << frame.due_ns;
      for (const int64_t ns : {frame.took_ns, frame.woken_ns, frame.physics_ns, frame.calls_ns}) {
        file << ',' << ns / 1000;
      }
      file << ',' << frame.file_came << '\n';
    }
  }
}

void PrintTable(const std::vector<Mode>& modes) {
  Report report(
      "200 Hz host, 1 ms of physics, 256 agents, a 100 MB model",
      {"mode", "swaps", "p50", "p90", "p99", "p99.9", "max", "missed", "p99 ratio", "p99.9 ratio"});
  const auto all = [](const Frame&) { return true; };
  const tools::LatencyLog steady = modes[0].LogOf(all);
  const auto add = [&](const std::string& name, const tools::LatencyLog& log, const Mode* mode) {
    const auto text = [&](double percent) {
      return tools::DurationText(static_cast<double>(log.PercentileNs(percent)));
    };
    const auto ratio = [&](double percent) {
      return RatioText(static_cast<double>(log.PercentileNs(percent)) /
                       static_cast<double>(steady.PercentileNs(percent)));
    };
    report.Add({name, mode != nullptr ? std::to_string(mode->swaps) : "", text(50), text(90),
                text(99), text(99.9), text(100),
                mode != nullptr ? std::to_string(mode->missed) : "", ratio(99), ratio(99.9)});
  };
  for (const Mode& mode : modes) {
    add(mode.name, mode.LogOf(all), &mode);
    if (&mode == &modes.back()) continue;  // its files are read when the frame says so
    add("- in the quarter second after a file",
        mode.LogOf([](const Frame& f) { return f.file_came; }), nullptr);
    add("- otherwise", mode.LogOf([](const Frame& f) { return !f.file_came; }), nullptr);
  }
  report.Print();
}

bool RunPython(const std::string& arguments) {
  return std::system((".venv/bin/python tests/benchmarks/" + arguments).c_str()) == 0;
}

int Main(int64_t seconds) {
  fs::create_directories(kFolder);
  if (!fs::exists(std::string(kFolder) + "/b.pt") &&
      !RunPython("make_swap_models.py " + std::string(kFolder))) {
    return 1;
  }
  Result<Library> library = tools::LoadPluginLibrary();
  if (!library.ok()) {
    std::fprintf(stderr, "%s\n", library.error().message.c_str());
    return 1;
  }
  const std::string before = MachineText();
  std::vector<Mode> modes(3);
  modes[0].name = "no swaps";
  modes[1].name = "a swap each second";
  modes[2].name = "the usual way";
  for (int64_t done = 0; done < seconds; done += kRoundSeconds) {
    const int64_t round = std::min(kRoundSeconds, seconds - done);
    RunGraft(library.value(), round, /*swaps=*/false, &modes[0]);
    RunGraft(library.value(), round, /*swaps=*/true, &modes[1]);
    RunUsualWay(library.value(), round, &modes[2]);
  }
  std::printf("%s\n", before.c_str());
  PrintTable(modes);
  WriteFrames(modes, "out/swap_frames.csv");
  return RunPython("plot_swap.py out/swap_frames.csv out/swap_frames.png") ? 0 : 1;
}

}  // namespace
}  // namespace graft::benchmarks

int main(int argc, char** argv) {
  const int64_t seconds = argc > 1 ? std::atoll(argv[1]) : 60;
  return graft::benchmarks::Main(seconds > 0 ? seconds : 60);
}
