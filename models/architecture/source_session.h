// One evaluation of a model's source: the evaluator with torch in it, the user's files, a recorder.
//
//   absl::StatusOr<std::unique_ptr<SourceSession>> session = SourceSession::Open(options);
//   absl::Status status = (*session)->ev().Guard([&] {
//     Network network((*session)->ev(), (*session)->MakeArchitecture());
//   });
//
// Threads: one at a time. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_SOURCE_SESSION_H_
#define GRAFT_MODELS_ARCHITECTURE_SOURCE_SESSION_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/architecture/recorder.h"
#include "models/file/weight_table.h"
#include "models/manifest/architecture_spec.h"
#include "models/python/ast.h"
#include "models/python/evaluator.h"
#include "models/python/source_tree.h"

namespace graft::models::architecture {

struct SourceSessionOptions {
  std::optional<ArchitectureSpec> architecture;  // kSource or kZoo; none: no source of the user's
  std::vector<std::string> source_roots;
  RecorderOptions recorder;
  std::function<bool()> cancelled;
};

class SourceSession {
 public:
  // Errors: those of the file system, for the architecture's file and the roots.
  // @pre the evaluator will run on a deep stack (deep_stack.h)
  static absl::StatusOr<std::unique_ptr<SourceSession>> Open(const SourceSessionOptions& options);

  SourceSession(const SourceSession&) = delete;
  SourceSession& operator=(const SourceSession&) = delete;

  python::Evaluator& ev() { return *evaluator_; }
  Recorder& recorder() { return *recorder_; }
  // The user's files that were read so far.
  const std::vector<python::SourceStamp>& sources_read() const { return sources_->stamps(); }

  // Inside Guard: the value of the architecture's expression.
  python::Value MakeArchitecture();
  // Inside Guard: an expression of the manifest where the architecture is ("nn.Linear(8, 2)"); nn
  // and torch are known there in any case. `key` names it in errors.
  python::Value Evaluate(absl::string_view expression, absl::string_view key);
  // Inside Guard: what the architecture's file has under this name; nullopt: nothing, or there is
  // no file.
  std::optional<python::Value> FindInSource(absl::string_view name);
  // Inside Guard: a tensor of a file; `owner` owns its bytes.
  python::Value TensorOf(const Weight& weight, std::shared_ptr<const void> owner);

 private:
  SourceSession() = default;

  SourceSessionOptions options_;
  struct Expression {
    std::shared_ptr<const python::SourceFile> source;
    python::ExprPtr tree;
  };
  std::vector<Expression> expressions_;  // objects may refer to them (a lambda)
  std::string module_name_;              // of the architecture's file; "": there is none
  std::unique_ptr<python::SourceTree> sources_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<python::Evaluator> evaluator_;  // its values refer to the recorder: goes first
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_SOURCE_SESSION_H_
