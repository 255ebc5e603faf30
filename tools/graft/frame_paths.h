// The ways of a host to get its rows through a model, each timed by the call: bare LibTorch, and
// Graft's run(), wait() and poll().
//
//   Result<FramePaths> paths = FramePaths::Open(library, "walker.json", options);
//   Result<int64_t> took_ns = paths->Measure(FramePath::kPoll);
//
// A Graft pass is what a frame costs a host from its observations to its actions: copy the rows in,
// submit, get the result, copy the rows out. A bare pass is the forward alone, on a tensor that is
// there already. Measure the paths in turns: then a noisy machine is noisy for all of them.
// Threads: one at a time. Ownership: the library must outlive it.
#ifndef GRAFT_TOOLS_GRAFT_FRAME_PATHS_H_
#define GRAFT_TOOLS_GRAFT_FRAME_PATHS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graft/graft.hpp"
#include "graft/graft_tools.h"

namespace graft::tools {

enum class FramePath : uint8_t {
  kBare,  // LibTorch alone
  kRun,   // run(): on this thread
  kWait,  // submit, tick, wait: on a worker, or on this thread if that is sooner
  kPoll,  // submit, tick, poll until it is there: on a worker
};
constexpr std::array<FramePath, 4> kFramePaths = {FramePath::kBare, FramePath::kRun,
                                                  FramePath::kWait, FramePath::kPoll};

// "bare", "run", "wait", "poll".
std::string_view FramePathName(FramePath path);

struct FramePathsOptions {
  uint32_t rows = 1;
  uint32_t worker_threads = 0;  // 0: the library's default
  std::string device;           // empty: the manifest's, else the library's default
  std::string precision;        // likewise
};

class FramePaths {
 public:
  // Opens the model with Graft and with bare LibTorch, and warms both up.
  static Result<FramePaths> Open(const Library& library, const std::string& model_path,
                                 const FramePathsOptions& options);
  FramePaths(FramePaths&& other) noexcept;
  FramePaths& operator=(FramePaths&&) = delete;
  ~FramePaths();

  // One pass over all rows. What it took, in nanoseconds.
  Result<int64_t> Measure(FramePath path);

  // The device of the serving version; the file that it came from.
  const std::string& device() const { return device_; }
  const std::string& model_file() const { return model_file_; }

 private:
  FramePaths(const graft_tools* tools, const graft_api* api, Runtime runtime, Model model,
             Group group, uint32_t rows);
  Status Prepare();
  graft_status Pass(FramePath path);
  Result<int64_t> MeasureBare();
  graft_status WriteInputs();
  graft_status ReadOutputs();

  const graft_tools* tools_;
  const graft_api* api_;
  Runtime runtime_;
  Model model_;
  Group group_;
  graft_bare bare_{};
  uint32_t rows_;
  std::string device_;
  std::string model_file_;
  std::vector<std::vector<std::byte>> inputs_;   // the rows as the host keeps them
  std::vector<std::vector<std::byte>> outputs_;  // likewise
};

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_FRAME_PATHS_H_
