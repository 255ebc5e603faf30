#include "models/file/model_file.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/pickled_module.h"
#include "models/file/printable_name.h"
#include "models/file/safetensors.h"
#include "models/file/zip_archive.h"

namespace graft::models {
namespace {

absl::Status NotAModel(absl::string_view label, const ProbeResult& probe) {
  return absl::InvalidArgumentError(
      absl::StrCat(label, ": ", probe.description, ". ", probe.next_step));
}

// ModelFile::VerifyChecksums for one file.
absl::StatusOr<bool> VerifyZipChecksums(ByteSpan bytes, absl::string_view label,
                                        const std::function<bool(ByteSpan record)>& wanted) {
  if (!absl::StartsWith(AsText(bytes), "PK")) return false;
  absl::StatusOr<ZipArchive> zip = ZipArchive::Open(bytes, label);
  if (!zip.ok()) return zip.status();
  if (!zip->has_checksums()) return false;
  for (const ZipEntry& entry : zip->entries()) {
    const bool passed_over = wanted && entry.method == ZipEntry::kStored && !entry.encrypted() &&
                             !wanted(bytes.subspan(entry.data_offset, entry.uncompressed_size));
    if (passed_over) continue;
    if (absl::Status status = zip->VerifyCrc(entry); !status.ok()) return status;
  }
  return true;
}

}  // namespace

absl::StatusOr<ModelFile> ModelFile::Open(const std::string& path) {
  absl::StatusOr<std::shared_ptr<const FileBytes>> bytes = MapFile(path);
  if (!bytes.ok()) return bytes.status();
  ProbeResult probe = Probe((*bytes)->bytes());
  if (probe.kind == FileKind::kShardedIndex) {
    ModelFile file;
    file.label_ = path;
    file.probe_ = std::move(probe);
    file.bytes_ = (*bytes)->bytes();
    file.file_ = *std::move(bytes);
    if (absl::Status status = file.OpenShards(file.bytes_); !status.ok()) return status;
    return file;
  }
  absl::StatusOr<ModelFile> file = OpenAs((*bytes)->bytes(), path, std::move(probe));
  if (file.ok()) file->file_ = *std::move(bytes);
  return file;
}

absl::StatusOr<ModelFile> ModelFile::OpenBytes(ByteSpan bytes, absl::string_view label) {
  return OpenAs(bytes, std::string(label), Probe(bytes));
}

absl::StatusOr<ModelFile> ModelFile::OpenAs(ByteSpan bytes, std::string label, ProbeResult probe) {
  ModelFile file;
  file.label_ = std::move(label);
  file.probe_ = std::move(probe);
  file.bytes_ = bytes;
  absl::Status status;
  switch (file.probe_.kind) {
    case FileKind::kTorchScript:
    case FileKind::kTorchScriptLite: {
      absl::StatusOr<TorchScriptArchive> script = TorchScriptArchive::Open(bytes, file.label_);
      if (!script.ok()) return script.status();
      file.script_ = std::make_unique<TorchScriptArchive>(*std::move(script));
      file.sources_.push_back({.path = "",
                               .module_class = file.script_->root_class(),
                               .weights = file.script_->weights()});
      break;
    }
    case FileKind::kTorchZip:
    case FileKind::kTorchLegacy: {
      absl::StatusOr<TorchFile> torch = TorchFile::Open(bytes, file.label_);
      if (!torch.ok()) return torch.status();
      file.torch_ = std::make_unique<TorchFile>(*std::move(torch));
      status = file.CollectSources();
      break;
    }
    case FileKind::kStableBaselines3:
      status = file.OpenStableBaselines(bytes);
      break;
    case FileKind::kSafetensors:
      status = file.OpenSafetensors(bytes);
      break;
    default:
      status = NotAModel(file.label_, file.probe_);
  }
  if (!status.ok()) return status;
  return file;
}

absl::Status ModelFile::CollectSources() {
  absl::StatusOr<std::vector<WeightSource>> sources = FindWeightSources(*torch(), label_);
  if (!sources.ok()) return sources.status();
  sources_ = *std::move(sources);
  if (probe_.kind != FileKind::kStableBaselines3) DescribeTorchFile();
  return absl::OkStatus();
}

// Now that the object is read, the description can say which of torch.save's kinds it is.
void ModelFile::DescribeTorchFile() {
  const PickleValues& values = torch_->values();
  const char* format = torch_->legacy() ? ", in the format before PyTorch 1.6" : "";
  if (IsPickledModule(values, values.root())) {
    probe_.description =
        absl::StrCat("a whole pickled PyTorch module of class ",
                     PrintableName(values.ClassName(values[values.root()])), format);
    probe_.next_step =
        "Running it needs the source of its classes, or save it with "
        "torch.jit.script(model).save(path).";
  } else if (torch_->objects().TensorAt(values.root()) != nullptr) {
    probe_.description = absl::StrCat("a single PyTorch tensor", format);
  } else if (sources_.size() == 1 && sources_[0].path.empty()) {
    probe_.description =
        absl::StrCat("a PyTorch state_dict: named weights without structure", format);
  } else if (!sources_.empty()) {
    probe_.description = absl::StrCat("a PyTorch checkpoint: weights beside other values", format);
  } else {
    probe_.description = absl::StrCat("a file of torch.save without weights", format);
    probe_.next_step = "There is nothing to run in it.";
  }
}

absl::Status ModelFile::OpenSafetensors(ByteSpan bytes) {
  absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(bytes, label_);
  if (!file.ok()) return file.status();
  metadata_ = file->metadata();
  WeightSource source;
  source.weights.reserve(file->tensors().size());
  for (const SafetensorsTensor& tensor : file->tensors()) {
    source.weights.push_back(WeightOf(tensor, static_cast<uint32_t>(source.weights.size())));
  }
  sources_.push_back(std::move(source));
  return absl::OkStatus();
}

absl::Status ModelFile::OpenShards(ByteSpan index) {
  absl::StatusOr<ShardedWeights> shards = OpenShardedWeights(index, label_);
  if (!shards.ok()) return shards.status();
  shards_ = std::make_unique<ShardedWeights>(*std::move(shards));
  metadata_ = shards_->metadata;
  probe_.description =
      absl::StrCat("the index of a model in ", shards_->files.size(),
                   shards_->files.size() == 1 ? " file: " : " files: ", "named weights");
  sources_.push_back({.weights = std::move(shards_->weights)});
  return absl::OkStatus();
}

absl::Status ModelFile::OpenStableBaselines(ByteSpan bytes) {
  absl::StatusOr<StableBaselinesArchive> archive = StableBaselinesArchive::Open(bytes, label_);
  if (!archive.ok()) return archive.status();
  baselines_ = std::make_unique<StableBaselinesArchive>(*std::move(archive));
  return CollectSources();
}

absl::StatusOr<const WeightSource*> ModelFile::ChooseWeights(absl::string_view from) const {
  auto names = [this] {
    return absl::StrJoin(sources_, ", ", [](std::string* out, const WeightSource& source) {
      absl::StrAppend(out, "\"", PrintableName(source.path), "\" (", source.weights.size(),
                      source.weights.size() == 1 ? " tensor)" : " tensors)");
    });
  };
  if (sources_.empty()) {
    return absl::NotFoundError(absl::StrCat(label_, ": holds no weights"));
  }
  if (from.empty()) {
    const int chosen = DefaultWeightSource(sources_);
    if (chosen >= 0) return &sources_[static_cast<size_t>(chosen)];
    return absl::FailedPreconditionError(
        absl::StrCat(label_, ": holds several sets of weights: ", names(), ". Say which is meant"));
  }
  for (const WeightSource& source : sources_) {
    if (source.path == from) return &source;
  }
  return absl::NotFoundError(
      absl::StrCat(label_, ": no weights at \"", PrintableName(from), "\"; it has ", names()));
}

const TorchFile* ModelFile::torch() const {
  return baselines_ != nullptr ? &baselines_->policy() : torch_.get();
}

uint64_t ModelFile::file_bytes() const {
  uint64_t bytes = bytes_.size();
  if (shards_ != nullptr) {
    for (const std::shared_ptr<const FileBytes>& file : shards_->files) {
      bytes += file->bytes().size();
    }
  }
  return bytes;
}

absl::StatusOr<bool> ModelFile::VerifyChecksums(
    const std::function<bool(ByteSpan record)>& wanted) const {
  if (shards_ == nullptr) return VerifyZipChecksums(bytes_, label_, wanted);
  bool verified = false;
  for (const std::shared_ptr<const FileBytes>& file : shards_->files) {
    absl::StatusOr<bool> shard = VerifyZipChecksums(file->bytes(), file->path(), wanted);
    if (!shard.ok()) return shard.status();
    verified |= *shard;
  }
  return verified;
}

absl::Status ModelFile::CheckIntact() const {
  absl::Status status = file_ != nullptr ? file_->CheckIntact() : absl::OkStatus();
  if (shards_ == nullptr) return status;
  for (const std::shared_ptr<const FileBytes>& file : shards_->files) {
    status.Update(file->CheckIntact());
  }
  return status;
}

std::shared_ptr<const void> ModelFile::Keep(const std::shared_ptr<const ModelFile>& file,
                                            ByteSpan storage) {
  const auto holds = [storage](const std::shared_ptr<const FileBytes>& bytes) {
    const ByteSpan all = bytes->bytes();
    return std::greater_equal<>()(storage.data(), all.data()) &&
           std::less_equal<>()(storage.data() + storage.size(), all.data() + all.size());
  };
  if (file->file_ != nullptr && holds(file->file_)) return file->file_->Keep(storage);
  if (file->shards_ != nullptr) {
    const auto& shards = file->shards_->files;
    const auto found = std::find_if(shards.begin(), shards.end(), holds);
    if (found != shards.end()) return (*found)->Keep(storage);
  }
  return file;  // it has unpacked them
}

absl::StatusOr<nlohmann::ordered_json> ModelFile::Tree(const ValueTreeOptions& options) const {
  if (baselines_ != nullptr) return baselines_->Tree(options);
  if (torch_ != nullptr) return ValueTree(*torch_, label_, options);
  if (sources_.empty()) return nlohmann::ordered_json::array();
  return ValueTreeOfWeights(sources_[0].weights, script_ != nullptr ? "OrderedDict" : "dict",
                            options);
}

uint64_t ModelFile::copied_bytes() const {
  if (baselines_ != nullptr) return baselines_->copied_bytes();
  if (shards_ != nullptr) return shards_->copied_bytes();
  if (torch_ != nullptr) return torch_->copied_bytes();
  return script_ != nullptr ? script_->data().copied_bytes() : 0;
}

}  // namespace graft::models
