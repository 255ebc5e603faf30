#include "models/torch/script_records.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

// Of the largest element; torch.jit.save aligns to 64.
constexpr uintptr_t kAlignment = 16;

// CheckScriptArchive bounds what a record holds.
constexpr uint64_t kMaxRecordBytes = 256 << 20;

bool IsStorage(absl::string_view name) {
  return absl::StartsWith(name, "data/") || absl::StartsWith(name, "constants/");
}

// Files of the user's, where each line of code came from, and a sum over everything: other in each
// file that is written.
bool IsIgnored(absl::string_view name) {
  return absl::StartsWith(name, "extra/") || absl::EndsWith(name, ".debug_pkl") ||
         name == ".data/serialization_id";
}

}  // namespace

absl::StatusOr<TensorPool::Key> CodeKeyOf(const ZipArchive& zip) {
  TensorPool::Key key;
  const auto add = [&key](absl::string_view bytes) { key = TensorPool::Derived(bytes, {key}); };
  for (const ZipEntry& entry : zip.entries()) {
    // The folder is named after the file.
    absl::string_view name = entry.name;
    add(absl::ConsumePrefix(&name, zip.RootFolder()) ? "inside" : "outside");
    if (!IsStorage(name) && IsIgnored(name)) continue;
    add(name);
    add(absl::StrCat(entry.uncompressed_size));
    if (IsStorage(name)) continue;
    const absl::StatusOr<std::vector<uint8_t>> contents = zip.Inflate(entry, kMaxRecordBytes);
    if (!contents.ok()) return contents.status();
    add(AsText(*contents));
  }
  return key;
}

std::optional<TensorPool::Key> ContentKeyOf(const ZipArchive& zip, absl::string_view name) {
  const ZipEntry* const entry = zip.Find(absl::StrCat(zip.RootFolder(), name));
  if (entry == nullptr) return std::nullopt;
  const absl::StatusOr<ByteSpan> bytes = zip.Stored(*entry);
  if (!bytes.ok()) return std::nullopt;
  TensorPool::Key key;
  ForEachPiece(bytes->data(), bytes->size(), [&key](const uint8_t* piece, size_t size) {
    key = TensorPool::Derived(AsText(ByteSpan(piece, size)), {key});
  });
  return key;
}

std::optional<c10::Storage> StorageInFile(const ZipArchive& zip, absl::string_view name,
                                          const std::shared_ptr<const FileBytes>& file) {
  const ZipEntry* const entry = zip.Find(absl::StrCat(zip.RootFolder(), name));
  if (entry == nullptr) return std::nullopt;
  const absl::StatusOr<ByteSpan> bytes = zip.Stored(*entry);
  if (!bytes.ok() || bytes->empty() ||
      reinterpret_cast<uintptr_t>(bytes->data()) % kAlignment != 0) {
    return std::nullopt;
  }
  // Memory that goes on belonging to the file.
  at::DataPtr memory(
      const_cast<uint8_t*>(bytes->data()), new std::shared_ptr<const void>(file->Keep(*bytes)),
      [](void* owner) { delete static_cast<std::shared_ptr<const void>*>(owner); },
      at::Device(at::kCPU));
  return c10::Storage(c10::Storage::use_byte_size_t(), static_cast<int64_t>(bytes->size()),
                      std::move(memory), /*allocator=*/nullptr, /*resizable=*/false);
}

}  // namespace graft::models
