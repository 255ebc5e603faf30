#include "runtime/source_listing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/index_file.h"
#include "runtime/path_pattern.h"

namespace graft::runtime {
namespace {

namespace fs = std::filesystem;

using Wanted = std::function<bool(absl::string_view name)>;

constexpr size_t kMostWatched = 64;

bool IsWriterTemporary(absl::string_view name) {
  return absl::StartsWith(name, ".") || absl::EndsWith(name, "~") || absl::EndsWith(name, ".tmp") ||
         absl::EndsWith(name, ".part") || absl::EndsWith(name, ".partial");
}

bool IsNewer(const SourceFile& a, const SourceFile& b) {
  if (a.identity.modified_ns != b.identity.modified_ns) {
    return a.identity.modified_ns > b.identity.modified_ns;
  }
  return a.path > b.path;
}

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

absl::Status ProblemOf(const std::string& path, const std::error_code& error) {
  const bool denied = error == std::errc::permission_denied;
  return absl::Status(denied ? absl::StatusCode::kPermissionDenied : absl::StatusCode::kUnavailable,
                      absl::StrCat(path, ": cannot be read: ", error.message()));
}

// Adds the file at a path, if there is one. One that may not be read is no candidate yet: that may
// change without a trace in its identity.
std::optional<SourceFile> FindReadable(const std::string& path, SourceListing* listing) {
  std::optional<SourceFile> file = FindFile(path);
  if (file && faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) {
    listing->problem = ProblemOf(path, std::error_code(errno, std::generic_category()));
    return std::nullopt;
  }
  return file;
}

void ListDirectory(const std::string& directory, const Wanted& wanted, SourceListing* listing) {
  listing->order = SourceListing::Order::kNewest;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (IsWriterTemporary(name) || (wanted && !wanted(name))) continue;
    if (std::optional<SourceFile> file = FindReadable(it->path().string(), listing)) {
      listing->files.push_back(*std::move(file));
    }
  }
  if (error) listing->problem = ProblemOf(directory, error);
  std::sort(listing->files.begin(), listing->files.end(), IsNewer);
}

void ListPattern(const std::string& text, const Wanted& wanted, SourceListing* listing) {
  listing->order = SourceListing::Order::kHighestStep;
  const PathPattern pattern(text);
  std::vector<std::pair<std::vector<std::string>, SourceFile>> found;
  for (const std::string& path : pattern.Find()) {
    const std::string name = NameOf(path);
    if (IsWriterTemporary(name) || (pattern.is_open() && wanted && !wanted(name))) continue;
    if (std::optional<SourceFile> file = FindReadable(path, listing)) {
      found.emplace_back(pattern.Steps(path), *std::move(file));
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return HasHigherSteps(a.first, b.first);
    return IsNewer(a.second, b.second);
  });
  for (auto& [steps, file] : found) listing->files.push_back(std::move(file));
}

void ListNamed(const std::string& path, SourceListing* listing) {
  if (std::optional<SourceFile> file = FindReadable(path, listing)) {
    listing->files.push_back(*std::move(file));
    return;
  }
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0 && errno != ENOENT) {
    listing->problem = ProblemOf(path, std::error_code(errno, std::generic_category()));
  }
}

// flags: of fstatat.
std::optional<SourceFile> FileAt(const std::string& path, int flags) {
  struct stat facts;
  if (fstatat(AT_FDCWD, path.c_str(), &facts, flags) != 0 || !S_ISREG(facts.st_mode)) {
    return std::nullopt;
  }
  SourceFile file;
  file.path = path;
  file.identity = models::IdentityOf(facts);
  return file;
}

}  // namespace

std::optional<SourceFile> FindFile(const std::string& path) { return FileAt(path, /*flags=*/0); }

std::optional<SourceFile> FindFileItself(const std::string& path) {
  return FileAt(path, AT_SYMLINK_NOFOLLOW);
}

SourceListing ListSource(const std::string& source, const Wanted& wanted) {
  SourceListing listing;
  std::error_code error;
  if (PathPattern::IsPattern(source)) {
    ListPattern(source, wanted, &listing);
    return listing;
  }
  if (fs::is_directory(source, error)) {
    ListDirectory(source, wanted, &listing);
    return listing;
  }
  std::optional<std::string> text;
  if (wanted && !wanted(NameOf(source))) text = ReadIndexText(source);
  if (!text) {
    ListNamed(source, &listing);
    return listing;
  }
  listing.index = FindFile(source);
  const absl::StatusOr<std::string> path = IndexedPath(source, *text);
  if (!path.ok()) {
    listing.problem = path.status();
  } else if (fs::is_directory(*path, error)) {
    ListDirectory(*path, wanted, &listing);
  } else {
    ListNamed(*path, &listing);
  }
  return listing;
}

std::vector<std::string> DirectoriesToWatch(const std::string& source) {
  if (PathPattern::IsPattern(source)) return PathPattern(source).Directories(kMostWatched);
  std::error_code error;
  // Of a link both: the place where it may be turned elsewhere, and where it leads.
  std::vector<std::string> directories;
  const bool is_link = fs::is_symlink(source, error);
  const bool is_directory = fs::is_directory(source, error);
  if (is_link || !is_directory) directories.push_back(ParentOf(source));
  if (is_directory) {
    directories.push_back(source);
  } else if (is_link) {
    const fs::path target = fs::weakly_canonical(source, error);
    if (!error) directories.push_back(ParentOf(target.string()));
  }
  return directories;
}

}  // namespace graft::runtime
