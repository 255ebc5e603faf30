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
  return line.empty() || absl::StartsWith(line, "Traceback of TorchScript") ||
         absl::StartsWith(line, "The following operation failed") ||
         absl::StrContains(line, "(most recent call last)");
}

// What follows is the model's source, or LibTorch's own stack.
bool EndsTheMessage(absl::string_view line) {
  return absl::StartsWith(line, "File \"") || absl::StartsWith(line, "Exception raised") ||
         absl::StartsWith(line, "frame #");
}

bool IsOutOfMemory(absl::string_view message) {
  return absl::StrContains(message, "not enough memory") ||
         absl::StrContains(message, "can't allocate memory");
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
  std::vector<absl::string_view> lines = absl::StrSplit(message, '\n');
  // An error raised while running ends with "RuntimeError: what"; before it stands the code.
  size_t first = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    for (absl::string_view prefix : {"RuntimeError: ", "torch.jit.Error: "}) {
      if (absl::ConsumePrefix(&lines[i], prefix)) first = i;
    }
  }
  std::vector<absl::string_view> useful;
  for (size_t i = first; i < lines.size() && useful.size() < 3; ++i) {
    const absl::string_view line = absl::StripAsciiWhitespace(lines[i]);
    if (EndsTheMessage(line) && !useful.empty()) break;
    if (!IsNoise(line) && !EndsTheMessage(line)) useful.push_back(line);
  }
  std::string text = WithoutAddresses(absl::StrJoin(useful, " "));
  while (!text.empty() && (text.back() == ':' || text.back() == '.' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

absl::Status StatusOfException(absl::string_view context, absl::StatusCode code) {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat(context, ": ", UsefulLines(error.what_without_backtrace())));
  } catch (const c10::Error& error) {
    const std::string what = UsefulLines(error.what_without_backtrace());
    if (IsOutOfMemory(what)) code = absl::StatusCode::kResourceExhausted;
    return absl::Status(code, absl::StrCat(context, ": ", what));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat(context, ": not enough memory"));
  } catch (const std::exception& error) {
    const std::string what = UsefulLines(error.what());
    if (IsOutOfMemory(what)) code = absl::StatusCode::kResourceExhausted;
    return absl::Status(code, absl::StrCat(context, ": ", what));
  } catch (...) {
    return absl::Status(code, absl::StrCat(context, ": unknown error"));
  }
}

}  // namespace graft::models
