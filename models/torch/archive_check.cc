#include "models/torch/archive_check.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"
#include "models/file/probe.h"
#include "models/file/zip_archive.h"
#include "models/torch/code_check.h"
#include "models/torch/pickle_check.h"

namespace graft::models {
namespace {

// Code and pickles of the largest real models stay below a tenth of this.
constexpr uint64_t kMaxCodeBytes = 64 << 20;
constexpr uint64_t kMaxPickleBytes = 256 << 20;

// What the records may need in memory: torch.jit.save deflates only code, and nothing by more than
// a factor of ten.
uint64_t MemoryBound(uint64_t file_bytes) { return file_bytes * 20 + (16 << 20); }

absl::Status NotTorchScript(absl::string_view label, const ProbeResult& found) {
  switch (found.kind) {
    case FileKind::kTorchZip:
    case FileKind::kTorchLegacy:
    case FileKind::kSafetensors:
      return absl::InvalidArgumentError(absl::StrCat(
          label, ": this file holds weights only (no code): ", found.description,
          ". Export the whole model with torch.jit.script(model).save(\"model.pt\") (or "
          "torch.jit.trace) and give that file."));
    default:
      return absl::InvalidArgumentError(absl::StrCat(
          label, ": this is not a TorchScript model: ", found.description, ". ", found.next_step));
  }
}

class ArchiveChecker {
 public:
  ArchiveChecker(const ZipArchive& zip, absl::string_view label, std::string root,
                 const std::function<bool()>& cancelled)
      : zip_(zip), label_(label), root_(std::move(root)), cancelled_(cancelled) {}

  absl::Status Check() {
    if (absl::Status status = CheckNames(); !status.ok()) return status;
    if (absl::Status status = CheckContents(); !status.ok()) return status;
    if (absl::Status status = CheckPickle("constants", "constants/"); !status.ok()) return status;
    return CheckPickle("data", "data/");
  }

 private:
  // LibTorch takes the first of records with one name and compares names without case; which record
  // it reads must never depend on that.
  absl::Status CheckNames() {
    absl::flat_hash_set<std::string> names;
    uint64_t claimed = 0;
    for (const ZipEntry& entry : zip_.entries()) {
      if (!names.insert(absl::AsciiStrToLower(entry.name)).second) {
        return absl::InvalidArgumentError(absl::StrCat(label_, ": two records are called ",
                                                       PrintableName(entry.name),
                                                       ". Export the model again."));
      }
      if (__builtin_add_overflow(claimed, entry.uncompressed_size, &claimed) ||
          claimed > MemoryBound(zip_.bytes().size())) {
        return absl::ResourceExhaustedError(
            absl::StrCat(label_, ": its records claim far more memory than the file has bytes (",
                         PrintableName(entry.name), "). Export the model again."));
      }
    }
    if (zip_.Find(absl::StrCat(root_, "model.json")) != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          label_,
          ": this TorchScript archive was written by PyTorch 1.0. Load and save it again with "
          "torch.jit of a newer PyTorch."));
    }
    return absl::OkStatus();
  }

  absl::Status CheckContents() {
    for (const ZipEntry& entry : zip_.entries()) {
      if (cancelled_ && cancelled_())
        return absl::CancelledError(absl::StrCat(label_, ": cancelled"));
      if (absl::Status status = zip_.VerifyCrc(entry); !status.ok()) return status;
      if (!absl::EndsWithIgnoreCase(entry.name, ".py")) continue;
      absl::StatusOr<std::vector<uint8_t>> code = zip_.Inflate(entry, kMaxCodeBytes);
      if (!code.ok()) return code.status();
      absl::Status status =
          CheckScriptCode(AsText(*code), absl::StrCat(label_, ": ", PrintableName(entry.name)));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status CheckPickle(absl::string_view name, absl::string_view storages) {
    const std::string record = absl::StrCat(name, ".pkl");
    const ZipEntry* entry = zip_.Find(absl::StrCat(root_, record));
    if (entry == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(label_, ": the record ", record,
                                                     " is missing: the file is damaged. Export the "
                                                     "model again."));
    }
    absl::StatusOr<std::vector<uint8_t>> pickle = zip_.Inflate(*entry, kMaxPickleBytes);
    if (!pickle.ok()) return pickle.status();
    PickleBounds bounds;
    bounds.max_storage_bytes = MemoryBound(zip_.bytes().size());
    return CheckScriptPickle(
        *pickle, absl::StrCat(label_, ": ", record),
        [&](absl::string_view key) -> std::optional<uint64_t> {
          const ZipEntry* storage = zip_.Find(absl::StrCat(root_, storages, key));
          if (storage == nullptr) return std::nullopt;
          return storage->uncompressed_size;
        },
        bounds);
  }

  const ZipArchive& zip_;
  const absl::string_view label_;
  const std::string root_;  // with its slash
  const std::function<bool()>& cancelled_;
};

}  // namespace

absl::Status CheckScriptArchive(ByteSpan file, absl::string_view label,
                                const std::function<bool()>& cancelled) {
  const ProbeResult found = Probe(file);
  if (found.kind != FileKind::kTorchScript && found.kind != FileKind::kTorchScriptLite) {
    return NotTorchScript(label, found);
  }
  absl::StatusOr<ZipArchive> zip = ZipArchive::Open(file, label);
  if (!zip.ok()) return zip.status();
  // As LibTorch does (caffe2/serialize/inline_container.cc): the folder of the first record.
  const absl::string_view first = zip->entries().empty() ? "" : zip->entries().front().name;
  const size_t slash = first.find('/');
  if (slash == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(label, ": its first record is in no folder: not written by torch.jit.save."));
  }
  return ArchiveChecker(*zip, label, std::string(first.substr(0, slash + 1)), cancelled).Check();
}

}  // namespace graft::models
