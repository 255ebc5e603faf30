#include "models/manifest/architecture_spec.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"
#include "models/manifest/local_path.h"
#include "models/manifest/python_literal.h"

namespace graft::models {
namespace {

constexpr size_t kMaxBytes = 16 * 1024;

absl::Status Unusable(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      what,
      "; write \"net.py:Net(num_classes=10)\", or the name of an architecture of the zoo, "
      "like \"resnet50(num_classes=10)\""));
}

}  // namespace

absl::StatusOr<ArchitectureSpec> ParseArchitecture(absl::string_view text,
                                                   absl::string_view directory) {
  constexpr absl::string_view kFileEnd = ".py:";
  text = absl::StripAsciiWhitespace(text);
  if (text.size() > kMaxBytes) return Unusable("is longer than 16 KiB");
  ArchitectureSpec spec;
  if (text == "mlp") {
    spec.kind = ArchitectureSpec::Kind::kMlp;
    return spec;
  }
  // Behind the first parenthesis a colon belongs to the expression.
  const absl::string_view head = text.substr(0, text.find('('));
  if (const size_t end = head.find(kFileEnd); end != absl::string_view::npos) {
    spec.source = std::string(text.substr(0, end + kFileEnd.size() - 1));
    spec.expression = std::string(absl::StripAsciiWhitespace(text.substr(end + kFileEnd.size())));
    if (spec.expression.empty()) return Unusable("names a file, but no class in it");
    absl::StatusOr<std::string> path = LocalPath(spec.source, directory);
    if (!path.ok()) return path.status();
    spec.source_path = *std::move(path);
    return spec;
  }
  if (absl::EndsWith(text, ".py")) return Unusable("names a file, but no class in it");
  if (absl::StrContains(head, ':')) {
    return Unusable("has something before the colon that is no file ending in .py");
  }
  if (!IsPythonIdentifier(head) || (head.size() < text.size() && text.back() != ')')) {
    return Unusable(absl::StrCat("\"", PrintableName(text), "\" names no architecture"));
  }
  spec.kind = ArchitectureSpec::Kind::kZoo;
  spec.expression = std::string(text);
  return spec;
}

}  // namespace graft::models
