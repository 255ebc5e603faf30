#include "runtime/index_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/path_pattern.h"

namespace graft::runtime {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxBytes = 4096;

// Nothing: longer than kMaxBytes, or not to be read.
std::optional<std::string> ReadShortFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  std::array<char, kMaxBytes + 1> bytes;
  struct stat facts;
  ssize_t got = -1;
  if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) &&
      facts.st_size <= static_cast<off_t>(kMaxBytes)) {
    got = read(fd, bytes.data(), bytes.size());
  }
  close(fd);
  if (got < 0 || got > static_cast<ssize_t>(kMaxBytes)) return std::nullopt;
  return std::string(bytes.data(), static_cast<size_t>(got));
}

bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }

bool LiesBelow(const fs::path& path, const fs::path& directory) {
  const auto [end, ignored] =
      std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return end == directory.end() && path != directory;
}

absl::StatusOr<std::string> WithNumber(const std::string& index, const fs::path& directory,
                                       const std::string& number) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name[0] == '.' || it->path() == fs::path(index)) continue;
    if (LastNumber(it->path().stem().string()) == number || LastNumber(name) == number) {
      found.push_back(it->path().string());
    }
  }
  if (found.empty()) {
    return absl::UnavailableError(
        absl::StrCat(index, ": it says ", number, ", but no name beside it ends in that number"));
  }
  if (found.size() == 1) return found.front();
  std::sort(found.begin(), found.end());
  return absl::InvalidArgumentError(
      absl::StrCat(index, ": it says ", number, ", and several names beside it have that number (",
                   fs::path(found[0]).filename().string(), ", ",
                   fs::path(found[1]).filename().string(), "). Write the name itself"));
}

}  // namespace

std::optional<std::string> ReadIndexText(const std::string& path) {
  const std::optional<std::string> bytes = ReadShortFile(path);
  if (!bytes) return std::nullopt;
  absl::string_view text = absl::StripAsciiWhitespace(*bytes);
  const absl::string_view first = text.substr(0, text.find('\n'));
  absl::string_view value = first;
  if (absl::ConsumePrefix(&value, "model_checkpoint_path:")) {
    value = absl::StripAsciiWhitespace(value);
    if (absl::ConsumePrefix(&value, "\"")) absl::ConsumeSuffix(&value, "\"");
    text = value;
  }
  if (text.empty() || std::any_of(text.begin(), text.end(), IsControl)) return std::nullopt;
  return std::string(text);
}

absl::StatusOr<std::string> IndexedPath(const std::string& index, absl::string_view text) {
  std::error_code error;
  const fs::path directory =
      fs::path(index).has_parent_path() ? fs::path(index).parent_path() : ".";
  const fs::path written{std::string(text)};
  const fs::path whole = (written.is_absolute() ? written : directory / written).lexically_normal();
  // A name is kept below the directory as it is written; where links lead is their owner's affair.
  const bool below = written.is_absolute()
                         ? LiesBelow(whole, fs::absolute(directory, error).lexically_normal())
                         : LiesBelow(("/" / written).lexically_normal(), "/") &&
                               !absl::StartsWith(written.lexically_normal().string(), "..");
  if (!below) {
    return absl::InvalidArgumentError(
        absl::StrCat(index, ": it names \"", text, "\", which is not below its own directory ",
                     directory.string(), ". Write the name of a checkpoint beside it"));
  }
  if (fs::exists(whole, error)) return whole.string();
  if (std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    return WithNumber(index, directory, LastNumber(text));
  }
  return absl::UnavailableError(
      absl::StrCat(index, ": it names \"", text, "\", and ", whole.string(), " is not there"));
}

}  // namespace graft::runtime
