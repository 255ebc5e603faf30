#include "models/python/source_tree.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/file/file_bytes.h"
#include "models/python/parser.h"
#include "models/python/source_file.h"

namespace graft::models::python {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kPackageFile = "__init__.py";

// What can stand between the dots of a module's name: no separator, no "..".
bool IsName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool IsBelow(absl::string_view path, absl::string_view folder) {
  return absl::ConsumePrefix(&path, folder) &&
         (absl::EndsWith(folder, "/") || absl::StartsWith(path, "/"));
}

std::string Join(absl::string_view folder, absl::string_view name) {
  if (folder.empty()) return std::string(name);
  return absl::StrCat(folder, absl::EndsWith(folder, "/") ? "" : "/", name);
}

absl::StatusOr<std::string> RealPath(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (!error) return real.string();
  if (error == std::errc::permission_denied) {
    return absl::PermissionDeniedError(absl::StrCat(path, ": ", error.message()));
  }
  return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
}

bool IsDirectory(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool IsFile(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

}  // namespace

bool SourceStamp::IsUnchanged() const {
  const absl::StatusOr<FileIdentity> now = IdentifyFile(path);
  return now.ok() && *now == identity;
}

absl::StatusOr<std::string> SourceTree::AddMain(const std::string& path) {
  const fs::path written(path);
  const std::string file = written.filename().string();
  if (!absl::EndsWith(file, ".py") || file.size() <= 3) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": a Python source is expected, a file whose name ends in .py"));
  }
  if (absl::StatusOr<std::string> real = RealPath(path); !real.ok()) return real.status();
  if (!IsFile(path)) return absl::InvalidArgumentError(absl::StrCat(path, ": is no file"));
  fs::path folder = written.parent_path();
  if (absl::Status added = AddRoot(folder.string()); !added.ok()) return added;
  main_folder_ = roots_.back();
  main_file_ = file;

  // A name that no import statement could have ("resnet-18.v2") becomes one that it could.
  main_module_ = file.substr(0, file.size() - 3);
  for (char& c : main_module_) {
    if (!IsName(absl::string_view(&c, 1))) c = '_';
  }
  if (file == kPackageFile) main_module_.clear();
  fs::path top = fs::path(main_folder_.real);
  while (IsFile((top / std::string(kPackageFile)).string()) && top.has_filename() &&
         IsName(top.filename().string())) {
    main_module_ =
        absl::StrCat(top.filename().string(), main_module_.empty() ? "" : ".", main_module_);
    top = top.parent_path();
  }
  if (main_module_.empty()) main_module_ = "__init__";
  if (top != fs::path(main_folder_.real)) {
    // Shown with as much of the user's path as there is.
    std::string shown = folder.string();
    fs::path step = main_folder_.real;
    for (; step != top; step = step.parent_path()) {
      shown = shown.empty() || fs::path(shown).filename() == ".." || shown == "."
                  ? Join(shown, "..")
                  : fs::path(shown).parent_path().string();
    }
    roots_.insert(roots_.end() - 1, Folder{shown, top.string(), top.string()});
  }
  return main_module_;
}

absl::Status SourceTree::AddRoot(const std::string& path) {
  const std::string named = path.empty() ? "." : path;
  absl::StatusOr<std::string> real = RealPath(named);
  if (!real.ok()) return real.status();
  if (!IsDirectory(*real)) {
    return absl::InvalidArgumentError(
        absl::StrCat(named, ": a directory of Python sources is expected"));
  }
  roots_.push_back({path, *real, *real});
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SourceProvider::Source>> SourceTree::Read(const Folder& folder,
                                                                       absl::string_view file) {
  const std::string shown = Join(folder.shown, file);
  const std::string path = Join(folder.real, file);
  if (!IsFile(path)) return std::nullopt;
  absl::StatusOr<std::string> real = RealPath(path);
  if (!real.ok()) return real.status();
  if (!IsBelow(*real, folder.root)) {
    return absl::InvalidArgumentError(
        absl::StrCat(shown, ": is a link that leads out of ", folder.root,
                     "; put the file itself there, or name its directory in source_roots"));
  }
  absl::StatusOr<std::shared_ptr<const FileBytes>> bytes =
      ReadWholeFile(*real, {.max_bytes = kMaxSourceBytes});
  if (!bytes.ok()) return bytes.status();
  stamps_.push_back({*real, (*bytes)->identity()});
  const ByteSpan text = (*bytes)->bytes();
  return Source{.file = std::make_shared<const SourceFile>(
                    shown, std::string(reinterpret_cast<const char*>(text.data()), text.size())),
                .is_package = file == kPackageFile};
}

std::optional<SourceTree::Folder> SourceTree::Within(const Folder& folder,
                                                     absl::string_view name) const {
  const std::string path = Join(folder.real, name);
  if (!IsDirectory(path)) return std::nullopt;
  absl::StatusOr<std::string> real = RealPath(path);
  if (!real.ok() || !IsBelow(*real, folder.root)) return std::nullopt;
  return Folder{Join(folder.shown, name), *real, folder.root};
}

absl::StatusOr<std::optional<SourceProvider::Source>> SourceTree::Find(absl::string_view module) {
  if (module == main_module_ && main_file_ != kPackageFile) return Read(main_folder_, main_file_);
  const size_t dot = module.rfind('.');
  const absl::string_view name = dot == absl::string_view::npos ? module : module.substr(dot + 1);
  if (!IsName(name)) return std::nullopt;
  const std::vector<Folder>* folders = &roots_;
  if (dot != absl::string_view::npos) {
    const absl::string_view parent = module.substr(0, dot);
    if (!packages_.contains(parent)) {
      absl::StatusOr<std::optional<Source>> found = Find(parent);
      if (!found.ok()) return found.status();
    }
    const auto package = packages_.find(parent);
    if (package == packages_.end()) return std::nullopt;
    folders = &package->second;
  }
  std::vector<Folder> portions;  // of a package without __init__.py
  for (const Folder& folder : *folders) {
    const std::optional<Folder> inner = Within(folder, name);
    if (inner.has_value()) {
      absl::StatusOr<std::optional<Source>> package = Read(*inner, kPackageFile);
      if (!package.ok()) return package.status();
      if (package->has_value()) {
        packages_[module] = {*inner};
        return package;
      }
    }
    absl::StatusOr<std::optional<Source>> file = Read(folder, absl::StrCat(name, ".py"));
    if (!file.ok() || file->has_value()) return file;
    if (inner.has_value()) portions.push_back(*inner);
  }
  if (portions.empty()) return std::nullopt;
  const std::string shown = portions[0].shown;
  packages_[module] = std::move(portions);
  return Source{.file = std::make_shared<const SourceFile>(shown, ""), .is_package = true};
}

}  // namespace graft::models::python
