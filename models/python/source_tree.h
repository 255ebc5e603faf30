// Where a model's imports lead: directories of Python sources, and sources that are part of Graft.
//
//   SourceTree tree;
//   tree.AddEmbedded(TorchPrelude());
//   std::string main = *tree.AddMainFile("models/walker.py");      // "walker"
//   absl::Status status = tree.AddRoot("vendor/site-packages");
//   Evaluator evaluator({.sources = &tree});
//
// Only files that end in .py, below a root by their real path, are ever read: a link does not lead
// out of it. Embedded sources come first, then the main file's directory, then roots in order.
//
// Threads: one at a time. Find blocks for the file system.
#ifndef GRAFT_MODELS_PYTHON_SOURCE_TREE_H_
#define GRAFT_MODELS_PYTHON_SOURCE_TREE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/python/embedded_source.h"
#include "models/python/evaluator.h"

namespace graft::models::python {

class SourceTree final : public SourceProvider {
 public:
  // Paths are those of modules: "torch/nn/__init__.py".
  void AddEmbedded(absl::Span<const EmbeddedSource> sources);

  // The file that the user names. Its directory becomes a root, or, where it lies in a package
  // (directories with an __init__.py), the directory around the outermost one. Returns its dotted
  // name: "walker", "torchvision.models.resnet". Errors: kNotFound, kInvalidArgument (no .py file).
  absl::StatusOr<std::string> AddMainFile(const std::string& path);

  // Errors: kNotFound, kInvalidArgument (no directory).
  absl::Status AddRoot(const std::string& directory);

  absl::StatusOr<std::optional<Source>> Find(absl::string_view module) override;

 private:
  struct Root {
    std::string shown;  // as the user wrote it: for messages
    std::string real;   // with a slash at its end
  };
  absl::StatusOr<std::optional<Source>> Read(const Root& root, const std::string& relative,
                                             bool is_package);

  absl::flat_hash_map<std::string, const EmbeddedSource*> embedded_;  // by path
  std::vector<Root> roots_;
  std::string main_name_;  // dotted; need not be a Python name ("my-net")
  std::string main_file_;  // relative to roots_[0]
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SOURCE_TREE_H_
