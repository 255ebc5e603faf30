#include "models/file/torchscript_archive.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "models/file/printable_name.h"
#include "models/file/zip_archive.h"

namespace graft::models {
namespace {

constexpr uint64_t kMaxCodeBytes = uint64_t{64} << 20;
constexpr int kMaxDepth = 200;
constexpr size_t kMaxWeights = 1'000'000;

// "__torch__.a.b" of "walker/code/__torch__/a/b.py"; "" for other records.
std::string ModuleOfRecord(absl::string_view name, absl::string_view root) {
  if (!absl::ConsumePrefix(&name, root) || !absl::ConsumePrefix(&name, "code/") ||
      !absl::ConsumeSuffix(&name, ".py")) {
    return "";
  }
  return absl::StrReplaceAll(name, {{"/", "."}});
}

// The strings in ["weight", "bias", ].
std::vector<std::string> StringsIn(absl::string_view list) {
  std::vector<std::string> out;
  const std::vector<absl::string_view> parts = absl::StrSplit(list, '"');
  for (size_t i = 1; i + 1 < parts.size(); i += 2) out.emplace_back(parts[i]);
  return out;
}

// Compresses runs of white space, and leaves out the type of self.
std::string TidySignature(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!absl::ascii_isspace(c)) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  const size_t self = out.find("(self: ");
  if (self != std::string::npos) {
    const size_t end = out.find_first_of(",)", self);
    if (end != std::string::npos) out.erase(self + 5, end - self - 5);
  }
  absl::StripTrailingAsciiWhitespace(&out);
  return out;
}

}  // namespace

absl::Status TorchScriptArchive::ReadCode(const ZipArchive& zip) {
  uint64_t allowance = kMaxCodeBytes;
  for (const ZipEntry& entry : zip.entries()) {
    const std::string module = ModuleOfRecord(entry.name, zip.RootFolder());
    if (module.empty()) continue;
    absl::StatusOr<std::vector<uint8_t>> code = zip.Inflate(entry, allowance);
    if (!code.ok()) return code.status();
    allowance -= code->size();
    absl::string_view rest = AsText(*code);
    ClassInfo* current = nullptr;
    while (!rest.empty()) {
      const absl::string_view line = rest.substr(0, rest.find('\n'));
      absl::string_view body = line;
      if (absl::ConsumePrefix(&body, "class ")) {
        const absl::string_view name = body.substr(0, body.find_first_of("(:"));
        current = &classes_[absl::StrCat(module, ".", name)];
      } else if (current != nullptr && absl::ConsumePrefix(&body, "  __parameters__ = ")) {
        current->parameters = StringsIn(body);
      } else if (current != nullptr && absl::ConsumePrefix(&body, "  __buffers__ = ")) {
        current->buffers = StringsIn(body);
      } else if (current != nullptr && absl::StartsWith(body, "  def ")) {
        // Up to the colon at the end of a line: the arguments may be spread over several.
        const absl::string_view signature = rest.substr(6, rest.find(":\n") - 6);
        constexpr size_t kMaxSignature = 10'000;
        current->methods.push_back(TidySignature(signature.substr(0, kMaxSignature)));
      }
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }
  return absl::OkStatus();
}

absl::Status TorchScriptArchive::CollectWeights(absl::string_view label) {
  struct Pending {
    ValueId id;
    std::string prefix;
    int depth;
  };
  const PickleValues& values = data_->values();
  for (ValueId id = 0; id < values.size(); ++id) {
    if (values[id].kind != PickleKind::kObject) continue;
    const absl::string_view type = values.ClassName(values[id]);
    if (absl::StartsWith(type, "__torch__.") &&
        !absl::StartsWith(type, "__torch__.torch.classes.") &&
        !classes_.contains(std::string(type))) {
      return absl::InvalidArgumentError(
          absl::StrCat(label, ": holds an object of class ", PrintableName(type),
                       ", whose code is missing: the archive is incomplete"));
    }
  }
  std::vector<Pending> pending = {{values.root(), "", 0}};
  while (!pending.empty()) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    const PickleValue& object = values[next.id];
    const PickleValue& state = values[values.object(object).state];
    const auto info = classes_.find(std::string(values.ClassName(object)));
    if (info == classes_.end() || state.kind != PickleKind::kDict) continue;
    if (next.depth > kMaxDepth || weights_.size() > kMaxWeights || pending.size() > kMaxWeights) {
      return absl::InvalidArgumentError(absl::StrCat(label, ": modules nested without end at \"",
                                                     PrintableName(next.prefix), "\""));
    }
    const auto attributes = values.Entries(state);
    for (const std::vector<std::string>* part : {&info->second.parameters, &info->second.buffers}) {
      for (const auto& [key, value] : attributes) {
        const absl::string_view name = values[key].text;
        if (std::find(part->begin(), part->end(), name) == part->end()) continue;
        const TorchTensor* tensor = data_->objects().TensorAt(value);
        if (tensor == nullptr || tensor->layout != TorchTensor::Layout::kStrided) continue;
        weights_.push_back(WeightOf(data_->objects(), *tensor, absl::StrCat(next.prefix, name)));
        weights_.back().parameter = part == &info->second.parameters;
      }
    }
    for (size_t i = attributes.size(); i-- > 0;) {
      const auto& [key, value] = attributes[i];
      if (values[value].kind != PickleKind::kObject ||
          !classes_.contains(std::string(values.ClassName(values[value])))) {
        continue;
      }
      pending.push_back({value, absl::StrCat(next.prefix, values[key].text, "."), next.depth + 1});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<TorchScriptArchive> TorchScriptArchive::Open(ByteSpan bytes,
                                                            absl::string_view label) {
  absl::StatusOr<ZipArchive> zip = ZipArchive::Open(bytes, label);
  if (!zip.ok()) return zip.status();
  if (absl::StatusOr<int64_t> version = TorchArchiveVersion(*zip); !version.ok()) {
    return version.status();
  }
  const std::string root(zip->RootFolder());
  absl::StatusOr<TorchFile> constants = TorchFile::OpenRecord(
      *zip, absl::StrCat(root, "constants.pkl"), absl::StrCat(root, "constants/"));
  if (!constants.ok()) return constants.status();
  absl::StatusOr<TorchFile> data =
      TorchFile::OpenRecord(*zip, absl::StrCat(root, "data.pkl"), absl::StrCat(root, "data/"));
  if (!data.ok()) return data.status();
  TorchScriptArchive archive;
  archive.constants_ = std::make_unique<TorchFile>(*std::move(constants));
  archive.data_ = std::make_unique<TorchFile>(*std::move(data));
  if (absl::Status status = archive.ReadCode(*zip); !status.ok()) return status;
  const PickleValues& values = archive.data_->values();
  if (values[values.root()].kind == PickleKind::kObject) {
    archive.root_class_ = std::string(values.ClassName(values[values.root()]));
    if (absl::Status status = archive.CollectWeights(label); !status.ok()) return status;
    archive.methods_ = archive.classes_[archive.root_class_].methods;
  }
  return archive;
}

uint64_t TorchScriptArchive::constant_bytes() const {
  uint64_t bytes = 0;
  for (const TorchStorage& storage : constants_->objects().storages())
    bytes += storage.bytes.size();
  return bytes;
}

}  // namespace graft::models
