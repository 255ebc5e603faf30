#include "models/python/source_tree.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "models/file/file_bytes.h"
#include "models/python/parser.h"

namespace graft::models::python {
namespace {

namespace fs = std::filesystem;

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::string WithSlash(const fs::path& path) {
  std::string text = path.string();
  if (text.empty() || text.back() != '/') text += '/';
  return text;
}

}  // namespace

void SourceTree::AddEmbedded(absl::Span<const EmbeddedSource> sources) {
  for (const EmbeddedSource& source : sources) embedded_.emplace(source.path, &source);
}

absl::Status SourceTree::AddRoot(const std::string& directory) {
  std::error_code error;
  const fs::path real = fs::canonical(directory.empty() ? "." : directory, error);
  if (error) {
    return absl::NotFoundError(absl::StrCat(directory, ": ", error.message(),
                                            ". \"source_roots\" names directories that hold Python "
                                            "packages."));
  }
  if (!fs::is_directory(real, error)) {
    return absl::InvalidArgumentError(
        absl::StrCat(directory,
                     ": not a directory. \"source_roots\" names directories that hold Python "
                     "packages."));
  }
  roots_.push_back({directory.empty() ? "" : WithSlash(directory), WithSlash(real)});
  return absl::OkStatus();
}

absl::StatusOr<std::string> SourceTree::AddMainFile(const std::string& path) {
  if (!absl::EndsWith(path, ".py")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected a Python source file (.py) for \"architecture\""));
  }
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
  // Up to the directory that is no package any more.
  fs::path relative = fs::path(path).filename();
  fs::path directory = real.parent_path();
  fs::path shown = fs::path(path).parent_path();
  while (IsFile(directory / "__init__.py") && directory.has_relative_path()) {
    relative = directory.filename() / relative;
    directory = directory.parent_path();
    shown = shown.parent_path();
  }
  roots_.insert(roots_.begin(), {shown.empty() ? "" : WithSlash(shown), WithSlash(directory)});
  main_file_ = relative.string();
  std::string name(absl::StripSuffix(main_file_, ".py"));
  name = std::string(absl::StripSuffix(name, "/__init__"));
  main_name_ = absl::StrReplaceAll(name, {{".", "_"}, {"/", "."}});
  return main_name_;
}

absl::StatusOr<std::optional<SourceProvider::Source>> SourceTree::Read(const Root& root,
                                                                       const std::string& relative,
                                                                       bool is_package) {
  const fs::path path = fs::path(root.real) / relative;
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error || !IsFile(real)) return std::nullopt;
  const std::string shown = root.shown + relative;
  if (!absl::StartsWith(real.string(), root.real)) {
    return absl::PermissionDeniedError(
        absl::StrCat(shown, ": a link that leads out of ", root.shown, ", to ", real.string(),
                     ". Name that directory in \"source_roots\" if it is meant."));
  }
  absl::StatusOr<std::shared_ptr<const FileBytes>> file =
      ReadWholeFile(real.string(), {.max_bytes = kMaxSourceBytes});
  if (!file.ok()) return file.status();
  const ByteSpan bytes = (*file)->bytes();
  Source source;
  source.file = std::make_shared<const SourceFile>(
      shown, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  source.is_package = is_package;
  return source;
}

absl::StatusOr<std::optional<SourceProvider::Source>> SourceTree::Find(absl::string_view module) {
  const std::string path = absl::StrReplaceAll(module, {{".", "/"}});
  for (const bool is_package : {true, false}) {
    const auto found = embedded_.find(absl::StrCat(path, is_package ? "/__init__.py" : ".py"));
    if (found == embedded_.end()) continue;
    Source source;
    source.file = std::make_shared<const SourceFile>(std::string(found->second->path),
                                                     std::string(found->second->text));
    source.is_package = is_package;
    source.is_library = true;
    return source;
  }
  if (module == main_name_ && !roots_.empty()) {
    return Read(roots_.front(), main_file_, absl::EndsWith(main_file_, "__init__.py"));
  }
  // No way up, and no way to a hidden file.
  if (absl::StrContains(module, "..") || absl::StrContains(module, '/') || module.empty() ||
      module.front() == '.') {
    return std::nullopt;
  }
  for (const Root& root : roots_) {
    for (const bool is_package : {true, false}) {
      absl::StatusOr<std::optional<Source>> found =
          Read(root, absl::StrCat(path, is_package ? "/__init__.py" : ".py"), is_package);
      if (!found.ok() || found->has_value()) return found;
    }
  }
  return std::nullopt;
}

}  // namespace graft::models::python
