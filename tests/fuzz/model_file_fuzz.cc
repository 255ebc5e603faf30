// Any bytes as a model file of any kind (legacy and zip files of torch.save, TorchScript,
// safetensors, Stable-Baselines3 ...): probed, opened, verified, and written out as a tree with
// every element hashed.
#include "models/file/model_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::ByteSpan;
  using graft::models::CompletenessOfFile;
  using graft::models::ModelFile;
  const ByteSpan bytes(data, size);
  CompletenessOfFile(bytes);
  absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(bytes, "fuzz");
  if (!file.ok()) return 0;
  file->ChooseWeights("").status().IgnoreError();
  file->VerifyChecksums().status().IgnoreError();
  constexpr size_t kEntries = 2000;
  absl::StatusOr<nlohmann::ordered_json> tree =
      file->Tree({.hash = size < 65536, .max_entries = kEntries});
  if (tree.ok()) tree->dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return 0;
}
