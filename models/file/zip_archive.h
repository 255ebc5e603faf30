// Reading a zip archive in memory, hostile until proven otherwise: what torch.save, torch.jit.save
// and ordinary zip tools write, zip64 included.
//
//   absl::StatusOr<ZipArchive> zip = ZipArchive::Open(bytes, "walker.pt");
//   if (const ZipEntry* e = zip->Find("walker/data/0")) absl::StatusOr<ByteSpan> raw =
//   zip->Stored(*e);
//
// Open checks everything that can be checked without reading the contents: the directory, every
// local header, that records lie inside the file and do not overlap. After that a span never leaves
// the file. Format: PKWARE APPNOTE.TXT 6.3.10. As PyTorch does, the directory is trusted over the
// local headers (which carry zeros when the writer streamed), and the first of records with one
// name is the one meant.
//
// Threads: immutable after Open; any thread. Nothing blocks.
// Ownership: the archive points into the bytes given to Open, which must outlive it. Memory used is
// proportional to the directory that is really there.
#ifndef GRAFT_MODELS_FILE_ZIP_ARCHIVE_H_
#define GRAFT_MODELS_FILE_ZIP_ARCHIVE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"

namespace graft::models {

struct ZipEntry {
  static constexpr uint16_t kStored = 0;
  static constexpr uint16_t kDeflated = 8;

  absl::string_view
      name;  // raw bytes: may hold anything, "../" and NUL included; never a path to open
  uint16_t method = kStored;
  uint16_t flags = 0;
  uint32_t crc32 = 0;
  uint64_t compressed_size = 0;
  uint64_t uncompressed_size = 0;
  uint64_t local_header_offset = 0;
  uint64_t data_offset = 0;  // of the first byte of the contents

  bool encrypted() const { return (flags & 0x2041) != 0; }
};

class ZipArchive {
 public:
  // `label` names the file in errors. Errors: kInvalidArgument (no zip, or a broken one: what,
  // where).
  static absl::StatusOr<ZipArchive> Open(ByteSpan bytes, absl::string_view label);

  // In the order of the directory.
  const std::vector<ZipEntry>& entries() const { return entries_; }

  // The first entry of that exact name, or nullptr.
  const ZipEntry* Find(absl::string_view name) const;

  // The folder of the first record that lies in one, with its slash: "walker/" of
  // "walker/data.pkl"; "" when none does. PyTorch keeps everything in one such folder, of any name.
  absl::string_view RootFolder() const;

  // The contents in place. Errors: kInvalidArgument for a record that is compressed or encrypted.
  absl::StatusOr<ByteSpan> Stored(const ZipEntry& entry) const;

  // The contents as a copy, whether stored or deflated. Never allocates more than twice what the
  // stream really yields, nor more than `max_bytes`. Errors: kInvalidArgument (encrypted, unknown
  // method, broken stream, size other than declared), kResourceExhausted (declares more than
  // `max_bytes`).
  absl::StatusOr<std::vector<uint8_t>> Inflate(const ZipEntry& entry, uint64_t max_bytes) const;

  // False when every record's CRC-32 is given as 0: their writer computed none
  // (torch.serialization.set_crc32_options(False)), and VerifyCrc would find them all wrong.
  bool has_checksums() const;

  // Compares the contents with the record's CRC-32, in constant memory. Errors: kDataLoss when they
  // differ, else as Inflate.
  absl::Status VerifyCrc(const ZipEntry& entry) const;

  // Bytes of the archive from its start to the end of its end-of-central-directory record with
  // comment. Less than the file's size when something was appended.
  uint64_t end_offset() const { return end_offset_; }

  ByteSpan bytes() const { return bytes_; }
  const std::string& label() const { return label_; }

 private:
  ZipArchive() = default;
  absl::Status ReadDirectory();
  absl::Status ReadDirectoryEntry(uint64_t* position, uint64_t end, ZipEntry* entry) const;
  absl::Status ReadLocalHeader(ZipEntry* entry, uint64_t directory_offset) const;
  absl::Status CheckOverlaps() const;
  absl::Status Readable(const ZipEntry& entry) const;
  absl::Status Error(absl::string_view what) const;

  ByteSpan bytes_;
  std::string label_;
  uint64_t end_offset_ = 0;
  std::vector<ZipEntry> entries_;
  absl::flat_hash_map<absl::string_view, size_t> by_name_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_ZIP_ARCHIVE_H_
