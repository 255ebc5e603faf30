// From the last byte of the next checkpoint to the first answer of the new version, through a whole
// running host: ResNet-50 of which every weight has changed, or only the last layer. And what a
// swap takes meanwhile: memory, and cores in the background.
//
//   ./dev bench swap_latency                      # 9 rounds, 64 x 64, asked without a break
//   ./dev bench swap_latency ROUNDS IMAGE EVERY   # at most one image in so many frames
//
// A host ticks at 200 Hz and submits one agent's image whenever it has the answer to the one
// before, or at the rate of a camera: with EVERY 10 at 20 Hz. A writer thread puts the next file in
// place: written beside and renamed, or written over the one that is served. The clock begins when
// rename is called or close has returned, and ends when the host has an answer that names the new
// version.
// Before each swap, in the same round and the same process, bare LibTorch reads, binds and freezes
// the same network from TorchScript and runs it once: a ratio is that of one swap to the bare load
// before it; medians over the rounds are shown.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "graft/graft.hpp"
#include "nlohmann/json.hpp"
#include "tests/benchmarks/host_clock.h"
#include "tests/benchmarks/process_watch.h"
#include "tests/benchmarks/report.h"
#include "tests/benchmarks/resnet_files.h"
#include "tools/graft/plugin_library.h"

namespace graft::benchmarks {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int64_t kPeriodNs = 5'000'000;
constexpr int64_t kSettleNs = 300'000'000;  // of frames before a file is written
constexpr int64_t kPatienceNs = 20 * kSecondNs;
constexpr const char* kFolder = "out/latency";
constexpr const char* kBeginning = "graft-";  // how the names of Graft's background threads begin

// What the host does besides ticking.
struct Load {
  int64_t image = 64;  // pixels of an edge
  uint64_t every = 1;  // frames from one image to the next, at least

  std::string Text() const {
    const std::string edge = std::to_string(image);
    return edge + " x " + edge +
           (every == 1 ? ", asked again with each answer"
                       : ", asked every " + std::to_string(every) + " frames");
  }
};

enum class Change { kAll, kHead, kFrozenHead, kScript };
enum class Writing { kRenamed, kInPlace };

// A model of its own, which is swapped once a round.
struct Case {
  Change change = Change::kAll;
  Writing writing = Writing::kRenamed;
  double pace = 4;

  bool IsScript() const { return change == Change::kScript; }
  bool IsHead() const { return change == Change::kHead || change == Change::kFrozenHead; }
  bool IsWhole() const { return change == Change::kAll && writing == Writing::kRenamed; }

  std::string Name() const {
    const char* const changes[] = {"all weights", "last layer", "last layer, others frozen",
                                   "TorchScript"};
    return std::string(changes[static_cast<int>(change)]) +
           (writing == Writing::kRenamed ? ", renamed" : ", in place") +
           (pace == 1 ? ", pace 1" : "");
  }
  // The file of that number, of the ResNet's.
  std::string File(uint64_t number) const {
    if (number % 2 == 0) return IsScript() ? "scripted.pt" : "first.pth";
    return IsScript() ? "scripted_all.pt" : IsHead() ? "head.pth" : "all.pth";
  }
  std::string Folder() const {
    std::string name = Name();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == ' ' || c == ','; }, '_');
    return std::string(kFolder) + "/" + name;
  }
  std::string Served() const { return Folder() + (IsScript() ? "/net.pt" : "/net.pth"); }
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const Change change : {Change::kAll, Change::kHead, Change::kFrozenHead, Change::kScript}) {
    cases.push_back({change, Writing::kRenamed, 4});
    cases.push_back({change, Writing::kInPlace, 4});
    cases.push_back({change, Writing::kRenamed, 1});
  }
  return cases;
}

// What one case took, a number for each round. Milliseconds.
struct Measured {
  std::vector<double> bare;
  std::vector<double> found;  // from the last byte to the beginning of the load
  std::vector<double> load;
  std::vector<double> warm;
  std::vector<double> answer;  // from the end of warming up
  std::vector<double> total;
  std::vector<double> cpu;  // of the background threads
  std::vector<double> most_cores;
  std::vector<double> anonymous_growth;  // bytes, as are the next
  std::vector<double> total_growth;
  double weight_bytes = 0;
  double changed_bytes = 0;
};

[[noreturn]] void Fail(const std::string& text) {
  std::fprintf(stderr, "swap_latency: %s\n", text.c_str());
  std::quick_exit(1);  // other threads are at work
}

template <typename T>
T Take(Result<T> result) {
  if (!result.ok()) Fail(result.error().message);
  return std::move(result).value();
}

// Written as a program writes that has 1 MB at a time. Returns when the last byte was written.
int64_t WriteOver(const std::string& from, const std::string& to) {
  std::vector<char> piece(1 << 20);
  const int in = open(from.c_str(), O_RDONLY | O_CLOEXEC);
  const int out = open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (in < 0 || out < 0) Fail(from + " cannot be copied to " + to);
  for (ssize_t got = 0; (got = read(in, piece.data(), piece.size())) > 0;) {
    if (write(out, piece.data(), static_cast<size_t>(got)) != got) Fail(to + ": disk full");
  }
  close(in);
  close(out);
  return NowNs();
}

int64_t Deliver(const std::string& from, const std::string& to, Writing writing) {
  if (writing == Writing::kInPlace) return WriteOver(from, to);
  const std::string beside = to + ".part";
  WriteOver(from, beside);
  // Others see the new file long before the call returns, which frees the old one's pages.
  const int64_t renamed_ns = NowNs();
  fs::rename(beside, to);
  return renamed_ns;
}

// When versions begin to be loaded, and how many were freed. Written by Graft's threads.
struct Events {
  std::atomic<int64_t> loading_ns{0};
  std::atomic<int64_t> ready_ns{0};
  std::atomic<uint64_t> retired{0};

  static void Note(void* user, const graft_version_event* event) {
    auto& self = *static_cast<Events*>(user);
    if (event->state == GRAFT_VERSION_LOADING) self.loading_ns = NowNs();
    if (event->state == GRAFT_VERSION_READY) self.ready_ns = NowNs();
    if (event->state == GRAFT_VERSION_RETIRED) ++self.retired;
    if (event->state == GRAFT_VERSION_REJECTED) Fail(event->reason);
  }
};

std::string Manifest(const Case& tested, int64_t image) {
  Json manifest = {
      {"graft", 1},
      {"source", fs::path(tested.Served()).filename().string()},
      {"inputs", {{{"name", "x"}, {"shape", {"agents", 3, image, image}}}}},
      // One version in memory before and one after, so that what is new is all that is added.
      {"swap", {{"keep", 0}, {"pace", tested.pace}}}};
  if (!tested.IsScript()) manifest["architecture"] = "resnet50()";
  if (tested.change == Change::kFrozenHead)
    manifest["freeze"] = {{"keep", {"conv1", "bn1", "layer*"}}};
  return manifest.dump();
}

// A model and the agent that asks it.
class Asked {
 public:
  Asked(Runtime& runtime, const Case& tested, const Load& load)
      : every_(load.every),
        model_(Open(runtime, tested, load.image)),
        group_(Take(model_.OpenGroup(1))) {}

  Model& model() { return model_; }

  // In a frame, before its tick. The version that answered, if an answer has come; else 0.
  uint64_t Ask() {
    ++frame_;
    uint64_t answered = 0;
    if (ticket_ != 0) {
      const graft_status status = group_.Poll(ticket_);
      if (status == GRAFT_PENDING) return 0;
      const auto scores = group_.Latest<float>();
      if (status != GRAFT_OK || !scores) Fail("a frame was not answered");
      answered = scores.version();
      ticket_ = 0;
    }
    if (frame_ < next_) return answered;
    next_ = frame_ + every_;
    const auto rows = group_.Input<float>();
    if (!rows) Fail("no block to write");
    for (size_t i = 0; i < rows.row_elements(); ++i) {
      rows.data()[i] = static_cast<float>(i % 255) / 255;
    }
    if (group_.Submit(1, &ticket_) != GRAFT_OK) Fail("submit was refused");
    return answered;
  }

 private:
  static Model Open(Runtime& runtime, const Case& tested, int64_t image) {
    fs::create_directories(tested.Folder());
    const std::string manifest = tested.Folder() + "/net.json";
    std::ofstream(manifest) << Manifest(tested, image);
    return Take(runtime.OpenModel(manifest));
  }

  const uint64_t every_;
  Model model_;
  Group group_;
  uint64_t frame_ = 0;
  uint64_t next_ = 0;    // frame that may submit
  uint64_t ticket_ = 0;  // 0: nothing is asked
};

class Host {
 public:
  Host(const Library& library, std::string resnet, const Load& load)
      : resnet_(std::move(resnet)),
        api_(*library.api()),
        tools_(*tools::PluginTools(library)),
        runtime_(Take(library.OpenRuntime({}, Callbacks(&events_)))) {
    for (const Case& tested : Cases()) {
      fs::create_directories(tested.Folder());
      WriteOver(resnet_ + "/" + tested.File(0), tested.Served());
      asked_.emplace_back(runtime_, tested, load);
    }
  }

  // round: from 0; each case once in each.
  void Swap(size_t index, uint64_t round, Measured* measured) {
    const Case tested = Cases()[index];
    Asked& asked = asked_[index];
    measured->bare.push_back(LoadBare(asked.model()));
    uint64_t serving = 0;
    Frames(asked, [&, end_ns = NowNs() + kSettleNs](uint64_t version) {
      serving = std::max(serving, version);
      return serving != 0 && NowNs() >= end_ns;
    });

    ProcessWatch watch(kBeginning);
    std::atomic<int64_t> written_ns{0};
    const uint64_t retired = events_.retired;
    std::thread writer([&] {
      written_ns = Deliver(resnet_ + "/" + tested.File(round + 1), tested.Served(), tested.writing);
    });
    Frames(asked, [&](uint64_t version) { return version > serving; });
    const int64_t answered_ns = NowNs();
    writer.join();
    const ProcessWatch::Found found = watch.Stop();
    // The one before is gone before anything else is measured.
    Frames(asked, [&](uint64_t) { return events_.retired > retired; });

    const Json version = NewestVersion(asked.model());
    const auto since = [](int64_t begin_ns, int64_t end_ns) {
      return static_cast<double>(end_ns - begin_ns) / 1e6;
    };
    measured->found.push_back(since(written_ns, events_.loading_ns));
    measured->load.push_back(version["load_ms"]);
    measured->warm.push_back(version["warm_ms"]);
    measured->answer.push_back(since(events_.ready_ns, answered_ns));
    measured->total.push_back(since(written_ns, answered_ns));
    measured->cpu.push_back(found.cpu_ms);
    measured->most_cores.push_back(found.most_cores);
    measured->anonymous_growth.push_back(
        static_cast<double>(found.peak.anonymous_bytes - found.before.anonymous_bytes));
    measured->total_growth.push_back(
        static_cast<double>(found.peak.total_bytes - found.before.total_bytes));
    measured->weight_bytes = version["weight_bytes"];
    measured->changed_bytes = measured->weight_bytes - version["shared_bytes"].get<double>();
  }

 private:
  static graft_host Callbacks(Events* events) {
    graft_host host{};
    host.user = events;
    host.log = [](void*, int32_t, const char*) {};
    host.version_event = Events::Note;
    return host;
  }

  // Until done(version that has just answered, or 0).
  template <typename Done>
  void Frames(Asked& asked, const Done& done) {
    const int64_t give_up_ns = NowNs() + kPatienceNs;
    for (int64_t due_ns = NowNs() + kPeriodNs;; due_ns = std::max(due_ns + kPeriodNs, NowNs())) {
      SleepUntil(due_ns);
      const uint64_t version = asked.Ask();
      runtime_.Tick();
      if (done(version)) return;
      if (NowNs() > give_up_ns) Fail("the new version did not come");
    }
  }

  // Milliseconds from opening the file to the end of the first forward.
  double LoadBare(const Model& like) {
    const std::string file = resnet_ + "/scripted.pt";
    const int64_t begin_ns = NowNs();
    graft_bare bare{};
    int64_t run_ns = 0;
    Check(tools_.bare_open(like.handle(), file.c_str(), 1, &bare));
    Check(tools_.bare_run(bare, &run_ns));
    const double took_ms = static_cast<double>(NowNs() - begin_ns) / 1e6;
    Check(tools_.bare_close(bare));
    return took_ms;
  }

  void Check(graft_error* error) {
    if (error != nullptr) Fail(api_.error_message(error));
  }

  static Json NewestVersion(const Model& model) {
    return Json::parse(Take(model.Describe()))["versions"].back();
  }

  const std::string resnet_;
  const graft_api& api_;
  const graft_tools& tools_;
  Events events_;
  Runtime runtime_;
  std::vector<Asked> asked_;
};

void PrintLatency(const std::vector<Case>& cases, const std::vector<Measured>& all, int rounds,
                  const Load& load) {
  Report report("ResNet-50 at " + load.Text() + ", 200 Hz host, " + std::to_string(rounds) +
                    " rounds: from the last byte to the first answer",
                {"what changed, how it was written", "found", "loaded", "warmed", "answered",
                 "in all", "bare LibTorch", "ratio", "goal", "of all weights", "goal"});
  const auto text = [](const std::vector<double>& values) {
    return MillisecondsText(Median(values));
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    const Measured& one = all[i];
    const auto whole = std::find_if(cases.begin(), cases.end(), [&](const Case& other) {
      return other.IsWhole() && other.pace == cases[i].pace;
    });
    const std::vector<double>& whole_total = all[static_cast<size_t>(whole - cases.begin())].total;
    const bool is_head = cases[i].IsHead();
    report.Add({cases[i].Name(), text(one.found), text(one.load), text(one.warm), text(one.answer),
                text(one.total), text(one.bare), RatioText(MedianRatio(one.total, one.bare)),
                is_head ? "" : "<= 1.50",
                is_head ? RatioText(MedianRatio(one.total, whole_total)) : "",
                cases[i].change == Change::kFrozenHead ? "<= 0.20" : ""});
  }
  report.Print();
}

void PrintCosts(const std::vector<Case>& cases, const std::vector<Measured>& all) {
  Report report("What the swap takes meanwhile",
                {"what changed, how it was written", "weights", "of these new",
                 "anonymous memory grows by", "old + new", "goal", "with pages of files",
                 "background CPU", "most cores in 50 ms", "goal"});
  const auto megabytes = [](double bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MB", bytes / 1e6);
    return std::string(text);
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    const Measured& one = all[i];
    const double grown = Median(one.anonymous_growth);
    const double most = *std::max_element(one.most_cores.begin(), one.most_cores.end());
    report.Add({cases[i].Name(), megabytes(one.weight_bytes), megabytes(one.changed_bytes),
                megabytes(grown),
                RatioText((one.weight_bytes + grown) / (one.weight_bytes + one.changed_bytes)),
                "<= 1.10", megabytes(Median(one.total_growth)), MillisecondsText(Median(one.cpu)),
                RatioText(most), "<= 1.00"});
  }
  report.Print();
}

int Main(int rounds, const Load& load) {
  const std::string resnet = MakeResnetFiles();
  if (resnet.empty()) return 1;
  fs::create_directories(kFolder);
  const Library library = Take(tools::LoadPluginLibrary());
  const std::string before = MachineText();
  const std::vector<Case> cases = Cases();
  std::vector<Measured> all(cases.size());
  {
    Host host(library, resnet, load);
    for (uint64_t round = 0; round <= static_cast<uint64_t>(rounds); ++round) {
      for (size_t i = 0; i < cases.size(); ++i) {
        Measured first;  // LibTorch's own first use, and the first swap after opening
        host.Swap(i, round, round == 0 ? &first : &all[i]);
      }
    }
  }
  std::printf("%s\n", before.c_str());
  PrintLatency(cases, all, rounds, load);
  PrintCosts(cases, all);
  fs::remove_all(kFolder);
  return 0;
}

}  // namespace
}  // namespace graft::benchmarks

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  graft::benchmarks::Load load;
  if (argc > 2) load.image = std::max(std::atoi(argv[2]), 32);
  if (argc > 3) load.every = static_cast<uint64_t>(std::max(std::atoi(argv[3]), 1));
  return graft::benchmarks::Main(std::max(rounds, 1), load);
}
