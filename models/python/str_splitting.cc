#include "models/python/str_splitting.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/text_search.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

bool IsSpace(char c) { return absl::ascii_isspace(c) || (c >= 0x1c && c <= 0x1f); }

// The first end of `text` (its last, from the right) without white space.
absl::string_view Trim(absl::string_view text, bool from_right) {
  if (from_right) {
    while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  } else {
    while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  }
  return text;
}

// Between runs of white space.
std::vector<absl::string_view> SplitSpace(Evaluator& ev, absl::string_view text, int64_t most,
                                          bool from_right) {
  std::vector<absl::string_view> parts;
  for (text = Trim(text, from_right); !text.empty(); text = Trim(text, from_right)) {
    ev.heap().Charge(ev, sizeof(text));
    if (most-- == 0) {
      parts.push_back(text);
      break;
    }
    if (from_right) {
      size_t begin = text.size();
      while (begin > 0 && !IsSpace(text[begin - 1])) --begin;
      parts.push_back(text.substr(begin));
      text = text.substr(0, begin);
    } else {
      size_t end = 0;
      while (end < text.size() && !IsSpace(text[end])) ++end;
      parts.push_back(text.substr(0, end));
      text = text.substr(end);
    }
  }
  return parts;
}

std::vector<absl::string_view> SplitAt(Evaluator& ev, absl::string_view text,
                                       absl::string_view separator, int64_t most, bool from_right) {
  StepForSearch(ev, text.size(), separator.size());
  std::vector<absl::string_view> parts;
  for (; most != 0; --most) {
    ev.heap().Charge(ev, sizeof(separator));
    const size_t at = from_right ? text.rfind(separator) : text.find(separator);
    if (at == absl::string_view::npos) break;
    const size_t after = at + separator.size();
    parts.push_back(from_right ? text.substr(after) : text.substr(0, at));
    text = from_right ? text.substr(0, at) : text.substr(after);
  }
  parts.push_back(text);
  return parts;
}

Value ToList(Evaluator& ev, const std::vector<absl::string_view>& parts) {
  std::vector<Value> items;
  items.reserve(parts.size());
  for (const absl::string_view part : parts) items.emplace_back(ev.Str(part));
  return ev.List(std::move(items));
}

Value Split(Evaluator& ev, CallArgs& args, absl::string_view method, bool from_right) {
  const std::string& self = Self<StrObject>(ev, args, method).text;
  const NativeArgs a(ev, method, args, {"sep", "maxsplit"}, 0);
  const int64_t most = a.Has(1) ? ev.ToInt(a[1], "maxsplit") : -1;
  ev.Step(1 + static_cast<int64_t>(self.size()) / 16);
  std::vector<absl::string_view> parts;
  if (a[0].IsNone()) {
    parts = SplitSpace(ev, self, most, from_right);
  } else {
    const std::string separator = ev.ToText(a[0], "must be str or None");
    if (separator.empty()) ev.Raise(ErrorKind::kValueError, "empty separator");
    parts = SplitAt(ev, self, separator, most, from_right);
  }
  if (from_right) std::reverse(parts.begin(), parts.end());
  return ToList(ev, parts);
}

Value SplitLines(Evaluator& ev, CallArgs& args) {
  absl::string_view text = Self<StrObject>(ev, args, "str.splitlines").text;
  const NativeArgs a(ev, "str.splitlines", args, {"keepends"}, 0);
  const bool keep = a.Has(0) && ev.Truth(a[0]);
  ev.Step(1 + static_cast<int64_t>(text.size()) / 16);
  std::vector<absl::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\n\r\v\f\x1c\x1d\x1e"), text.size());
    const size_t break_size = end == text.size()              ? 0
                              : text.substr(end, 2) == "\r\n" ? size_t{2}
                                                              : size_t{1};
    ev.heap().Charge(ev, sizeof(text));
    lines.push_back(text.substr(0, keep ? end + break_size : end));
    text.remove_prefix(end + break_size);
  }
  return ToList(ev, lines);
}

Value Partition(Evaluator& ev, CallArgs& args, absl::string_view method, bool from_right) {
  const std::string& self = Self<StrObject>(ev, args, method).text;
  const absl::string_view text = self;
  const NativeArgs a(ev, method, args, {""}, 1);
  const std::string separator = ev.ToText(a[0], "must be str");
  if (separator.empty()) ev.Raise(ErrorKind::kValueError, "empty separator");
  StepForSearch(ev, text.size(), separator.size());
  const size_t at = from_right ? text.rfind(separator) : text.find(separator);
  if (at == absl::string_view::npos) {
    const Value none = ev.Str("");
    const Value whole = ev.Str(text);
    return from_right ? ev.Tuple({none, none, whole}) : ev.Tuple({whole, none, none});
  }
  return ev.Tuple(
      {ev.Str(text.substr(0, at)), ev.Str(separator), ev.Str(text.substr(at + separator.size()))});
}

}  // namespace

void AddSplitting(Evaluator& ev) {
  ClassObject* str = ev.classes().str;
  ev.AddMethod(str, "split", [](Evaluator& caller, CallArgs& args) {
    return Split(caller, args, "split", /*from_right=*/false);
  });
  ev.AddMethod(str, "rsplit", [](Evaluator& caller, CallArgs& args) {
    return Split(caller, args, "rsplit", /*from_right=*/true);
  });
  ev.AddMethod(str, "splitlines", SplitLines);
  ev.AddMethod(str, "partition", [](Evaluator& caller, CallArgs& args) {
    return Partition(caller, args, "partition", /*from_right=*/false);
  });
  ev.AddMethod(str, "rpartition", [](Evaluator& caller, CallArgs& args) {
    return Partition(caller, args, "rpartition", /*from_right=*/true);
  });
}

}  // namespace graft::models::python
