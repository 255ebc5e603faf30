#include "models/torch/torch_error.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace graft::models {
namespace {

constexpr size_t kMaxLineBytes = 400;

bool IsNoise(absl::string_view line) {
  return line.empty() || absl::StartsWith(line, "File \"") ||
         absl::StartsWith(line, "Exception raised") || absl::StartsWith(line, "frame #") ||
         absl::StartsWith(line, "Traceback of TorchScript") ||
         absl::StartsWith(line, "The following operation failed") ||
         absl::StrContains(line, "(most recent call last)") ||
         line.find_first_not_of("~ ") == absl::string_view::npos;
}

// "__torch__.Net (of Python compilation unit at: 0x55d0)" -> "__torch__.Net"
std::string WithoutAddresses(absl::string_view line) {
  std::string text(line.substr(0, kMaxLineBytes));
  constexpr absl::string_view kUnit = " (of Python compilation unit at: ";
  for (size_t at; (at = text.find(kUnit.data(), 0, kUnit.size())) != std::string::npos;) {
    const size_t end = text.find(')', at);
    text.erase(at, end == std::string::npos ? std::string::npos : end - at + 1);
  }
  return text;
}

}  // namespace

std::string UsefulLines(absl::string_view message) {
  std::vector<absl::string_view> lines;
  for (absl::string_view line : absl::StrSplit(message, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!IsNoise(line)) lines.push_back(line);
  }
  // An error raised while running ends with "RuntimeError: what"; before it stands the code.
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    for (absl::string_view prefix : {"RuntimeError: ", "torch.jit.Error: "}) {
      if (absl::ConsumePrefix(&*line, prefix)) {
        lines.erase(lines.begin(), line.base() - 1);
        lines.resize(std::min<size_t>(lines.size(), 3));
        return WithoutAddresses(absl::StrJoin(lines, "; "));
      }
    }
  }
  lines.resize(std::min<size_t>(lines.size(), 3));
  return WithoutAddresses(absl::StrJoin(lines, "; "));
}

absl::Status StatusOfException(absl::string_view context, absl::StatusCode code) {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat(context, ": ", UsefulLines(error.what_without_backtrace())));
  } catch (const c10::Error& error) {
    const std::string what = UsefulLines(error.what_without_backtrace());
    if (absl::StrContains(what, "not enough memory")) code = absl::StatusCode::kResourceExhausted;
    return absl::Status(code, absl::StrCat(context, ": ", what));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat(context, ": not enough memory"));
  } catch (const std::exception& error) {
    const std::string what = UsefulLines(error.what());
    if (absl::StrContains(what, "not enough memory")) code = absl::StatusCode::kResourceExhausted;
    return absl::Status(code, absl::StrCat(context, ": ", what));
  } catch (...) {
    return absl::Status(code, absl::StrCat(context, ": unknown error"));
  }
}

}  // namespace graft::models
