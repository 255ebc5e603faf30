// A model whose clock, loader and load queue obey the test.
#ifndef GRAFT_TESTS_RUNTIME_MODEL_FIXTURE_H_
#define GRAFT_TESTS_RUNTIME_MODEL_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "runtime/model.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime::testing {

inline constexpr int64_t kMillisecond = 1'000'000;

class ModelTest : public ::testing::Test {
 protected:
  ModelTest() {
    options_.name = "walker";
    options_.source = directory_.path();
    options_.wanted = [](absl::string_view name) { return absl::EndsWith(name, ".pt"); };
  }

  absl::Status Open() {
    auto loader = std::make_unique<FakeLoader>();
    loader_ = loader.get();
    loader_->on_ready = [this](FakeExecutable& executable) {
      if (on_ready_) on_ready_(executable);
    };
    ModelServices services;
    services.load_queue = &queue_;
    services.clock = &clock_;
    services.frames = frames_;
    services.log = [this](LogLevel, const std::string& text) { log_.push_back(text); };
    services.listener = [this](const std::string& model, const VersionEvent& event) {
      EXPECT_EQ(model, "walker");
      events_.push_back(event);
    };
    absl::StatusOr<std::unique_ptr<Model>> model =
        Model::Open(options_, std::move(loader), services);
    if (!model.ok()) return model.status();
    model_ = *std::move(model);
    return absl::OkStatus();
  }

  // Visits as the watcher would, for as long as `ms`, and runs the loads that come of it.
  void Elapse(int64_t ms) {
    for (int64_t i = 0; i < ms; i += 10) {
      model_->Visit(clock_.NowNs(), arrived_);
      while (queue_.RunOne()) {
      }
      clock_.Advance(10 * kMillisecond);
    }
  }

  void Tick() { model_->versions().Flip(++tick_); }
  uint64_t Serving() { return model_->versions().serving_number(); }
  VersionInfo Newest() { return model_->versions().Describe().back(); }

  TempDirectory directory_;
  FakeClock clock_;
  ArrivedFiles arrived_;  // none, as where the system tells nothing
  LoadQueue queue_{0, {}};
  ModelOptions options_;
  FakeLoader* loader_ = nullptr;
  FrameView* frames_ = nullptr;
  std::function<void(FakeExecutable&)> on_ready_;
  std::vector<std::string> log_;
  std::vector<VersionEvent> events_;
  std::unique_ptr<Model> model_;
  uint64_t tick_ = 0;
};

}  // namespace graft::runtime::testing

#endif  // GRAFT_TESTS_RUNTIME_MODEL_FIXTURE_H_
