// A model file of any kind that Graft reads, opened by what it is.
//
//   absl::StatusOr<ModelFile> file = ModelFile::Open("checkpoint.pt");
//   absl::StatusOr<const WeightSource*> weights = file->ChooseWeights("");   // or
//   "model_state_dict" for (const Weight& w : (*weights)->weights) ...
//
// TorchScript, torch.save in all its forms, safetensors, models in several of these by their index,
// Stable-Baselines3 zips. What is no model is refused with what it is and what to do (probe.h).
//
// Opening checks everything that the file says about itself and reads no weight. So it is fast, and
// it does not compare the contents of zip records with their CRC-32, as PyTorch never does. Whoever
// reads all weights anyhow calls VerifyChecksums first: it costs one pass over the file.
//
// Threads: immutable once open; any thread. Opening blocks for the file system.
// Ownership: owns the files' bytes; weights point into them and are valid while the ModelFile
// lives, or what Keep gave for them.
#ifndef GRAFT_MODELS_FILE_MODEL_FILE_H_
#define GRAFT_MODELS_FILE_MODEL_FILE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/file_bytes.h"
#include "models/file/probe.h"
#include "models/file/safetensors.h"
#include "models/file/sharded_weights.h"
#include "models/file/stable_baselines.h"
#include "models/file/torch_file.h"
#include "models/file/torchscript_archive.h"
#include "models/file/value_tree.h"
#include "models/file/weight_sources.h"
#include "models/file/weight_table.h"

namespace graft::models {

class ModelFile {
 public:
  // Errors: those of MapFile and the readers; kInvalidArgument for what is no model.
  static absl::StatusOr<ModelFile> Open(const std::string& path);

  // From bytes in memory; `label` names them in errors. Sharded indexes are refused: their files
  // are not in it.
  static absl::StatusOr<ModelFile> OpenBytes(ByteSpan bytes, absl::string_view label);

  const ProbeResult& probe() const { return probe_; }
  const std::string& label() const { return label_; }
  uint64_t file_bytes() const;  // of all shards too

  // Compares every record of a zip file, or of all zip shards, with its CRC-32; with `wanted`, only
  // those for whose stored contents it is true, and all compressed ones. True: all agree.
  // False: there are no checksums (safetensors, the legacy format, and what
  // torch.serialization.set_crc32_options(False) wrote). Errors: kDataLoss, naming the first record
  // that differs: the file is damaged, or was patched by somebody who knew that PyTorch does not
  // look. kInvalidArgument for a record that cannot be read.
  absl::StatusOr<bool> VerifyChecksums(
      const std::function<bool(ByteSpan record)>& wanted = nullptr) const;

  // FileBytes::CheckIntact of all its files. Ask after the last look at weights that are copied or
  // checked while loading.
  absl::Status CheckIntact() const;

  // Keeps the bytes of a weight valid when the ModelFile has gone: only those, where they lie in a
  // mapped file (FileBytes::Keep), else all of `file`.
  static std::shared_ptr<const void> Keep(const std::shared_ptr<const ModelFile>& file,
                                          ByteSpan storage);

  // In the order of the file, optimizers' state left out.
  const std::vector<WeightSource>& weight_sources() const { return sources_; }

  // The weights at `from`, or, when that is empty, the file's only ones or those under a name that
  // can only mean the model ("model_state_dict" beside "ema"). Errors: kNotFound (nothing at
  // `from`, no weights at all), kFailedPrecondition (several: their names; say which).
  absl::StatusOr<const WeightSource*> ChooseWeights(absl::string_view from) const;

  // The pickled object of torch.save files and Stable-Baselines3's policy, or nullptr.
  const TorchFile* torch() const;
  const TorchScriptArchive* torchscript() const { return script_.get(); }
  // "__metadata__" of safetensors, or of the first shard.
  const SafetensorsMetadata& metadata() const { return metadata_; }

  // What the file holds (docs/formats.md).
  absl::StatusOr<nlohmann::ordered_json> Tree(const ValueTreeOptions& options) const;

  // Bytes of weights that could not be used in place.
  uint64_t copied_bytes() const;

 private:
  ModelFile() = default;
  static absl::StatusOr<ModelFile> OpenAs(ByteSpan bytes, std::string label, ProbeResult probe);
  absl::Status OpenSafetensors(ByteSpan bytes);
  absl::Status OpenShards(ByteSpan index);
  absl::Status OpenStableBaselines(ByteSpan bytes);
  absl::Status CollectSources();
  void DescribeTorchFile();

  std::string label_;
  ProbeResult probe_;
  std::shared_ptr<const FileBytes> file_;  // nullptr when the caller keeps the bytes
  ByteSpan bytes_;
  // One of these, by kind; none for a single safetensors file.
  std::unique_ptr<TorchFile> torch_;
  std::unique_ptr<TorchScriptArchive> script_;
  std::unique_ptr<StableBaselinesArchive> baselines_;
  std::unique_ptr<ShardedWeights> shards_;
  SafetensorsMetadata metadata_;
  std::vector<WeightSource> sources_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_MODEL_FILE_H_
