// torch.save of a state_dict, and torch.jit.save, in a loop onto the file that a host serves,
// killed at random moments.
//
//   ./dev bench writers          # 500 kills of each
//   ./dev bench writers 20
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/benchmarks/report.h"
#include "tests/integration/writer_storm.h"
#include "tools/graft/plugin_library.h"

namespace graft::benchmarks {
namespace {

// torch_writer.py at the other end of two pipes: it forks a writer for each line that it reads.
class TorchWriters {
 public:
  TorchWriters(const std::string& path, const std::string& kind) {
    const std::string answers_path = path + ".answers";
    if (mkfifo(answers_path.c_str(), 0600) != 0) return;
    commands_ = popen((".venv/bin/python tests/benchmarks/torch_writer.py " + path + " " + kind +
                       " > " + answers_path)
                          .c_str(),
                      "w");
    answers_ = std::fopen(answers_path.c_str(), "r");  // when the other end has opened it too
  }
  ~TorchWriters() {
    if (answers_ != nullptr) std::fclose(answers_);
    if (commands_ != nullptr) pclose(commands_);
  }
  TorchWriters(const TorchWriters&) = delete;
  TorchWriters& operator=(const TorchWriters&) = delete;

  // What the other end answers to a line: a number.
  int Ask(const std::string& line) {
    char text[32];
    const bool answered = commands_ != nullptr && answers_ != nullptr &&
                          std::fprintf(commands_, "%s\n", line.c_str()) > 0 &&
                          std::fflush(commands_) == 0 &&
                          std::fgets(text, sizeof text, answers_) != nullptr;
    return answered ? std::atoi(text) : -1;
  }

 private:
  FILE* commands_ = nullptr;
  FILE* answers_ = nullptr;
};

struct Kind {
  const char* name;
  const char* path;   // that writers write
  const char* model;  // that the host opens
  const char* title;
};

constexpr Kind kKinds[] = {{"weights", "out/written.pth", "out/written.json",
                            "torch.save of a state_dict over the served file, killed at random"},
                           {"script", "out/written.pt", "out/written.pt",
                            "torch.jit.save over the served file, killed at random"}};

// The class that the writers save, evaluated from their own source.
constexpr char kManifest[] = R"json({"graft": 1, "source": "written.pth",
 "architecture": "../tests/benchmarks/torch_writer.py:Constant(0)"})json";

bool Run(const Library& library, const Kind& kind, uint32_t kills) {
  TorchWriters writers(kind.path, kind.name);
  if (writers.Ask("whole 1") != 0) return false;
  testing::WriterStormOptions options;
  options.model = kind.model;
  options.kills = kills;
  options.most_life_us = 100'000;
  options.start_writer = [&] { return static_cast<pid_t>(writers.Ask("start")); };
  options.reap_writer = [&](pid_t) { writers.Ask("reap"); };
  options.left_whole = [&] { return writers.Ask("left"); };
  options.write_whole = [&](int answer) {
    return writers.Ask("whole " + std::to_string(answer)) == 0;
  };
  Result<testing::WriterStormOutcome> run = RunWriterStorm(library, options);
  if (!run.ok()) {
    std::fprintf(stderr, "%s\n", run.error().message.c_str());
    return false;
  }
  const testing::WriterStormOutcome& outcome = run.value();
  Report report(kind.title, {"what", "measured", "goal"});
  report.Add({"writers killed", std::to_string(kills), ""});
  report.Add({"frames", std::to_string(outcome.frames), ""});
  report.Add({"frames without an answer", std::to_string(outcome.failed), "0"});
  report.Add({"answers of a torn file", std::to_string(outcome.torn), "0"});
  report.Add({"versions served", std::to_string(outcome.served), ""});
  report.Add({"files refused", std::to_string(outcome.rejected), ""});
  report.Add({"kills that left a whole file", std::to_string(outcome.left_whole), ""});
  report.Add({"of these, came to serve", std::to_string(outcome.left_whole_taken), "all"});
  report.Add({"the newest whole file serves", outcome.newest_served ? "yes" : "no", "yes"});
  report.Print();
  return outcome.torn == 0 && outcome.failed == 0 && outcome.newest_served &&
         outcome.left_whole_taken == outcome.left_whole;
}

int Main(uint32_t kills) {
  Result<Library> library = tools::LoadPluginLibrary();
  if (!library.ok()) {
    std::fprintf(stderr, "%s\n", library.error().message.c_str());
    return 1;
  }
  if (std::system("mkdir -p out && rm -f out/written.*") != 0) return 1;
  std::ofstream(kKinds[0].model) << kManifest;
  bool ok = true;
  for (const Kind& kind : kKinds) ok = Run(library.value(), kind, kills) && ok;
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace graft::benchmarks

int main(int argc, char** argv) {
  return graft::benchmarks::Main(argc > 1 ? static_cast<uint32_t>(std::atoi(argv[1])) : 500);
}
