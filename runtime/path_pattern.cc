#include "runtime/path_pattern.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace graft::runtime {
namespace {

namespace fs = std::filesystem;

bool IsWildcard(char c) { return c == '*' || c == '?'; }

// Whether the name fits the pattern; `free`, if not null, gets a flag for each character of the
// name: whether a wildcard stands for it. A star takes as little as it can.
bool Fits(absl::string_view pattern, absl::string_view name, std::vector<bool>* free) {
  std::vector<bool> is_free(name.size(), false);
  size_t p = 0;
  size_t n = 0;
  size_t star = absl::string_view::npos;  // the last star, and the end of what it stands for
  size_t star_end = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      is_free[n] = pattern[p] == '?';
      ++p;
      ++n;
    } else if (star != absl::string_view::npos) {
      is_free[star_end++] = true;
      p = star + 1;
      n = star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  if (p < pattern.size()) return false;
  if (free != nullptr) *free = std::move(is_free);
  return true;
}

std::string WithoutLeadingZeros(absl::string_view digits) {
  const size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return std::string(digits.substr(first));
}

bool IsSmaller(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

PathPattern::PathPattern(absl::string_view pattern) {
  std::vector<std::string> levels = absl::StrSplit(pattern, '/');
  size_t first = 0;
  while (first + 1 < levels.size() && !IsPattern(levels[first])) {
    absl::StrAppend(&root_, levels[first++], "/");
  }
  levels_.assign(levels.begin() + static_cast<std::ptrdiff_t>(first), levels.end());
}

bool PathPattern::IsPattern(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), IsWildcard);
}

bool PathPattern::is_open() const {
  return !levels_.back().empty() && IsWildcard(levels_.back().back());
}

// Calls visit(directory) for every directory that is looked into, and visit.Found(path) for what
// the whole pattern fits.
template <typename Visit>
void PathPattern::Walk(size_t level, const std::string& path, const Visit& visit) const {
  if (level == levels_.size()) return visit.Found(path.substr(0, path.size() - 1));
  const std::string& pattern = levels_[level];
  std::error_code error;
  if (!IsPattern(pattern)) {
    const std::string next = absl::StrCat(path, pattern);
    if (fs::exists(next, error)) Walk(level + 1, next + "/", visit);
    return;
  }
  const std::string directory = path.empty() ? "." : path;
  if (!visit.Enters(directory)) return;
  const bool last = level + 1 == levels_.size();
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name[0] == '.' && pattern[0] != '.') continue;
    if (!Fits(pattern, name, nullptr)) continue;
    std::error_code ignored;
    if (!last && !it->is_directory(ignored)) continue;
    Walk(level + 1, absl::StrCat(path, name, "/"), visit);
  }
}

std::vector<std::string> PathPattern::Find() const {
  struct Visit {
    std::vector<std::string>* found;
    bool Enters(const std::string&) const { return true; }
    void Found(std::string path) const { found->push_back(std::move(path)); }
  };
  std::vector<std::string> found;
  Walk(0, root_, Visit{&found});
  return found;
}

std::vector<std::string> PathPattern::Directories(size_t limit) const {
  struct Visit {
    std::vector<std::string>* directories;
    size_t limit;
    bool Enters(const std::string& directory) const {
      if (directories->size() == limit) return false;
      directories->push_back(directory);
      return true;
    }
    void Found(const std::string&) const {}
  };
  std::vector<std::string> directories;
  Walk(0, root_, Visit{&directories, limit});
  return directories;
}

std::vector<std::string> PathPattern::Steps(absl::string_view path) const {
  std::vector<std::string> steps;
  const std::vector<absl::string_view> names = absl::StrSplit(path.substr(root_.size()), '/');
  for (size_t level = 0; level < std::min(levels_.size(), names.size()); ++level) {
    const absl::string_view name = names[level];
    std::vector<bool> free;
    if (!Fits(levels_[level], name, &free)) continue;
    const auto counts = [&](size_t i) { return free[i] && absl::ascii_isdigit(name[i]); };
    for (size_t i = 0; i < name.size(); ++i) {
      if (!counts(i)) continue;
      size_t end = i;
      while (end < name.size() && counts(end)) ++end;
      steps.push_back(WithoutLeadingZeros(name.substr(i, end - i)));
      i = end;
    }
  }
  return steps;
}

bool HasHigherSteps(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end(), IsSmaller);
}

std::string LastNumber(absl::string_view name) {
  size_t end = name.size();
  while (end > 0 && !absl::ascii_isdigit(name[end - 1])) --end;
  size_t begin = end;
  while (begin > 0 && absl::ascii_isdigit(name[begin - 1])) --begin;
  return begin == end ? "" : WithoutLeadingZeros(name.substr(begin, end - begin));
}

}  // namespace graft::runtime
