// The Python sources below some directories, as modules by their dotted names.
//
//   SourceTree sources;
//   absl::StatusOr<std::string> main = sources.AddMain("walker/net.py");   // "net"
//   absl::Status status = sources.AddRoot("/opt/models/site-packages");
//   Evaluator evaluator({.sources = &sources});
//   ... evaluator.ImportModule(*main)
//
// Only regular files that end in .py are read, and only those whose real path lies below the real
// path of a root: no link leads out. A directory without __init__.py is a package without names
// of its own, as in Python.
//
// Threads: one at a time; methods block for the file system. Ownership: sources found are shared.
#ifndef GRAFT_MODELS_PYTHON_SOURCE_TREE_H_
#define GRAFT_MODELS_PYTHON_SOURCE_TREE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/file_bytes.h"
#include "models/python/evaluator.h"

namespace graft::models::python {

// A source file that was read, as it was then.
struct SourceStamp {
  std::string path;  // real
  FileIdentity identity;

  bool IsUnchanged() const;
};

class SourceTree final : public SourceProvider {
 public:
  // The file that is evaluated, whose folder becomes the first root; where the folder is a package
  // (it has an __init__.py), the folder that holds the outermost package, and then its own. The
  // module's name: "net", "walker.net".
  // Errors: kNotFound, kPermissionDenied; kInvalidArgument: no .py file.
  absl::StatusOr<std::string> AddMain(const std::string& path);

  // Asked after those that were added before. Errors: kNotFound; kInvalidArgument: no directory.
  absl::Status AddRoot(const std::string& path);

  // Errors: kResourceExhausted: larger than kMaxSourceBytes; kInvalidArgument: a link leads out of
  // the roots; those of the file system.
  absl::StatusOr<std::optional<Source>> Find(absl::string_view module) override;

  // Every file that was read so far.
  const std::vector<SourceStamp>& stamps() const { return stamps_; }

 private:
  struct Folder {
    std::string shown;  // as the user wrote it
    std::string real;
    std::string root;  // the real path of its root
  };

  // nullopt: there is no such file.
  absl::StatusOr<std::optional<Source>> Read(const Folder& folder, absl::string_view file);
  std::optional<Folder> Within(const Folder& folder, absl::string_view name) const;

  std::vector<Folder> roots_;
  // Packages found so far: where their modules are.
  absl::flat_hash_map<std::string, std::vector<Folder>> packages_;
  std::string main_module_;
  Folder main_folder_;
  std::string main_file_;
  std::vector<SourceStamp> stamps_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SOURCE_TREE_H_
