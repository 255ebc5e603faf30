#include "models/binding/key_rename.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"
#include "re2/re2.h"

namespace graft::models {
namespace {

constexpr int64_t kMaxCompiledBytes = 1 << 20;

re2::RE2::Options Options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxCompiledBytes);
  return options;
}

absl::Status PatternError(absl::string_view pattern, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the regular expression \"", PrintableName(pattern), "\" ", what));
}

}  // namespace

absl::StatusOr<KeyRename> KeyRename::Compile(absl::string_view pattern,
                                             absl::string_view replacement) {
  if (pattern.empty()) return PatternError(pattern, "is empty and would match everywhere");
  if (pattern.size() > kMaxPatternBytes) return PatternError(pattern, "is longer than 1024 bytes");
  if (replacement.size() > kMaxReplacementBytes) {
    return PatternError(pattern, "has a replacement longer than 256 bytes");
  }
  KeyRename rename;
  rename.pattern_ = std::string(pattern);
  rename.replacement_ = std::string(replacement);
  const auto compiled = std::make_shared<const re2::RE2>(rename.pattern_, Options());
  if (!compiled->ok()) {
    return PatternError(
        pattern, absl::StrCat("cannot be used: ", PrintableName(compiled->error()),
                              ". The syntax is RE2's: look-around and back-references are not "
                              "in it"));
  }
  std::string problem;
  if (!compiled->CheckRewriteString(rename.replacement_, &problem)) {
    return PatternError(
        pattern, absl::StrCat("cannot be replaced by \"", PrintableName(replacement),
                              "\": ", PrintableName(problem), ". Groups are named \\1 to \\9"));
  }
  rename.compiled_ = compiled;
  return rename;
}

std::string KeyRename::Apply(absl::string_view key) const {
  std::string name(key);
  if (key.size() <= kMaxKeyBytes) re2::RE2::GlobalReplace(&name, *compiled_, replacement_);
  return name;
}

}  // namespace graft::models
