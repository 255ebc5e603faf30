#include "models/manifest/local_path.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"

namespace graft::models {

absl::StatusOr<std::string> LocalPath(absl::string_view written, absl::string_view directory) {
  if (written.empty()) return absl::InvalidArgumentError("is empty; name a file or directory");
  if (absl::StrContains(written, absl::string_view("\0", 1))) {
    return absl::InvalidArgumentError("must not contain a NUL character");
  }
  if (absl::StrContains(written, "://")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected the path of a local file or directory, found \"", PrintableName(written), "\""));
  }
  if (written[0] == '/' || directory.empty()) return std::string(written);
  return absl::StrCat(directory, "/", written);
}

}  // namespace graft::models
