#include "models/file/printable_name.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace graft::models {

std::string PrintableName(absl::string_view name) {
  constexpr size_t kMax = 120;
  if (name.size() <= kMax) return absl::Utf8SafeCHexEscape(name);
  return absl::StrCat(absl::Utf8SafeCHexEscape(name.substr(0, kMax)), "... (", name.size(),
                      " bytes)");
}

}  // namespace graft::models
