// How long it takes until all weights of a 100 MB file can be used, beside PyTorch and safetensors
// in Python in the same run, and what the first look at every byte costs beside a plain mapping.
// Page cache warm. The readers take turns; a ratio is that of one round, its median is shown.
//
//   ./dev bench open_file_bench [FILE...]     without FILE: a state_dict of ResNet-50's shapes and
//                                             one of 25 large tensors, written by PyTorch
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "models/file/model_file.h"
#include "tests/benchmarks/report.h"

namespace {

using graft::benchmarks::RatioText;
using graft::benchmarks::Report;
using graft::models::ByteSpan;
using graft::models::ModelFile;
using graft::models::Weight;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 25;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string MillisecondsText(double milliseconds) {
  return absl::StrFormat("%.2f ms", milliseconds);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// open_file_peer.py in the environment of ./dev setup.
class PythonPeer {
 public:
  PythonPeer() {
    int to_child[2];
    int from_child[2];
    if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) return;
    child_ = fork();
    if (child_ == 0) {
      dup2(to_child[0], STDIN_FILENO);
      dup2(from_child[1], STDOUT_FILENO);
      execl(".venv/bin/python", ".venv/bin/python", "tests/benchmarks/open_file_peer.py", nullptr);
      _exit(127);
    }
    close(to_child[0]);
    close(from_child[1]);
    commands_ = fdopen(to_child[1], "w");
    answers_ = fdopen(from_child[0], "r");
  }
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;
  ~PythonPeer() {
    if (commands_ != nullptr) fclose(commands_);
    if (answers_ != nullptr) fclose(answers_);
    if (child_ > 0) waitpid(child_, nullptr, 0);
  }

  // "" when Python is not there or gave up.
  std::string Ask(const std::string& command) {
    if (commands_ == nullptr || answers_ == nullptr) return "";
    std::fprintf(commands_, "%s\n", command.c_str());
    if (fflush(commands_) != 0) return "";
    char line[256];
    if (fgets(line, sizeof(line), answers_) == nullptr) return "";
    return line;
  }

  std::optional<double> Open(absl::string_view reader, const std::string& path) {
    double milliseconds = 0;
    if (!absl::SimpleAtod(Ask(absl::StrCat("open ", reader, " ", path)), &milliseconds)) {
      return std::nullopt;
    }
    return milliseconds;
  }

 private:
  pid_t child_ = -1;
  FILE* commands_ = nullptr;
  FILE* answers_ = nullptr;
};

// --- first touch ---

uint64_t Sum(ByteSpan bytes) {
  uint64_t sum = 0;
  for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof(word));
    sum += word;
  }
  return sum;
}

double TouchWeights(const ModelFile& file, uint64_t* sum) {
  const Clock::time_point start = Clock::now();
  for (const auto& source : file.weight_sources()) {
    for (const Weight& weight : source.weights) {
      if (weight.IsContiguous()) *sum += Sum(weight.ContiguousBytes());
    }
  }
  return MillisecondsSince(start);
}

double TouchPlainMapping(const std::string& path, uint64_t* sum) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto size = static_cast<size_t>(lseek(descriptor, 0, SEEK_END));
  const Clock::time_point start = Clock::now();
  void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  *sum += Sum({static_cast<const uint8_t*>(memory), size});
  const double time = MillisecondsSince(start);
  munmap(memory, size);
  close(descriptor);
  return time;
}

// --- one file ---

struct Reader {
  const char* name;
  const char* goal;
  std::vector<double> times = {};
  std::vector<double> ratios = {};  // to Graft's open in the same round
};

struct Reports {
  Report open{"Open", {"file", "reader", "p50", "times Graft", "goal"}};
  Report touch{"First touch of every byte", {"file", "Graft", "plain mapping", "speed", "goal"}};
};

int Measure(const std::string& path, const std::string& label, PythonPeer* python,
            Reports* reports) {
  std::vector<Reader> readers;
  if (path.ends_with(".safetensors")) {
    readers = {{"safetensors.load_file", "> 1"}, {"safetensors.safe_open", "> 1"}};
  } else {
    readers = {{"torch.load", ">= 40"}, {"torch.load(mmap=True)", "> 1"}};
  }
  std::vector<double> opening;
  std::vector<double> touching;
  std::vector<double> plain;
  std::vector<double> speed;  // plain / touching
  uint64_t sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double plain_before = round % 2 == 0 ? TouchPlainMapping(path, &sum) : 0;
    const Clock::time_point start = Clock::now();
    absl::StatusOr<ModelFile> file = ModelFile::Open(path);
    opening.push_back(MillisecondsSince(start));
    if (!file.ok()) {
      std::fprintf(stderr, "%s\n", std::string(file.status().message()).c_str());
      return 1;
    }
    touching.push_back(TouchWeights(*file, &sum));
    plain.push_back(round % 2 == 0 ? plain_before : TouchPlainMapping(path, &sum));
    speed.push_back(plain.back() / touching.back());
    for (Reader& reader : readers) {
      const std::optional<double> time = python->Open(reader.name, path);
      if (!time) {
        std::fprintf(stderr, "%s of %s failed in Python\n", reader.name, path.c_str());
        return 1;
      }
      reader.times.push_back(*time);
      reader.ratios.push_back(*time / opening.back());
    }
  }
  reports->open.Add({label, "Graft", MillisecondsText(Median(opening)), "1.00", "<= 1.5 ms"});
  for (const Reader& reader : readers) {
    reports->open.Add({label, reader.name, MillisecondsText(Median(reader.times)),
                       RatioText(Median(reader.ratios)), reader.goal});
  }
  reports->touch.Add({label, MillisecondsText(Median(touching)), MillisecondsText(Median(plain)),
                      RatioText(Median(speed)), ">= 0.90"});
  // So that no compiler leaves the reading out.
  if (sum == 0) std::fprintf(stderr, "%s holds nothing but zeros\n", path.c_str());
  return 0;
}

int MeasureWrittenFiles(PythonPeer* python, Reports* reports) {
  int exit_code = 0;
  for (const char* what : {"resnet50", "large"}) {
    const std::string stem = absl::StrCat("/tmp/graft-open-file-bench-", getpid(), "-", what);
    if (python->Ask(absl::StrCat("write ", what, " ", stem)).empty()) {
      std::fprintf(stderr,
                   "no Python with PyTorch and safetensors: run ./dev setup, and this from the "
                   "project's root\n");
      return 1;
    }
    for (const char* ending : {".pt", ".safetensors"}) {
      exit_code |= Measure(stem + ending, absl::StrCat(what, ending), python, reports);
      unlink((stem + ending).c_str());
    }
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  PythonPeer python;
  Reports reports;
  int exit_code = 0;
  if (argc == 1) exit_code = MeasureWrittenFiles(&python, &reports);
  for (int i = 1; i < argc; ++i) exit_code |= Measure(argv[i], argv[i], &python, &reports);
  std::printf("%s\n", graft::benchmarks::MachineText().c_str());
  reports.open.Print();
  reports.touch.Print();
  return exit_code;
}
