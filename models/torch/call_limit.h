// An end for forwards that would never end: a model may loop while a condition holds that its
// inputs never break.
//
//   InsertLoopChecks(graph);                      // once, before the graph is compiled
//   CallLimit limit(absl::Seconds(60), nullptr);  // around each call, on the calling thread
//   ... run ...                                   // throws out of the loop when the time is over
//   if (limit.stopped()) return limit.StoppedStatus("walker.pt");
//
// Each turn of a loop in the graph looks at the clock (30 ns). Graphs without loops pay nothing.
//
// Threads: a CallLimit belongs to the thread that made it and covers the calls made there while it
// lives; the innermost counts. For .cc files of models/torch and models/architecture only: names
// LibTorch types.
#ifndef GRAFT_MODELS_TORCH_CALL_LIMIT_H_
#define GRAFT_MODELS_TORCH_CALL_LIMIT_H_

#include <chrono>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace torch::jit {
struct Graph;
}  // namespace torch::jit

namespace graft::models {

class CallLimit {
 public:
  // `cancelled` is polled too, when not nullptr; it must outlive this.
  CallLimit(absl::Duration limit, const std::function<bool()>* cancelled);
  ~CallLimit();
  CallLimit(const CallLimit&) = delete;
  CallLimit& operator=(const CallLimit&) = delete;

  // True once a loop was left because of this limit.
  bool stopped() const { return stop_ != Stop::kNo; }
  // kDeadlineExceeded or kCancelled. @pre stopped().
  absl::Status StoppedStatus(absl::string_view label) const;

  // Called by the loops. Throws when the thread's innermost limit is over.
  static void Check();

 private:
  enum class Stop { kNo, kTime, kCancelled };

  const absl::Duration limit_;
  const std::chrono::steady_clock::time_point end_;
  const std::function<bool()>* const cancelled_;
  CallLimit* const outer_;
  Stop stop_ = Stop::kNo;
};

// Makes every loop in `graph`, in nested blocks and subgraphs too, call CallLimit::Check on each
// turn. True when there is one.
bool InsertLoopChecks(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_CALL_LIMIT_H_
