#include "models/file/printable_name.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace graft::models {

std::string PrintableName(absl::string_view name) {
  constexpr size_t kMax = 120;
  // Quotes need no escape where nothing parses the message.
  std::string text = absl::StrReplaceAll(absl::Utf8SafeCHexEscape(name.substr(0, kMax)),
                                         {{"\\\"", "\""}, {"\\'", "'"}});
  if (name.size() <= kMax) return text;
  return absl::StrCat(text, "... (", name.size(), " bytes)");
}

}  // namespace graft::models
