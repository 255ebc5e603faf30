#include "models/torch/call_limit.h"

#include <torch/csrc/jit/ir/ir.h>

#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/torch/graph_nodes.h"

namespace graft::models {
namespace {

thread_local CallLimit* innermost = nullptr;

std::chrono::steady_clock::time_point End(absl::Duration limit) {
  const auto now = std::chrono::steady_clock::now();
  if (limit >= absl::Hours(24 * 365)) return std::chrono::steady_clock::time_point::max();
  return now + absl::ToChronoNanoseconds(limit);
}

// LibTorch's hook for profiling: a node that calls a function with the interpreter's stack. It
// needs no operator in LibTorch's process-wide registry, where another copy of this library would
// collide.
torch::jit::Node* NewCheck(torch::jit::Graph* graph) {
  return new torch::jit::ProfileIValueOp(graph, [](std::vector<c10::IValue>& stack) {
    stack.pop_back();  // the number of the frame
    CallLimit::Check();
  });
}

}  // namespace

CallLimit::CallLimit(absl::Duration limit, const std::function<bool()>* cancelled)
    : limit_(limit), end_(End(limit)), cancelled_(cancelled), outer_(innermost) {
  innermost = this;
}

CallLimit::~CallLimit() { innermost = outer_; }

absl::Status CallLimit::StoppedStatus(absl::string_view label) const {
  if (stop_ == Stop::kCancelled) return absl::CancelledError(absl::StrCat(label, ": cancelled"));
  return absl::DeadlineExceededError(
      absl::StrCat(label, ": forward was still in a loop after ", absl::FormatDuration(limit_),
                   " and was stopped. Its loop may never end on such inputs."));
}

void CallLimit::Check() {
  CallLimit* limit = innermost;
  if (limit == nullptr) return;
  if (std::chrono::steady_clock::now() >= limit->end_) {
    limit->stop_ = Stop::kTime;
  } else if (limit->cancelled_ != nullptr && *limit->cancelled_ && (*limit->cancelled_)()) {
    limit->stop_ = Stop::kCancelled;
  } else {
    return;
  }
  throw std::runtime_error("stopped in a loop");
}

bool InsertLoopChecks(const std::shared_ptr<torch::jit::Graph>& graph) {
  bool found = false;
  const auto insert = [&found](torch::jit::Node* node) {
    if (node->kind() != torch::jit::prim::Loop) return;
    found = true;
    torch::jit::Block* body = node->blocks()[0];
    body->prependNode(NewCheck(body->owningGraph()));
  };
  ForEachNode(*graph, insert, Subgraphs::kWalkToo);
  return found;
}

}  // namespace graft::models
