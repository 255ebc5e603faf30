#include "models/file/model_file.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/bounded_json.h"
#include "models/file/pickled_module.h"
#include "models/file/printable_name.h"
#include "models/file/safetensors.h"
#include "models/file/zip_archive.h"

namespace graft::models {
namespace {

constexpr size_t kMaxShards = 10'000;

absl::Status NotAModel(absl::string_view label, const ProbeResult& probe) {
  return absl::InvalidArgumentError(
      absl::StrCat(label, ": ", probe.description, ". ", probe.next_step));
}

std::string DirectoryOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

// A shard's name is a file beside the index: an index must not reach elsewhere.
bool IsPlainFileName(absl::string_view name) {
  return !name.empty() && name != "." && name != ".." && !absl::StrContains(name, "/") &&
         !absl::StrContains(name, absl::string_view("\0", 1));
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
    file.files_.push_back(*bytes);
    if (absl::Status status = file.OpenShards((*bytes)->bytes()); !status.ok()) return status;
    return file;
  }
  absl::StatusOr<ModelFile> file = OpenAs((*bytes)->bytes(), path, std::move(probe));
  if (file.ok()) file->files_.push_back(*std::move(bytes));
  return file;
}

absl::StatusOr<ModelFile> ModelFile::OpenBytes(ByteSpan bytes, absl::string_view label) {
  return OpenAs(bytes, std::string(label), Probe(bytes));
}

absl::StatusOr<ModelFile> ModelFile::OpenAs(ByteSpan bytes, std::string label, ProbeResult probe) {
  ModelFile file;
  file.label_ = std::move(label);
  file.probe_ = std::move(probe);
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
  absl::StatusOr<std::vector<WeightSource>> sources = FindWeightSources(*torch_, label_);
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

// {"metadata": {...}, "weight_map": {"name": "model-00001-of-00002.safetensors", ...}}
absl::Status ModelFile::OpenShards(ByteSpan index) {
  auto error = [this](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(label_, ": shard index: ", what));
  };
  absl::StatusOr<nlohmann::json> document = ParseBoundedJson(AsText(index), label_);
  if (!document.ok()) return document.status();
  const auto map = document->find("weight_map");
  if (map == document->end() || !map->is_object()) return error("\"weight_map\" is no object");
  // Weights in the order of the shards' names, each shard in its own order.
  std::map<std::string, std::vector<std::string>> names_by_shard;
  for (const auto& [name, shard] : map->items()) {
    if (!shard.is_string() || !IsPlainFileName(shard.get<std::string>())) {
      return error(
          absl::StrCat("weight \"", PrintableName(name), "\" must name a file beside the index"));
    }
    names_by_shard[shard.get<std::string>()].push_back(name);
  }
  if (names_by_shard.size() > kMaxShards) return error("more than 10000 shards");
  WeightSource source;
  for (const auto& [shard, names] : names_by_shard) {
    const std::string path = absl::StrCat(DirectoryOf(label_), shard);
    absl::StatusOr<std::shared_ptr<const FileBytes>> bytes = MapFile(path);
    if (!bytes.ok()) return bytes.status();
    files_.push_back(*bytes);
    if (Probe((*bytes)->bytes()).kind != FileKind::kSafetensors) {
      return error(absl::StrCat("shard ", path, " is no safetensors file"));
    }
    absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open((*bytes)->bytes(), path);
    if (!file.ok()) return file.status();
    for (const std::string& name : names) {
      if (file->Find(name) == nullptr) {
        return error(absl::StrCat("weight \"", PrintableName(name), "\" is not in ", path));
      }
    }
    for (const SafetensorsTensor& tensor : file->tensors()) {
      const auto owner = map->find(tensor.name);
      if (owner != map->end() && *owner == shard) {
        source.weights.push_back(WeightOf(tensor, static_cast<uint32_t>(source.weights.size())));
      }
    }
    if (metadata_.empty()) metadata_ = file->metadata();
  }
  sources_.push_back(std::move(source));
  return absl::OkStatus();
}

// The policy's weights are a torch file within the zip.
absl::Status ModelFile::OpenStableBaselines(ByteSpan bytes) {
  absl::StatusOr<ZipArchive> zip = ZipArchive::Open(bytes, label_);
  if (!zip.ok()) return zip.status();
  const ZipEntry* policy = zip->Find("policy.pth");
  if (policy == nullptr) return absl::NotFoundError(absl::StrCat(label_, ": no policy.pth inside"));
  ByteSpan inner;
  if (policy->method == ZipEntry::kStored && !policy->encrypted()) {
    absl::StatusOr<ByteSpan> stored = zip->Stored(*policy);
    if (!stored.ok()) return stored.status();
    inner = *stored;
  } else {
    absl::StatusOr<std::vector<uint8_t>> inflated =
        zip->Inflate(*policy, (uint64_t{64} << 20) + 32 * bytes.size());
    if (!inflated.ok()) return inflated.status();
    inner_ = std::make_unique<std::vector<uint8_t>>(*std::move(inflated));
    inner = *inner_;
  }
  absl::StatusOr<TorchFile> torch = TorchFile::Open(inner, absl::StrCat(label_, ": policy.pth"));
  if (!torch.ok()) return torch.status();
  torch_ = std::make_unique<TorchFile>(*std::move(torch));
  return CollectSources();
}

absl::StatusOr<const WeightSource*> ModelFile::ChooseWeights(absl::string_view from) const {
  auto names = [this] {
    return absl::StrJoin(sources_, ", ", [](std::string* out, const WeightSource& source) {
      absl::StrAppend(out, "\"", PrintableName(source.path), "\" (", source.weights.size(),
                      " tensors)");
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

uint64_t ModelFile::file_bytes() const {
  uint64_t bytes = 0;
  for (const std::shared_ptr<const FileBytes>& file : files_) bytes += file->bytes().size();
  return bytes;
}

absl::StatusOr<nlohmann::ordered_json> ModelFile::Tree(const ValueTreeOptions& options) const {
  if (torch_ != nullptr) return ValueTree(*torch_, label_, options);
  if (sources_.empty()) return nlohmann::ordered_json::array();
  return ValueTreeOfWeights(sources_[0].weights, script_ != nullptr ? "OrderedDict" : "dict",
                            options);
}

uint64_t ModelFile::copied_bytes() const {
  if (torch_ != nullptr) return torch_->copied_bytes();
  return script_ != nullptr ? script_->data().copied_bytes() : 0;
}

}  // namespace graft::models
