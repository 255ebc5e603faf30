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

std::string PrintableText(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out.append("\\n");
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppend(&out, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace graft::models
