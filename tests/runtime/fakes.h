// Fakes of everything the runtime's core touches: a clock that stands still, executables that
// answer a constant, a loader that obeys the test, an executor that runs lanes by hand.
#ifndef GRAFT_TESTS_RUNTIME_FAKES_H_
#define GRAFT_TESTS_RUNTIME_FAKES_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/clock.h"
#include "runtime/executable.h"
#include "runtime/executor.h"
#include "runtime/loader.h"

namespace graft::runtime::testing {

class FakeClock final : public Clock {
 public:
  int64_t NowNs() const override { return now_ns_.load(); }
  void Advance(int64_t ns) { now_ns_ += ns; }

 private:
  std::atomic<int64_t> now_ns_{1'000'000'000};
};

inline models::ModelSchema OneFloatSchema() {
  return {{{"obs", models::DType::kFloat32, {models::TensorSpec::kAgents, 1}}},
          {{"action", models::DType::kFloat32, {models::TensorSpec::kAgents, 2}}}};
}

// Answers, for each row, {constant, observation}; counts its forwards; knows when it was destroyed.
class FakeExecutable final : public Executable {
 public:
  struct Life {
    std::atomic<bool> destroyed{false};
    std::atomic<int> forwards{0};
    std::vector<int64_t> row_counts;  // filled only when `record` is set (single-threaded tests)
    bool record = false;
    absl::Status answer;
    std::function<void(float* actions, int64_t rows)> on_run;
    std::function<void()> on_destroy;
  };

  explicit FakeExecutable(float constant, std::shared_ptr<Life> life = std::make_shared<Life>())
      : constant_(constant), life_(std::move(life)) {}
  ~FakeExecutable() override {
    constant_ = -1;  // a use after the end shows
    if (life_->on_destroy) life_->on_destroy();
    life_->destroyed = true;
  }

  const models::ModelSchema& schema() const override { return schema_; }
  size_t weight_bytes() const override { return 4; }
  std::string device() const override { return "cpu"; }
  absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                   absl::Span<void* const> outputs) const override {
    ++life_->forwards;
    if (life_->record) life_->row_counts.push_back(rows);
    const float* observations = static_cast<const float*>(inputs[0]);
    float* actions = static_cast<float*>(outputs[0]);
    for (int64_t row = 0; row < rows; ++row) {
      actions[2 * row] = constant_;
      actions[2 * row + 1] = observations[row];
    }
    if (life_->on_run) life_->on_run(actions, rows);
    return life_->answer;
  }

  bool RunsLike(const Executable& /*other*/) const override { return runs_like_others_; }

  void set_runs_like_others() { runs_like_others_ = true; }
  void set_life(std::shared_ptr<Life> life) { life_ = std::move(life); }
  void set_schema(models::ModelSchema schema) { schema_ = std::move(schema); }

 private:
  models::ModelSchema schema_ = OneFloatSchema();
  float constant_;
  bool runs_like_others_ = false;
  std::shared_ptr<Life> life_;
};

// Reads a file that holds a number and answers it; "torn" is a file still being written, anything
// else is no model. `on_load` may interfere in the middle of a load.
class FakeLoader final : public Loader {
 public:
  std::function<void(const std::string& path)> on_load;
  std::function<void(FakeExecutable&)> on_ready;
  std::function<absl::Status(const Executable&)> on_validate;
  bool until_cancelled = false;  // a load that hangs
  std::atomic<int> loads{0};
  std::atomic<int> digests{0};

  absl::Status CheckComplete(const std::string& path) override {
    if (Read(path) == "torn") return absl::UnavailableError(absl::StrCat(path, ": no end mark"));
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<Executable>> Load(const std::string& path,
                                                   const CancelToken& cancel) override {
    ++loads;
    const std::string text = Read(path);
    if (on_load) on_load(path);
    while (until_cancelled && !cancel.cancelled()) std::this_thread::yield();
    if (cancel.cancelled()) return absl::CancelledError("cancelled");
    float constant = 0;
    if (!absl::SimpleAtof(text, &constant)) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": not a model: \"", text, "\""));
    }
    auto executable = std::make_unique<FakeExecutable>(constant);
    if (on_ready) on_ready(*executable);
    return executable;
  }

  absl::StatusOr<std::string> Digest(const std::string& path, const CancelToken&) override {
    ++digests;
    return Read(path);
  }

  absl::Status Validate(const Executable& executable, const CancelToken&) override {
    return on_validate ? on_validate(executable) : absl::OkStatus();
  }

 private:
  static std::string Read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

// Runs enqueued lanes when told to, on the calling thread.
class ManualExecutor final : public Executor {
 public:
  uint32_t concurrency() const override { return 1; }
  void Enqueue(Lane& lane) noexcept override { lanes_.push_back(&lane); }
  bool RunOne() {
    if (lanes_.empty()) return false;
    Lane* lane = lanes_.front();
    lanes_.pop_front();
    lane->RunLane();
    return true;
  }

 private:
  std::deque<Lane*> lanes_;
};

// A directory that is gone with the test.
class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "graft-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  std::string File(const std::string& name) const { return absl::StrCat(path_, "/", name); }
  const std::string& path() const { return path_; }

  // Writes beside and renames over: a careful writer.
  void Write(const std::string& name, const std::string& text) const {
    const std::string temporary = File(name + ".tmp");
    std::ofstream(temporary) << text;
    std::filesystem::rename(temporary, File(name));
  }

 private:
  std::string path_;
};

}  // namespace graft::runtime::testing

#endif  // GRAFT_TESTS_RUNTIME_FAKES_H_
