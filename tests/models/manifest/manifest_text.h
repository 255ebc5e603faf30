// A manifest with a few keys more than the least one, for tests of those keys.
//
//   Parsed(R"("seed": 3)")->seed;         // of {"graft": 1, "source": "m.pt", "seed": 3}
//   Mistakes(R"("seed": -1)");            // what is wrong with it, or "none"
#ifndef GRAFT_TESTS_MODELS_MANIFEST_MANIFEST_TEXT_H_
#define GRAFT_TESTS_MODELS_MANIFEST_MANIFEST_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/manifest/manifest.h"

namespace graft::models {

// walker.json in the directory "models".
inline absl::StatusOr<Manifest> Parsed(absl::string_view more) {
  return ParseManifest(
      absl::StrCat("{\"graft\": 1, \"source\": \"m.pt\"", more.empty() ? "" : ", ", more, "}"),
      "walker.json", "models");
}

inline std::string Mistakes(absl::string_view more) {
  const absl::StatusOr<Manifest> manifest = Parsed(more);
  return manifest.ok() ? "none" : std::string(manifest.status().message());
}

}  // namespace graft::models

#endif  // GRAFT_TESTS_MODELS_MANIFEST_MANIFEST_TEXT_H_
