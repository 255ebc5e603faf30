#include "runtime/source_listing.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "absl/strings/match.h"

namespace graft::runtime {
namespace {

namespace fs = std::filesystem;

std::optional<SourceFile> StatRegularFile(const std::string& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  SourceFile file;
  file.path = path;
  file.identity.device = facts.st_dev;
  file.identity.inode = facts.st_ino;
  file.identity.size_bytes = static_cast<uint64_t>(facts.st_size);
  file.identity.modified_ns = int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec;
  return file;
}

bool IsWriterTemporary(absl::string_view name) {
  return absl::StartsWith(name, ".") || absl::EndsWith(name, "~") || absl::EndsWith(name, ".tmp") ||
         absl::EndsWith(name, ".part") || absl::EndsWith(name, ".partial");
}

}  // namespace

std::vector<SourceFile> ListSource(const std::string& source,
                                   const std::function<bool(absl::string_view name)>& wanted) {
  std::vector<SourceFile> files;
  std::error_code error;
  if (!fs::is_directory(source, error)) {
    if (std::optional<SourceFile> file = StatRegularFile(source)) files.push_back(*std::move(file));
    return files;
  }
  for (fs::directory_iterator it(source, fs::directory_options::skip_permission_denied, error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (IsWriterTemporary(name) || !wanted(name)) continue;
    if (std::optional<SourceFile> file = StatRegularFile(it->path().string())) {
      files.push_back(*std::move(file));
    }
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) {
    if (a.identity.modified_ns != b.identity.modified_ns) {
      return a.identity.modified_ns > b.identity.modified_ns;
    }
    return a.path > b.path;
  });
  return files;
}

std::string DirectoryToWatch(const std::string& source) {
  std::error_code error;
  if (fs::is_directory(source, error)) return source;
  const std::string parent = fs::path(source).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace graft::runtime
