#include "models/binding/wrapper_prefix.h"

#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

constexpr absl::string_view kDataParallel = "module";

// Names that PyTorch made for its wrappers alone.
bool IsReserved(absl::string_view level) {
  return level == "_orig_mod" || level == "_fsdp_wrapped_module" ||
         level == "_checkpoint_wrapped_module";
}

std::string WithoutLevels(absl::string_view key, bool (*left_out)(absl::string_view)) {
  std::string name;
  for (size_t dot = key.find('.'); dot != absl::string_view::npos; dot = key.find('.')) {
    if (!left_out(key.substr(0, dot))) absl::StrAppend(&name, key.substr(0, dot + 1));
    key.remove_prefix(dot + 1);
  }
  return absl::StrCat(name, key);
}

}  // namespace

absl::string_view LeadingWrappers(absl::string_view key) {
  size_t end = 0;
  for (size_t dot = key.find('.'); dot != absl::string_view::npos; dot = key.find('.', end)) {
    const absl::string_view level = key.substr(end, dot - end);
    if (level != kDataParallel && !IsReserved(level)) break;
    end = dot + 1;
  }
  return key.substr(0, end);
}

std::string WithoutWrappers(absl::string_view key) {
  return WithoutLevels(key.substr(LeadingWrappers(key).size()), IsReserved);
}

std::string WithoutWrappersOfParts(absl::string_view key) {
  return WithoutLevels(
      key, [](absl::string_view level) { return level == kDataParallel || IsReserved(level); });
}

bool IsAveragingCounter(absl::string_view key) { return key == "n_averaged"; }

}  // namespace graft::models
