#include "models/file/sharded_weights.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/bounded_json.h"
#include "models/file/inflate_allowance.h"
#include "models/file/printable_name.h"
#include "models/file/probe.h"
#include "models/file/weight_sources.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

constexpr size_t kMaxShards = 10'000;

using NamesByShard = std::map<std::string, std::vector<std::string>>;

std::string DirectoryOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

bool IsPlainFileName(absl::string_view name) {
  return !name.empty() && name != "." && name != ".." && !absl::StrContains(name, "/") &&
         !absl::StrContains(name, absl::string_view("\0", 1));
}

// What the shards may unpack to, all together.
uint64_t CopyAllowance(const ShardedWeights& model) {
  uint64_t bytes = 0;
  for (const std::shared_ptr<const FileBytes>& file : model.files) bytes += file->bytes().size();
  return InflateAllowance(bytes);
}

absl::Status IndexError(absl::string_view index_path, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(index_path, ": shard index: ", what));
}

absl::StatusOr<NamesByShard> ReadIndex(ByteSpan index, absl::string_view index_path) {
  absl::StatusOr<nlohmann::json> document = ParseBoundedJson(AsText(index), index_path);
  if (!document.ok()) return document.status();
  const auto map = document->find("weight_map");
  if (map == document->end() || !map->is_object()) {
    return IndexError(index_path, "\"weight_map\" is no object");
  }
  NamesByShard shards;
  for (const auto& [name, shard] : map->items()) {
    if (!shard.is_string() || !IsPlainFileName(shard.get<std::string>())) {
      return IndexError(index_path, absl::StrCat("weight \"", PrintableName(name),
                                                 "\" must name a file beside the index"));
    }
    shards[shard.get<std::string>()].push_back(name);
  }
  if (shards.size() > kMaxShards) {
    return IndexError(index_path, absl::StrCat("more than ", kMaxShards, " shards"));
  }
  return shards;
}

// All weights of one shard, with storages numbered from 0. What they point into joins `model`.
absl::StatusOr<WeightTable> ReadShard(const std::string& path, absl::string_view index_path,
                                      ShardedWeights* model) {
  absl::StatusOr<std::shared_ptr<const FileBytes>> file = MapFile(path);
  if (!file.ok()) return file.status();
  const ByteSpan bytes = (*file)->bytes();
  model->files.push_back(*std::move(file));
  const ProbeResult probe = Probe(bytes);
  switch (probe.kind) {
    case FileKind::kSafetensors: {
      absl::StatusOr<SafetensorsFile> shard = SafetensorsFile::Open(bytes, path);
      if (!shard.ok()) return shard.status();
      if (model->metadata.empty()) model->metadata = shard->metadata();
      WeightTable weights;
      for (const SafetensorsTensor& tensor : shard->tensors()) {
        weights.push_back(WeightOf(tensor, static_cast<uint32_t>(weights.size())));
      }
      return weights;
    }
    case FileKind::kTorchZip:
    case FileKind::kTorchLegacy: {
      absl::StatusOr<TorchFile> shard = TorchFile::Open(bytes, path);
      if (!shard.ok()) return shard.status();
      absl::StatusOr<std::vector<WeightSource>> sources = FindWeightSources(*shard, path);
      if (!sources.ok()) return sources.status();
      if (sources->size() != 1 || !sources->front().path.empty()) {
        return IndexError(index_path, absl::StrCat("shard ", path, " is no plain state_dict"));
      }
      model->torch_files.push_back(std::make_unique<TorchFile>(*std::move(shard)));
      return std::move(sources->front().weights);
    }
    default:
      return IndexError(index_path,
                        absl::StrCat("shard ", path, " is ", probe.description,
                                     "; expected safetensors or a state_dict of torch.save"));
  }
}

}  // namespace

uint64_t ShardedWeights::copied_bytes() const {
  uint64_t bytes = 0;
  for (const std::unique_ptr<TorchFile>& file : torch_files) bytes += file->copied_bytes();
  return bytes;
}

absl::StatusOr<ShardedWeights> OpenShardedWeights(ByteSpan index, const std::string& index_path) {
  absl::StatusOr<NamesByShard> shards = ReadIndex(index, index_path);
  if (!shards.ok()) return shards.status();
  ShardedWeights model;
  uint32_t first_storage = 0;
  for (const auto& [shard, names] : *shards) {
    const std::string path = absl::StrCat(DirectoryOf(index_path), shard);
    absl::StatusOr<WeightTable> weights = ReadShard(path, index_path, &model);
    if (!weights.ok()) return weights.status();
    if (model.copied_bytes() > CopyAllowance(model)) {
      return absl::ResourceExhaustedError(
          absl::StrCat(index_path, ": its shards up to ", PrintableName(shard), " unpack to ",
                       model.copied_bytes(), " bytes, far more than they have"));
    }
    absl::flat_hash_set<absl::string_view> missing(names.begin(), names.end());
    uint32_t storages = 0;
    for (Weight& weight : *weights) {
      storages = std::max(storages, weight.storage_id + 1);
      // A weight that the index places elsewhere, or nowhere, is left out.
      if (missing.erase(weight.name) == 0) continue;
      weight.storage_id += first_storage;
      model.weights.push_back(std::move(weight));
    }
    if (!missing.empty()) {
      return IndexError(index_path, absl::StrCat("weight \"", PrintableName(*missing.begin()),
                                                 "\" is not in ", path));
    }
    first_storage += storages;
  }
  return model;
}

}  // namespace graft::models
