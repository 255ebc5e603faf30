// ResNet-50 from the zoo's source and a state_dict, beside the same network as TorchScript in bare
// LibTorch: from opening to the first answers, and steady state. Then its next version: every
// weight changed, or only those of the last layer. The ways take turns; a ratio is that of one
// round, its median is shown.
//
//   ./dev bench source_model_bench [ROUNDS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/loading/load_model.h"
#include "models/torch/bare_forward.h"
#include "tests/benchmarks/report.h"
#include "tests/benchmarks/resnet_files.h"

namespace graft::benchmarks {
namespace {

using models::BareForward;
using models::LoadedModel;
using Clock = std::chrono::steady_clock;

constexpr int kSteadyForwards = 10;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// What two ways took, round by round.
struct Pair {
  std::vector<double> ours;
  std::vector<double> bare;

  void AddTo(Report* report, const std::string& what, const std::string& goal) const {
    report->Add({what, MillisecondsText(Median(ours)), MillisecondsText(Median(bare)),
                 RatioText(MedianRatio(ours, bare)), goal});
  }
};

[[noreturn]] void Fail(const absl::Status& status) {
  std::fprintf(stderr, "source_model_bench: %s\n", std::string(status.message()).c_str());
  std::exit(1);
}

template <typename T>
T Take(absl::StatusOr<T> result) {
  if (!result.ok()) Fail(result.status());
  return *std::move(result);
}

// `image`: pixels of an edge.
models::SourceModelOptions Options(int64_t image) {
  models::SourceModelOptions options;
  options.network.architecture = Take(models::ParseArchitecture("resnet50()", "."));
  options.torch.inputs = {
      {"x", models::DType::kFloat32, {models::TensorSpec::kAgents, 3, image, image}}};
  return options;
}

// One agent's image.
class Frame {
 public:
  explicit Frame(int64_t image) : image_(static_cast<size_t>(3 * image * image)), scores_(1000) {
    for (size_t i = 0; i < image_.size(); ++i) image_[i] = static_cast<float>(i % 255) / 255;
  }
  double Run(const models::TorchModel& model) {
    const void* inputs[] = {image_.data()};
    void* outputs[] = {scores_.data()};
    const Clock::time_point start = Clock::now();
    if (absl::Status status = model.Run(1, inputs, outputs); !status.ok()) Fail(status);
    return MillisecondsSince(start);
  }

 private:
  std::vector<float> image_;
  std::vector<float> scores_;
};

double RunBare(BareForward& bare) { return static_cast<double>(Take(bare.Run())) / 1e6; }

void Measure(const std::string& folder, int rounds) {
  const models::SourceModelOptions options = Options(224);
  Frame frame(224);
  Pair open;
  Pair warm;
  Pair steady;
  for (int round = 0; round <= rounds; ++round) {
    Clock::time_point start = Clock::now();
    const LoadedModel loaded = Take(models::LoadModel(folder + "/first.pth", options));
    frame.Run(*loaded.model);
    const double ours_open = MillisecondsSince(start);
    frame.Run(*loaded.model);
    const double ours_warm = MillisecondsSince(start);
    start = Clock::now();
    const auto bare =
        Take(BareForward::Load(folder + "/scripted.pt", "cpu", loaded.model->schema().inputs, 1));
    RunBare(*bare);
    const double bare_open = MillisecondsSince(start);
    RunBare(*bare);
    const double bare_warm = MillisecondsSince(start);
    std::vector<double> ours_forwards;
    std::vector<double> bare_forwards;
    for (int i = 0; i < kSteadyForwards; ++i) {
      ours_forwards.push_back(frame.Run(*loaded.model));
      bare_forwards.push_back(RunBare(*bare));
    }
    if (round == 0) continue;  // LibTorch's own first use
    open.ours.push_back(ours_open);
    open.bare.push_back(bare_open);
    warm.ours.push_back(ours_warm);
    warm.bare.push_back(bare_warm);
    steady.ours.push_back(Median(ours_forwards));
    steady.bare.push_back(Median(bare_forwards));
  }
  Report report(
      absl::StrCat("ResNet-50 from source and weights, ", rounds, " rounds; ", MachineText()),
      {"what", "Graft", "bare LibTorch", "ratio", "goal"});
  open.AddTo(&report, "open to the first answer", "<= 0.70");
  warm.AddTo(&report, "open to the second answer", "<= 0.70");
  steady.AddTo(&report, "steady forward", "<= 1.02");
  report.Print();
}

// A version after first.pth, from opening its file to its first answer, while first.pth's version
// lives. Images are small, so that what is measured is loading.
class NextVersions {
 public:
  struct Measured {
    std::vector<double> load;  // milliseconds, as is the next
    std::vector<double> answer;
    size_t weight_bytes = 0;
    size_t shared_bytes = 0;
  };

  NextVersions(std::string folder, bool freeze_body) : folder_(std::move(folder)) {
    if (freeze_body) {
      for (const char* pattern : {"conv1", "bn1", "layer*"}) {
        options_.network.freeze.keep.push_back(Take(models::NamePattern::Parse(pattern)));
      }
    }
    options_.torch.pool = models::MakeTensorPool();
    first_ = Take(models::LoadModel(folder_ + "/first.pth", options_));
    options_.prior = first_.prior;
  }

  void Load(const std::string& file, Measured* measured) {
    const Clock::time_point start = Clock::now();
    const LoadedModel loaded = Take(models::LoadModel(folder_ + "/" + file, options_));
    measured->load.push_back(MillisecondsSince(start));
    frame_.Run(*loaded.model);
    measured->answer.push_back(MillisecondsSince(start));
    measured->weight_bytes = loaded.model->weight_bytes();
    measured->shared_bytes = loaded.model->shared_bytes();
  }

 private:
  static constexpr int64_t kImage = 64;

  const std::string folder_;
  models::SourceModelOptions options_ = Options(kImage);
  Frame frame_ = Frame(kImage);
  LoadedModel first_;
};

void MeasureNextVersions(const std::string& folder, int rounds) {
  NextVersions live(folder, /*freeze_body=*/false);
  NextVersions frozen(folder, /*freeze_body=*/true);
  NextVersions::Measured all;
  NextVersions::Measured head;
  NextVersions::Measured frozen_head;
  for (int round = 0; round < rounds; ++round) {
    live.Load("all.pth", &all);
    live.Load("head.pth", &head);
    frozen.Load("head.pth", &frozen_head);
  }
  Report report("Its next version", {"what changed", "loaded", "ratio", "first answer", "ratio",
                                     "goal", "weights", "shared with the version before"});
  const auto add = [&](const char* what, const NextVersions::Measured& next, const char* goal) {
    report.Add({what, MillisecondsText(Median(next.load)),
                RatioText(MedianRatio(next.load, all.load)), MillisecondsText(Median(next.answer)),
                RatioText(MedianRatio(next.answer, all.answer)), goal,
                absl::StrFormat("%.1f MB", static_cast<double>(next.weight_bytes) / 1e6),
                absl::StrFormat("%.1f MB", static_cast<double>(next.shared_bytes) / 1e6)});
  };
  add("every weight", all, "");
  add("the last layer", head, "");
  add("the last layer, the others frozen", frozen_head, "<= 0.20");
  report.Print();
}

}  // namespace
}  // namespace graft::benchmarks

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  const std::string folder = graft::benchmarks::MakeResnetFiles();
  if (folder.empty()) return 1;
  graft::benchmarks::Measure(folder, std::max(rounds, 1));
  graft::benchmarks::MeasureNextVersions(folder, std::max(rounds, 1));
  return 0;
}
