// Any bytes as a manifest.
#include "models/manifest/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  graft::models::ParseManifest(text, "fuzz.json", "models").status().IgnoreError();
  return 0;
}
