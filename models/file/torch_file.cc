#include "models/file/torch_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/file/inflate_allowance.h"
#include "models/file/pickle_reader.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

constexpr uint64_t kMaxPickleBytes = uint64_t{1} << 30;
constexpr int64_t kNewestArchiveVersion = 10;  // caffe2/serialize/versions.h
constexpr int64_t kLegacyProtocol = 1001;
constexpr absl::string_view kLegacyMagic = "119547037146038801333356";  // 0x1950a86a20f9469cfc6c

absl::Status Error(absl::string_view label, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(label, ": ", what));
}

absl::StatusOr<std::string> ReadSmallRecord(const ZipArchive& zip, const ZipEntry& entry) {
  constexpr uint64_t kMaxBytes = 4096;
  absl::StatusOr<std::vector<uint8_t>> contents = zip.Inflate(entry, kMaxBytes);
  if (!contents.ok()) return contents.status();
  return std::string(contents->begin(), contents->end());
}

absl::StatusOr<bool> IsBigEndian(const ZipArchive& zip) {
  const ZipEntry* entry = zip.Find(absl::StrCat(zip.RootFolder(), "byteorder"));
  if (entry == nullptr) return false;  // before PyTorch 2.1
  absl::StatusOr<std::string> text = ReadSmallRecord(zip, *entry);
  if (!text.ok()) return text.status();
  if (*text == "little") return false;
  if (*text == "big") return true;
  return Error(zip.label(), absl::StrCat("the byteorder record says \"", PrintableName(*text),
                                         "\", expected little or big"));
}

// Bytes of the unit that a byte order applies to: a complex number is two floats.
size_t SwapUnit(const TorchStorage& storage) {
  if (!storage.dtype) return 1;
  switch (*storage.dtype) {
    case DType::kComplex32:
    case DType::kComplex64:
    case DType::kComplex128:
      return ElementBytes(*storage.dtype) / 2;
    default:
      return ElementBytes(*storage.dtype);
  }
}

std::vector<uint8_t> Swapped(ByteSpan bytes, size_t unit) {
  std::vector<uint8_t> out(bytes.begin(), bytes.end());
  for (size_t i = 0; i + unit <= out.size(); i += unit) {
    std::reverse(out.begin() + static_cast<ptrdiff_t>(i),
                 out.begin() + static_cast<ptrdiff_t>(i + unit));
  }
  return out;
}

bool Aligned(ByteSpan bytes, const TorchStorage& storage) {
  const size_t element = storage.dtype ? std::min<size_t>(ElementBytes(*storage.dtype), 8) : 8;
  return reinterpret_cast<uintptr_t>(bytes.data()) % element == 0;
}

}  // namespace

absl::StatusOr<int64_t> TorchArchiveVersion(const ZipArchive& zip) {
  const ZipEntry* entry = zip.Find(absl::StrCat(zip.RootFolder(), "version"));
  if (entry == nullptr) entry = zip.Find(absl::StrCat(zip.RootFolder(), ".data/version"));
  if (entry == nullptr || zip.RootFolder().empty()) {
    return Error(zip.label(),
                 "a zip archive without PyTorch's \"version\" record: torch.save did not write it");
  }
  absl::StatusOr<std::string> text = ReadSmallRecord(zip, *entry);
  if (!text.ok()) return text.status();
  int64_t version = 0;
  if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(*text), &version)) {
    return Error(zip.label(), absl::StrCat("the version record says \"", PrintableName(*text),
                                           "\", expected a number"));
  }
  if (version < 1 || version > kNewestArchiveVersion) {
    return Error(zip.label(),
                 absl::StrCat("archive version ", version, "; versions 1 to ",
                              kNewestArchiveVersion, " are known. Save it with an older PyTorch"));
  }
  return version;
}

absl::StatusOr<TorchFile> TorchFile::Open(ByteSpan bytes, absl::string_view label) {
  if (absl::StartsWith(AsText(bytes), "PK")) {
    absl::StatusOr<ZipArchive> zip = ZipArchive::Open(bytes, label);
    if (!zip.ok()) return zip.status();
    absl::StatusOr<int64_t> version = TorchArchiveVersion(*zip);
    if (!version.ok()) return version.status();
    const std::string root(zip->RootFolder());
    return OpenRecord(*zip, absl::StrCat(root, "data.pkl"), absl::StrCat(root, "data/"));
  }
  TorchFile file;
  if (absl::Status status = file.OpenLegacy(bytes, label); !status.ok()) return status;
  return file;
}

absl::StatusOr<TorchFile> TorchFile::OpenRecord(const ZipArchive& zip, absl::string_view pickle,
                                                absl::string_view storage_folder) {
  const std::string& label = zip.label();
  const ZipEntry* entry = zip.Find(pickle);
  if (entry == nullptr) {
    return Error(label, absl::StrCat("record \"", PrintableName(pickle), "\" is missing"));
  }
  TorchFile file;
  absl::StatusOr<bool> big_endian = IsBigEndian(zip);
  if (!big_endian.ok()) return big_endian.status();
  file.big_endian_ = *big_endian;
  uint64_t allowance = InflateAllowance(zip.bytes().size());
  // The record's bytes: in place, or inflated into owned_.
  auto contents = [&](const ZipEntry& record, uint64_t limit) -> absl::StatusOr<ByteSpan> {
    if (record.method == ZipEntry::kStored || record.encrypted()) return zip.Stored(record);
    absl::StatusOr<std::vector<uint8_t>> inflated = zip.Inflate(record, std::min(limit, allowance));
    if (!inflated.ok()) return inflated.status();
    allowance -= inflated->size();
    file.owned_.push_back(*std::move(inflated));
    return ByteSpan(file.owned_.back());
  };
  absl::StatusOr<ByteSpan> program = contents(*entry, kMaxPickleBytes);
  if (!program.ok()) return program.status();
  if (program->size() > kMaxPickleBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(label, ": a pickle of ", program->size(), " bytes"));
  }
  uint64_t position = 0;
  absl::StatusOr<PickleValues> values =
      ReadPickle(*program, &position, absl::StrCat(label, ": ", PrintableName(pickle)));
  if (!values.ok()) return values.status();
  file.values_ = *std::move(values);

  absl::StatusOr<std::vector<TorchStorage>> storages = CollectStorages(file.values_, label);
  if (!storages.ok()) return storages.status();
  for (TorchStorage& storage : *storages) {
    if (storage.is_view) return Error(label, "a storage view, which only the legacy format has");
    const std::string name = absl::StrCat(storage_folder, storage.key);
    const ZipEntry* record = zip.Find(name);
    if (record == nullptr) {
      return Error(label, absl::StrCat("record \"", PrintableName(name), "\" is missing"));
    }
    absl::StatusOr<ByteSpan> bytes = contents(*record, storage.size_bytes);
    if (!bytes.ok()) return bytes.status();
    if (bytes->size() != storage.size_bytes) {
      return Error(label, absl::StrCat("record \"", PrintableName(name), "\" has ", bytes->size(),
                                       " bytes, its storage ", storage.size_bytes));
    }
    if (record->method != ZipEntry::kStored) file.copied_bytes_ += bytes->size();
    storage.bytes = *bytes;
  }
  if (absl::Status status = file.Finish(*std::move(storages), label); !status.ok()) return status;
  return file;
}

absl::Status TorchFile::Finish(std::vector<TorchStorage> storages, absl::string_view label) {
  // Copies by the bytes they are of: views of one storage share one.
  absl::flat_hash_map<const uint8_t*, ByteSpan> copies;
  for (TorchStorage& storage : storages) {
    if (big_endian_ && !storage.dtype) {
      return Error(label, "a big-endian file with untyped storages: save it with typed tensors");
    }
    const bool swap = big_endian_ && SwapUnit(storage) > 1;
    if (swap || !Aligned(storage.bytes, storage)) {
      const auto [it, inserted] = copies.try_emplace(storage.bytes.data());
      if (inserted) {
        owned_.push_back(Swapped(storage.bytes, swap ? SwapUnit(storage) : 1));
        it->second = owned_.back();
        copied_bytes_ += it->second.size();
      }
      storage.bytes = it->second;
    }
    if (storage.is_view) {
      storage.bytes = storage.bytes.subspan(storage.view_offset, storage.view_size);
    }
  }
  absl::StatusOr<TorchObjects> objects = TorchObjects::Build(values_, std::move(storages), label);
  if (!objects.ok()) return objects.status();
  objects_ = *std::move(objects);
  return absl::OkStatus();
}

// Magic number, protocol version, system information, the object, the storages' keys; then for each
// key its number of elements and its bytes.
absl::Status TorchFile::OpenLegacy(ByteSpan bytes, absl::string_view label) {
  legacy_ = true;
  uint64_t position = 0;
  auto read = [&](absl::string_view part) {
    return ReadPickle(bytes, &position, absl::StrCat(label, ": ", part));
  };
  absl::StatusOr<PickleValues> magic = read("magic number");
  if (!magic.ok()) return magic.status();
  const PickleValue& number = (*magic)[magic->root()];
  if (number.kind != PickleKind::kBigInt || PickleIntText(number) != kLegacyMagic) {
    return Error(label, "not a file of torch.save: its magic number is missing");
  }
  absl::StatusOr<PickleValues> protocol = read("protocol version");
  if (!protocol.ok()) return protocol.status();
  const PickleValue& version = (*protocol)[protocol->root()];
  if (version.kind != PickleKind::kInt || version.integer != kLegacyProtocol) {
    return Error(label,
                 absl::StrCat("legacy protocol version ", PickleRepr(*protocol, protocol->root()),
                              ", expected ", kLegacyProtocol));
  }
  absl::StatusOr<PickleValues> system = read("system information");
  if (!system.ok()) return system.status();
  const PickleValue* little = system->Find((*system)[system->root()], "little_endian");
  if (little == nullptr || little->kind != PickleKind::kBool) {
    return Error(label, "the system information does not say the byte order");
  }
  big_endian_ = little->integer == 0;
  absl::StatusOr<PickleValues> values = read("object");
  if (!values.ok()) return values.status();
  values_ = *std::move(values);
  absl::StatusOr<PickleValues> keys = read("storage keys");
  if (!keys.ok()) return keys.status();

  absl::StatusOr<std::vector<TorchStorage>> storages = CollectStorages(values_, label);
  if (!storages.ok()) return storages.status();
  absl::flat_hash_map<std::string, std::vector<TorchStorage*>> by_key;
  for (TorchStorage& storage : *storages) {
    if (!storage.dtype) {
      return Error(label,
                   "an untyped storage in the legacy format: PyTorch itself cannot read it. "
                   "Save it without _use_new_zipfile_serialization=False");
    }
    std::vector<TorchStorage*>& views = by_key[storage.key];
    if (!views.empty() && (views.front()->size_bytes != storage.size_bytes ||
                           views.front()->dtype != storage.dtype)) {
      return Error(label, absl::StrCat("storage \"", PrintableName(storage.key),
                                       "\" is described in two ways"));
    }
    views.push_back(&storage);
  }
  const PickleValue& list = (*keys)[keys->root()];
  if (list.kind != PickleKind::kList) return Error(label, "the storage keys are no list");
  for (const ValueId id : keys->items(list)) {
    const PickleValue& key = (*keys)[id];
    const auto known =
        key.kind == PickleKind::kString ? by_key.find(std::string(key.text)) : by_key.end();
    if (known == by_key.end()) {
      return Error(label, absl::StrCat("storage key ", PickleRepr(*keys, id),
                                       " stands for no storage of the object"));
    }
    const std::vector<TorchStorage*>& views = known->second;
    std::optional<uint64_t> count = ReadLe<uint64_t>(bytes, position);
    if (!count) return Error(label, "the file ends before the stored data: it is cut off");
    if (big_endian_) count = __builtin_bswap64(*count);
    position += 8;
    const uint64_t size = views.front()->size_bytes;
    if (*count != size / ElementBytes(*views.front()->dtype)) {
      return Error(label, absl::StrCat("storage \"", PrintableName(key.text), "\" has ", *count,
                                       " elements, the object says ",
                                       size / ElementBytes(*views.front()->dtype)));
    }
    if (!Contains(bytes, position, size)) {
      return Error(label,
                   absl::StrCat("storage \"", PrintableName(key.text), "\" has ", size, " bytes, ",
                                bytes.size() - position, " are left in the file: it is cut off"));
    }
    for (TorchStorage* storage : views) storage->bytes = bytes.subspan(position, size);
    position += size;
    by_key.erase(known);
  }
  if (!by_key.empty()) {
    return Error(label, absl::StrCat("the data of storage \"", PrintableName(by_key.begin()->first),
                                     "\" is missing"));
  }
  return Finish(*std::move(storages), label);
}

}  // namespace graft::models
