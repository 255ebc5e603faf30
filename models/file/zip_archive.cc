#include "models/file/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "models/file/crc32.h"
#include "models/file/printable_name.h"
#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

constexpr uint32_t kLocalHeaderSignature = 0x04034b50;
constexpr uint32_t kDirectorySignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kEnd64LocatorSignature = 0x07064b50;
constexpr uint64_t kLocalHeaderSize = 30;
constexpr uint64_t kDirectoryEntrySize = 46;
constexpr uint64_t kEndSize = 22;
constexpr uint64_t kEnd64Size = 56;
constexpr uint64_t kEnd64LocatorSize = 20;
constexpr uint64_t kMaxCommentSize = 65535;
constexpr uint16_t kZip64ExtraId = 0x0001;

// Offset of the last end record's signature that leaves room for a whole end record.
std::optional<uint64_t> FindEnd(ByteSpan bytes) {
  if (bytes.size() < kEndSize) return std::nullopt;
  const uint64_t last = bytes.size() - kEndSize;
  const uint64_t first = last > kMaxCommentSize ? last - kMaxCommentSize : 0;
  for (uint64_t position = last;; --position) {
    if (bytes[position] == 'P' && *ReadLe<uint32_t>(bytes, position) == kEndSignature) {
      return position;
    }
    if (position == first) return std::nullopt;
  }
}

// Replaces the fields that say 0xffffffff by those of the zip64 extra field. False when it is
// absent or too short.
bool ApplyZip64Extra(ByteSpan extra, bool need_size, bool need_compressed, bool need_offset,
                     ZipEntry* entry) {
  uint64_t at = 0;
  while (Contains(extra, at, 4)) {
    const uint16_t id = *ReadLe<uint16_t>(extra, at);
    const uint16_t size = *ReadLe<uint16_t>(extra, at + 2);
    at += 4;
    if (!Contains(extra, at, size)) return false;
    if (id != kZip64ExtraId) {
      at += size;
      continue;
    }
    const ByteSpan field = extra.subspan(at, size);
    uint64_t in = 0;
    auto take = [&](bool needed, uint64_t* value) {
      if (!needed) return true;
      const std::optional<uint64_t> read = ReadLe<uint64_t>(field, in);
      if (!read) return false;
      *value = *read;
      in += 8;
      return true;
    };
    return take(need_size, &entry->uncompressed_size) &&
           take(need_compressed, &entry->compressed_size) &&
           take(need_offset, &entry->local_header_offset);
  }
  return false;
}

// Runs the deflate stream `in` through `sink(chunk)` in chunks of up to 64 KiB, until it has
// yielded `expected` bytes and ended. The text of the problem, or "" when all is well.
template <typename Sink>
std::string InflateStream(ByteSpan in, uint64_t expected, Sink sink) {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return "zlib could not start (out of memory)";
  auto end_stream = absl::MakeCleanup([&stream] { inflateEnd(&stream); });
  constexpr size_t kChunk = 64 * 1024;
  std::vector<uint8_t> chunk(kChunk);
  uint64_t taken = 0;
  uint64_t yielded = 0;
  while (true) {
    if (stream.avail_in == 0 && taken < in.size()) {
      const size_t n = std::min<uint64_t>(in.size() - taken, 1u << 30);
      stream.next_in = const_cast<Bytef*>(in.data() + taken);
      stream.avail_in = static_cast<uInt>(n);
      taken += n;
    }
    stream.next_out = chunk.data();
    stream.avail_out = kChunk;
    const int rc = inflate(&stream, Z_NO_FLUSH);
    const size_t n = kChunk - stream.avail_out;
    if (n > expected - yielded) {
      return absl::StrCat("its stream yields more than the ", expected, " bytes declared");
    }
    yielded += n;
    sink(ByteSpan(chunk.data(), n));
    if (rc == Z_STREAM_END) break;
    if (rc != Z_OK && rc != Z_BUF_ERROR) {
      return absl::StrCat("its deflate stream is broken after ", yielded, " bytes (",
                          stream.msg != nullptr ? stream.msg : "zlib error", ")");
    }
    if (n == 0 && stream.avail_in == 0 && taken == in.size()) {
      return absl::StrCat("its deflate stream is cut off after ", yielded, " bytes");
    }
  }
  if (yielded != expected) {
    return absl::StrCat("its stream ends after ", yielded, " bytes, ", expected, " were declared");
  }
  return "";
}

}  // namespace

absl::Status ZipArchive::Error(absl::string_view what) const {
  return absl::InvalidArgumentError(absl::StrCat(label_, ": ", what));
}

absl::StatusOr<ZipArchive> ZipArchive::Open(ByteSpan bytes, absl::string_view label) {
  ZipArchive archive;
  archive.bytes_ = bytes;
  archive.label_ = std::string(label);
  if (absl::Status status = archive.ReadDirectory(); !status.ok()) return status;
  if (absl::Status status = archive.CheckOverlaps(); !status.ok()) return status;
  archive.by_name_.reserve(archive.entries_.size());
  for (size_t i = 0; i < archive.entries_.size(); ++i) {
    archive.by_name_.try_emplace(archive.entries_[i].name, i);
  }
  return archive;
}

absl::Status ZipArchive::ReadDirectory() {
  const std::optional<uint64_t> end = FindEnd(bytes_);
  if (!end) {
    return Error(absl::StrCat("no zip end record in the last ",
                              std::min<uint64_t>(bytes_.size(), kEndSize + kMaxCommentSize),
                              " bytes of ", bytes_.size(),
                              ": this is no zip archive, or it is cut off (an unfinished ",
                              "download or a writer still at work)"));
  }
  uint64_t disk = *ReadLe<uint16_t>(bytes_, *end + 4);
  uint64_t directory_disk = *ReadLe<uint16_t>(bytes_, *end + 6);
  uint64_t count = *ReadLe<uint16_t>(bytes_, *end + 10);
  uint64_t size = *ReadLe<uint32_t>(bytes_, *end + 12);
  uint64_t offset = *ReadLe<uint32_t>(bytes_, *end + 16);
  const uint64_t comment_size = *ReadLe<uint16_t>(bytes_, *end + 20);
  if (!Contains(bytes_, *end + kEndSize, comment_size)) {
    return Error(absl::StrCat("the zip comment claims ", comment_size, " bytes, the file has ",
                              bytes_.size() - *end - kEndSize, " left after its end record"));
  }
  end_offset_ = *end + kEndSize + comment_size;

  uint64_t directory_limit = *end;
  if (*end >= kEnd64LocatorSize &&
      ReadLe<uint32_t>(bytes_, *end - kEnd64LocatorSize) == kEnd64LocatorSignature) {
    const uint64_t end64 = *ReadLe<uint64_t>(bytes_, *end - kEnd64LocatorSize + 8);
    if (!Contains(bytes_, end64, kEnd64Size) || end64 > *end - kEnd64LocatorSize - kEnd64Size ||
        ReadLe<uint32_t>(bytes_, end64) != kEnd64Signature) {
      return Error(absl::StrCat("the zip64 locator points at ", end64,
                                ", where there is no zip64 end record"));
    }
    disk = *ReadLe<uint32_t>(bytes_, end64 + 16);
    directory_disk = *ReadLe<uint32_t>(bytes_, end64 + 20);
    count = *ReadLe<uint64_t>(bytes_, end64 + 32);
    size = *ReadLe<uint64_t>(bytes_, end64 + 40);
    offset = *ReadLe<uint64_t>(bytes_, end64 + 48);
    directory_limit = end64;
  }
  if (disk != 0 || directory_disk != 0) {
    return Error("a zip archive split over several files: join the parts first");
  }
  if (offset > directory_limit || size > directory_limit - offset) {
    return Error(absl::StrCat("the zip directory claims bytes ", offset, " to ", offset, "+", size,
                              ", it must end by byte ", directory_limit));
  }
  if (count > size / kDirectoryEntrySize) {
    return Error(absl::StrCat("the zip directory claims ", count, " records in ", size,
                              " bytes; each takes at least ", kDirectoryEntrySize));
  }
  entries_.resize(count);
  uint64_t position = offset;
  for (ZipEntry& entry : entries_) {
    if (absl::Status s = ReadDirectoryEntry(&position, offset + size, &entry); !s.ok()) return s;
    if (absl::Status s = ReadLocalHeader(&entry, offset); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status ZipArchive::ReadDirectoryEntry(uint64_t* position, uint64_t end,
                                            ZipEntry* entry) const {
  const uint64_t at = *position;
  if (end - at < kDirectoryEntrySize || ReadLe<uint32_t>(bytes_, at) != kDirectorySignature) {
    return Error(absl::StrCat("no zip directory entry at byte ", at, " where one was announced"));
  }
  entry->flags = *ReadLe<uint16_t>(bytes_, at + 8);
  entry->method = *ReadLe<uint16_t>(bytes_, at + 10);
  entry->crc32 = *ReadLe<uint32_t>(bytes_, at + 16);
  entry->compressed_size = *ReadLe<uint32_t>(bytes_, at + 20);
  entry->uncompressed_size = *ReadLe<uint32_t>(bytes_, at + 24);
  const uint64_t name_size = *ReadLe<uint16_t>(bytes_, at + 28);
  const uint64_t extra_size = *ReadLe<uint16_t>(bytes_, at + 30);
  const uint64_t comment_size = *ReadLe<uint16_t>(bytes_, at + 32);
  const uint64_t disk = *ReadLe<uint16_t>(bytes_, at + 34);
  entry->local_header_offset = *ReadLe<uint32_t>(bytes_, at + 42);
  if (end - at - kDirectoryEntrySize < name_size + extra_size + comment_size) {
    return Error(absl::StrCat("the zip directory entry at byte ", at, " runs past the directory"));
  }
  entry->name = AsText(bytes_.subspan(at + kDirectoryEntrySize, name_size));
  const ByteSpan extra = bytes_.subspan(at + kDirectoryEntrySize + name_size, extra_size);
  const bool need_size = entry->uncompressed_size == 0xffffffff;
  const bool need_compressed = entry->compressed_size == 0xffffffff;
  const bool need_offset = entry->local_header_offset == 0xffffffff;
  if ((need_size || need_compressed || need_offset) &&
      !ApplyZip64Extra(extra, need_size, need_compressed, need_offset, entry)) {
    return Error(absl::StrCat("record \"", PrintableName(entry->name),
                              "\" announces a zip64 field that is missing or too short"));
  }
  if (disk != 0 && disk != 0xffff) {
    return Error(absl::StrCat("record \"", PrintableName(entry->name), "\" lies in another file"));
  }
  *position = at + kDirectoryEntrySize + name_size + extra_size + comment_size;
  return absl::OkStatus();
}

absl::Status ZipArchive::ReadLocalHeader(ZipEntry* entry, uint64_t directory_offset) const {
  const ByteSpan records = bytes_.first(directory_offset);
  const uint64_t at = entry->local_header_offset;
  if (!Contains(records, at, kLocalHeaderSize) ||
      ReadLe<uint32_t>(records, at) != kLocalHeaderSignature) {
    return Error(
        absl::StrCat("record \"", PrintableName(entry->name), "\": no local header at byte ", at));
  }
  const uint64_t name_size = *ReadLe<uint16_t>(records, at + 26);
  const uint64_t extra_size = *ReadLe<uint16_t>(records, at + 28);
  entry->data_offset = at + kLocalHeaderSize + name_size + extra_size;
  if (!Contains(records, entry->data_offset, entry->compressed_size)) {
    return Error(absl::StrCat("record \"", PrintableName(entry->name), "\" claims ",
                              entry->compressed_size, " bytes from byte ", entry->data_offset,
                              "; the zip directory begins at byte ", directory_offset));
  }
  return absl::OkStatus();
}

absl::Status ZipArchive::CheckOverlaps() const {
  std::vector<const ZipEntry*> by_offset;
  by_offset.reserve(entries_.size());
  for (const ZipEntry& entry : entries_) by_offset.push_back(&entry);
  std::sort(by_offset.begin(), by_offset.end(), [](const ZipEntry* a, const ZipEntry* b) {
    return a->local_header_offset < b->local_header_offset;
  });
  for (size_t i = 1; i < by_offset.size(); ++i) {
    const ZipEntry& before = *by_offset[i - 1];
    if (before.data_offset + before.compressed_size > by_offset[i]->local_header_offset) {
      return Error(absl::StrCat("records \"", PrintableName(before.name), "\" and \"",
                                PrintableName(by_offset[i]->name),
                                "\" overlap: the archive is corrupt or malicious"));
    }
  }
  return absl::OkStatus();
}

const ZipEntry* ZipArchive::Find(absl::string_view name) const {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &entries_[it->second];
}

absl::string_view ZipArchive::RootFolder() const {
  for (const ZipEntry& entry : entries_) {
    const size_t slash = entry.name.find('/');
    if (slash != absl::string_view::npos && slash > 0) return entry.name.substr(0, slash + 1);
  }
  return "";
}

absl::Status ZipArchive::Readable(const ZipEntry& entry) const {
  if (entry.encrypted()) {
    return Error(absl::StrCat("record \"", PrintableName(entry.name),
                              "\" is encrypted: unpack the archive with its password first"));
  }
  if (entry.method != ZipEntry::kStored && entry.method != ZipEntry::kDeflated) {
    return Error(absl::StrCat("record \"", PrintableName(entry.name), "\" uses zip method ",
                              entry.method, "; only stored (0) and deflated (8) are known"));
  }
  if (entry.method == ZipEntry::kStored && entry.compressed_size != entry.uncompressed_size) {
    return Error(absl::StrCat("record \"", PrintableName(entry.name), "\" is stored, yet claims ",
                              entry.compressed_size, " bytes in the file and ",
                              entry.uncompressed_size, " outside"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ByteSpan> ZipArchive::Stored(const ZipEntry& entry) const {
  if (absl::Status status = Readable(entry); !status.ok()) return status;
  if (entry.method != ZipEntry::kStored) {
    return Error(absl::StrCat("record \"", PrintableName(entry.name),
                              "\" is compressed and cannot be used in place"));
  }
  return bytes_.subspan(entry.data_offset, entry.compressed_size);
}

absl::StatusOr<std::vector<uint8_t>> ZipArchive::Inflate(const ZipEntry& entry,
                                                         uint64_t max_bytes) const {
  if (absl::Status status = Readable(entry); !status.ok()) return status;
  if (entry.uncompressed_size > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(label_, ": record \"", PrintableName(entry.name), "\" declares ",
                     entry.uncompressed_size, " bytes, at most ", max_bytes, " are allowed here"));
  }
  const ByteSpan raw = bytes_.subspan(entry.data_offset, entry.compressed_size);
  if (entry.method == ZipEntry::kStored) return std::vector<uint8_t>(raw.begin(), raw.end());
  // Grown by what really arrives: a lie about the size costs nothing.
  std::vector<uint8_t> out;
  const std::string problem = InflateStream(raw, entry.uncompressed_size, [&out](ByteSpan chunk) {
    out.insert(out.end(), chunk.begin(), chunk.end());
  });
  if (!problem.empty()) {
    return Error(absl::StrCat("record \"", PrintableName(entry.name), "\": ", problem));
  }
  return out;
}

bool ZipArchive::has_checksums() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const ZipEntry& entry) { return entry.crc32 != 0; });
}

absl::Status ZipArchive::VerifyCrc(const ZipEntry& entry) const {
  if (absl::Status status = Readable(entry); !status.ok()) return status;
  const ByteSpan raw = bytes_.subspan(entry.data_offset, entry.compressed_size);
  uint32_t crc = 0;
  if (entry.method == ZipEntry::kStored) {
    ForEachPiece(raw.data(), raw.size(), [&crc](const uint8_t* piece, size_t size) {
      crc = Crc32(crc, ByteSpan(piece, size));
    });
  } else {
    const std::string problem = InflateStream(raw, entry.uncompressed_size, [&crc](ByteSpan chunk) {
      crc = Crc32(crc, chunk);
      PacingPoint();
    });
    if (!problem.empty()) {
      return Error(absl::StrCat("record \"", PrintableName(entry.name), "\": ", problem));
    }
  }
  if (crc != entry.crc32) {
    return absl::DataLossError(absl::StrCat(
        label_, ": record \"", PrintableName(entry.name), "\" has CRC-32 ",
        absl::Hex(crc, absl::kZeroPad8), ", its directory says ",
        absl::Hex(entry.crc32, absl::kZeroPad8),
        ": the file is damaged or was overwritten while being copied; copy or save it again"));
  }
  return absl::OkStatus();
}

}  // namespace graft::models
