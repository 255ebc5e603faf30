// A model in several files, by the index that names them: the *.index.json of Hugging Face.
//
//   absl::StatusOr<ShardedWeights> model = OpenShardedWeights(index_bytes, "m/model.safetensors"
//                                                             ".index.json");
//   for (const Weight& weight : model->weights) ...
//
// {"metadata": {...}, "weight_map": {"fc.weight": "model-00001-of-00002.safetensors", ...}}: the
// shards are safetensors files or files of torch.save ("pytorch_model-00001-of-00002.bin"), in any
// mixture. They lie beside the index: it cannot name a file anywhere else.
//
// Threads: a free function without state; it blocks for the file system.
// Ownership: the weights point into `files` and `torch_files`.
#ifndef GRAFT_MODELS_FILE_SHARDED_WEIGHTS_H_
#define GRAFT_MODELS_FILE_SHARDED_WEIGHTS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/file/byte_span.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "models/file/torch_file.h"
#include "models/file/weight_table.h"

namespace graft::models {

struct ShardedWeights {
  std::vector<std::shared_ptr<const FileBytes>> files = {};
  std::vector<std::unique_ptr<TorchFile>> torch_files = {};  // of the shards of torch.save
  SafetensorsMetadata metadata = {};                         // of the first shard that has any
  // In the order of the shards' names, each shard in its own order. Weights are tied within a
  // shard only: two files share no storage.
  WeightTable weights = {};

  uint64_t copied_bytes() const;
};

// Errors: those of MapFile and of the shards' readers; kInvalidArgument (an index of another form,
// a name that is no plain file name, a shard of another kind, a weight that its shard lacks).
absl::StatusOr<ShardedWeights> OpenShardedWeights(ByteSpan index, const std::string& index_path);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_SHARDED_WEIGHTS_H_
