#include "models/binding/name_pattern.h"

#include <algorithm>
#include <bitset>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

// nullptr when `text` serves as a pattern, else what is wrong with it.
const char* PatternProblem(absl::string_view text) {
  if (text.empty()) return "is empty; \"**\" stands for every name";
  if (text.size() > NamePattern::kMaxBytes) return "is longer than 256 bytes";
  if (absl::StrContains(text, "***")) return "has more than two stars in a row";
  if (text.front() == '.' || text.back() == '.' || absl::StrContains(text, "..")) {
    return "has an empty level; names are levels joined by single dots, like \"layer1.0.conv1\"";
  }
  for (const char c : text) {
    if (absl::string_view("[]{}\\,/|()").find(c) != absl::string_view::npos) {
      return "is no pattern of names: \"*\", \"?\" and \"**\" are special, brackets, braces and "
             "slashes are not in it; give several patterns instead of alternatives";
    }
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) {
      return "has a blank or a control character in it";
    }
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<NamePattern> NamePattern::Parse(absl::string_view text) {
  if (const char* problem = PatternProblem(text)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the pattern \"", PrintableName(text), "\" ", problem));
  }
  NamePattern pattern;
  pattern.text_ = std::string(text);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "**") {
      const bool whole_level = (i == 0 || text[i - 1] == '.') && text.substr(i + 2, 1) == ".";
      if (whole_level) pattern.steps_.push_back({.kind = Step::Kind::kMaybeNoLevel});
      pattern.steps_.push_back({.kind = Step::Kind::kSome});
      ++i;
    } else if (text[i] == '*') {
      pattern.steps_.push_back({.kind = Step::Kind::kSomeOfLevel});
    } else if (text[i] == '?') {
      pattern.steps_.push_back({.kind = Step::Kind::kOneOfLevel});
    } else {
      pattern.steps_.push_back({.kind = Step::Kind::kCharacter, .character = text[i]});
    }
  }
  return pattern;
}

// All the places in the pattern that the characters so far may have led to are followed at once
// (Thompson's simulation), so no input makes it try one way after another.
bool NamePattern::Run(absl::string_view name, bool or_a_level_above) const {
  // No pattern has more steps than bytes.
  std::bitset<kMaxBytes + 1> at;
  const size_t end = steps_.size();
  auto pass_what_may_be_nothing = [this, &at, end] {
    for (size_t i = 0; i < end; ++i) {
      if (!at[i]) continue;
      const Step::Kind kind = steps_[i].kind;
      if (kind == Step::Kind::kSome || kind == Step::Kind::kSomeOfLevel) at.set(i + 1);
      if (kind == Step::Kind::kMaybeNoLevel) at.set(i + 1).set(i + 3);
    }
  };
  at.set(0);
  pass_what_may_be_nothing();
  for (const char c : name) {
    if (or_a_level_above && c == '.' && at[end]) return true;
    std::bitset<kMaxBytes + 1> next;
    for (size_t i = 0; i < end; ++i) {
      if (!at[i]) continue;
      switch (steps_[i].kind) {
        case Step::Kind::kCharacter:
          if (c == steps_[i].character) next.set(i + 1);
          break;
        case Step::Kind::kOneOfLevel:
          if (c != '.') next.set(i + 1);
          break;
        case Step::Kind::kSomeOfLevel:
          if (c != '.') next.set(i);
          break;
        case Step::Kind::kSome:
          next.set(i);
          break;
        case Step::Kind::kMaybeNoLevel:
          break;
      }
    }
    if (next.none()) return false;
    at = next;
    pass_what_may_be_nothing();
  }
  return at[end];
}

bool AnyCovers(absl::Span<const NamePattern> patterns, absl::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](const NamePattern& pattern) { return pattern.Covers(name); });
}

}  // namespace graft::models
