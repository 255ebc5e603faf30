#include "models/python/regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

constexpr size_t kMaxPatternBytes = 4096;

std::unique_ptr<RE2> Compile(Evaluator& ev, const std::string& pattern) {
  if (pattern.size() > kMaxPatternBytes) ev.RaiseNotSupported("a regular expression this long");
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_unique<RE2>(pattern, options);
  if (!compiled->ok()) {
    ev.RaiseNotSupported(
        absl::StrCat("the regular expression \"", pattern, "\" (", compiled->error(), ")"),
        "a pattern without look-around and back-references, which matches what stands around, too, "
        "and takes the part by a group");
  }
  return compiled;
}

}  // namespace

Value RegexFind(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "regex_find", args, {"pattern", "text", "start", "anchor"}, 4);
  const std::unique_ptr<RE2> pattern = Compile(ev, ev.ToText(a[0], "pattern"));
  const std::string text = ev.ToText(a[1], "string");
  if (std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; })) {
    ev.RaiseNotSupported("a regular expression on text beyond ASCII");
  }
  // RE2 takes time by the size of the text times, at worst, that of the program.
  constexpr size_t kWorkPerStep = 64;
  ev.Step(static_cast<int64_t>(1 + text.size() * (4 + static_cast<size_t>(pattern->ProgramSize())) /
                                       kWorkPerStep));
  const auto start = static_cast<size_t>(
      std::clamp<int64_t>(ev.ToInt(a[2], "pos"), 0, static_cast<int64_t>(text.size())));
  const std::string anchor = ev.ToText(a[3], "anchor");
  const RE2::Anchor where = anchor == "both"    ? RE2::ANCHOR_BOTH
                            : anchor == "start" ? RE2::ANCHOR_START
                                                : RE2::UNANCHORED;
  std::vector<re2::StringPiece> groups(static_cast<size_t>(pattern->NumberOfCapturingGroups()) + 1);
  if (!pattern->Match(text, start, text.size(), where, groups.data(),
                      static_cast<int>(groups.size()))) {
    return Value::None();
  }
  std::vector<Value> spans;
  for (const re2::StringPiece& group : groups) {
    if (group.data() == nullptr) {
      spans.push_back(Value::None());
      continue;
    }
    const int64_t begin = group.data() - text.data();
    spans.push_back(
        ev.Tuple({Value::Int(begin), Value::Int(begin + static_cast<int64_t>(group.size()))}));
  }
  return ev.List(std::move(spans));
}

Value RegexGroups(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "regex_groups", args, {"pattern"}, 1);
  const std::unique_ptr<RE2> pattern = Compile(ev, ev.ToText(a[0], "pattern"));
  DictObject* names = ev.Dict();
  for (const auto& [name, number] : pattern->NamedCapturingGroups()) {
    names->Set(ev, name, Value::Int(number));
  }
  return ev.Tuple({Value::Int(pattern->NumberOfCapturingGroups()), names});
}

}  // namespace graft::models::python
