#include "models/file/zip_writer.h"

#include <algorithm>
#include <utility>

#include "models/file/crc32.h"

namespace graft::models {
namespace {

constexpr uint32_t kMax32 = 0xffffffff;
constexpr uint16_t kVersionNeeded = 45;  // zip64
constexpr uint16_t kUtf8Names = 0x0800;
constexpr uint16_t kZip64ExtraId = 0x0001;
constexpr uint16_t kPaddingExtraId = 0x4246;  // "FB"

template <typename T>
void Put(T value, std::string* out) {
  for (size_t i = 0; i < sizeof(T); ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint32_t Clamp32(uint64_t value) {
  return static_cast<uint32_t>(std::min<uint64_t>(value, kMax32));
}

// What a local header and a directory entry have in common: from the version to the name's length.
void PutCommon(uint32_t crc, uint64_t size, size_t name_size, std::string* out) {
  Put<uint16_t>(kVersionNeeded, out);
  Put<uint16_t>(kUtf8Names, out);
  Put<uint16_t>(0, out);       // stored
  Put<uint16_t>(0, out);       // time: 00:00:00, so that equal contents make equal files
  Put<uint16_t>(0x0021, out);  // date: 1980-01-01
  Put<uint32_t>(crc, out);
  Put<uint32_t>(Clamp32(size), out);
  Put<uint32_t>(Clamp32(size), out);
  Put<uint16_t>(static_cast<uint16_t>(name_size), out);
}

}  // namespace

void ZipWriter::Append(std::string header) {
  headers_.push_back(std::move(header));
  pieces_.push_back(AsBytes(headers_.back()));
  offset_ += headers_.back().size();
}

void ZipWriter::Add(absl::string_view name, ByteSpan contents) {
  const uint64_t size = contents.size();
  const uint32_t crc = Crc32(0, contents);
  const uint64_t local_offset = offset_;

  std::string extra;
  if (size >= kMax32) {
    Put<uint16_t>(kZip64ExtraId, &extra);
    Put<uint16_t>(16, &extra);
    Put<uint64_t>(size, &extra);
    Put<uint64_t>(size, &extra);
  }
  constexpr uint64_t kLocalHeaderSize = 30;
  const uint64_t unpadded = offset_ + kLocalHeaderSize + name.size() + extra.size() + 4;
  const uint16_t padding = static_cast<uint16_t>((kAlignment - unpadded % kAlignment) % kAlignment);
  Put<uint16_t>(kPaddingExtraId, &extra);
  Put<uint16_t>(padding, &extra);
  extra.append(padding, 'Z');

  std::string header = "PK\x03\x04";
  PutCommon(crc, size, name.size(), &header);
  Put<uint16_t>(static_cast<uint16_t>(extra.size()), &header);
  header.append(name.data(), name.size());
  header.append(extra);
  Append(std::move(header));
  pieces_.push_back(contents);
  offset_ += size;

  std::string directory_extra;
  if (size >= kMax32 || local_offset >= kMax32) {
    const int fields = (size >= kMax32 ? 2 : 0) + (local_offset >= kMax32 ? 1 : 0);
    Put<uint16_t>(kZip64ExtraId, &directory_extra);
    Put<uint16_t>(static_cast<uint16_t>(8 * fields), &directory_extra);
    if (size >= kMax32) {
      Put<uint64_t>(size, &directory_extra);
      Put<uint64_t>(size, &directory_extra);
    }
    if (local_offset >= kMax32) Put<uint64_t>(local_offset, &directory_extra);
  }
  directory_.append("PK\x01\x02");
  Put<uint16_t>(kVersionNeeded, &directory_);
  PutCommon(crc, size, name.size(), &directory_);
  Put<uint16_t>(static_cast<uint16_t>(directory_extra.size()), &directory_);
  Put<uint16_t>(0, &directory_);  // comment
  Put<uint16_t>(0, &directory_);  // disk
  Put<uint16_t>(0, &directory_);  // internal attributes
  Put<uint32_t>(0, &directory_);  // external attributes
  Put<uint32_t>(Clamp32(local_offset), &directory_);
  directory_.append(name.data(), name.size());
  directory_.append(directory_extra);
  ++count_;
}

std::vector<ByteSpan> ZipWriter::Finish() {
  const uint64_t directory_offset = offset_;
  const uint64_t directory_size = directory_.size();
  Append(std::move(directory_));
  constexpr uint64_t kMax16 = 0xffff;
  std::string end;
  if (directory_offset >= kMax32 || directory_size >= kMax32 || count_ >= kMax16) {
    const uint64_t end64_offset = offset_;
    end.append("PK\x06\x06");
    Put<uint64_t>(44, &end);  // bytes of this record that follow
    Put<uint16_t>(kVersionNeeded, &end);
    Put<uint16_t>(kVersionNeeded, &end);
    Put<uint32_t>(0, &end);
    Put<uint32_t>(0, &end);
    Put<uint64_t>(count_, &end);
    Put<uint64_t>(count_, &end);
    Put<uint64_t>(directory_size, &end);
    Put<uint64_t>(directory_offset, &end);
    end.append("PK\x06\x07");
    Put<uint32_t>(0, &end);
    Put<uint64_t>(end64_offset, &end);
    Put<uint32_t>(1, &end);
  }
  end.append("PK\x05\x06");
  Put<uint32_t>(0, &end);  // disks
  Put<uint16_t>(static_cast<uint16_t>(std::min(count_, kMax16)), &end);
  Put<uint16_t>(static_cast<uint16_t>(std::min(count_, kMax16)), &end);
  Put<uint32_t>(Clamp32(directory_size), &end);
  Put<uint32_t>(Clamp32(directory_offset), &end);
  Put<uint16_t>(0, &end);  // comment
  Append(std::move(end));
  return pieces_;
}

}  // namespace graft::models
