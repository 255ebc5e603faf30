// A fake model with recurrent state: its answers count an agent's frames.
#ifndef GRAFT_TESTS_RUNTIME_COUNTING_EXECUTABLE_H_
#define GRAFT_TESTS_RUNTIME_COUNTING_EXECUTABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/tensor/tensor_spec.h"
#include "runtime/executable.h"
#include "runtime/loader.h"

namespace graft::runtime::testing {

// obs, h -> action = h * 10 + obs + constant, h_next = h + 1: an action tells how many frames the
// agent has had.
class CountingExecutable final : public Executable {
 public:
  explicit CountingExecutable(float constant) : constant_(constant) {}

  static models::ModelSchema Schema() {
    const auto one = [](const char* name) {
      return models::TensorSpec{name, models::DType::kFloat32, {models::TensorSpec::kAgents, 1}};
    };
    return {{one("obs"), one("h")}, {one("action"), one("h_next")}};
  }
  const models::ModelSchema& schema() const override { return schema_; }
  size_t weight_bytes() const override { return 4; }
  std::string device() const override { return "cpu"; }
  absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                   absl::Span<void* const> outputs) const override {
    ++forwards;
    if (fails) return absl::InternalError("the device is lost");
    for (int64_t i = 0; i < rows; ++i) {
      const float obs = static_cast<const float*>(inputs[0])[i];
      const float h = static_cast<const float*>(inputs[1])[i];
      static_cast<float*>(outputs[0])[i] = h * 10 + obs + constant_;
      static_cast<float*>(outputs[1])[i] = h + step;
    }
    return absl::OkStatus();
  }

  std::atomic<bool> fails = false;
  std::atomic<float> step = 1;
  mutable std::atomic<int> forwards = 0;

 private:
  const models::ModelSchema schema_ = Schema();
  const float constant_;
};

// Loads one, whatever the file. `on_load` may change it.
class CountingLoader final : public Loader {
 public:
  std::function<void(CountingExecutable&)> on_load;

  absl::Status CheckComplete(const std::string&) override { return absl::OkStatus(); }
  absl::StatusOr<std::unique_ptr<Executable>> Load(const std::string&,
                                                   const CancelToken&) override {
    auto executable = std::make_unique<CountingExecutable>(0.0f);
    if (on_load) on_load(*executable);
    return executable;
  }
  absl::StatusOr<std::string> Digest(const std::string&, const CancelToken&) override { return ""; }
  absl::Status Validate(const Executable&, const CancelToken&) override { return absl::OkStatus(); }
};

}  // namespace graft::runtime::testing

#endif  // GRAFT_TESTS_RUNTIME_COUNTING_EXECUTABLE_H_
