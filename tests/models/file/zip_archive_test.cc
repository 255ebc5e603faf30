#include "models/file/zip_archive.h"

#include <zlib.h>

#include <cstring>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/file/zip_bytes.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

// Offsets inside a directory entry and the end record (APPNOTE 4.3.12, 4.3.16).
constexpr size_t kFlags = 8, kMethod = 10, kCrc = 16, kCompressed = 20, kUncompressed = 24,
                 kLocalOffset = 42;

const char* const kDirectoryMark = "PK\x01\x02";
const char* const kEndMark = "PK\x05\x06";

template <typename T>
void Patch(std::string* zip, size_t offset, T value) {
  std::memcpy(zip->data() + offset, &value, sizeof(value));
}

std::string Deflate(absl::string_view text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// One deflated record "d" that holds `text` and declares `declared` bytes.
std::string DeflatedZip(absl::string_view text, uint32_t declared) {
  std::string zip = ZipBytes({{"d", Deflate(text)}});
  const size_t directory = zip.rfind(kDirectoryMark);
  Patch<uint16_t>(&zip, directory + kMethod, 8);
  Patch<uint32_t>(&zip, directory + kUncompressed, declared);
  Patch<uint32_t>(&zip, directory + kCrc,
                  static_cast<uint32_t>(crc32_z(0, AsBytes(text).data(), text.size())));
  return zip;
}

absl::Status OpenError(absl::string_view zip) {
  return ZipArchive::Open(AsBytes(zip), "a.pt").status();
}

TEST(ZipArchive, ReadsStoredRecordsInPlaceAndAligned) {
  const std::string bytes = ZipBytes({{"a/data.pkl", "pickle"}, {"a/data/0", "weights"}});
  auto zip = ZipArchive::Open(AsBytes(bytes), "a.pt");
  ASSERT_TRUE(zip.ok()) << zip.status();
  ASSERT_EQ(zip->entries().size(), 2u);
  EXPECT_EQ(zip->entries()[0].name, "a/data.pkl");
  const ZipEntry* entry = zip->Find("a/data/0");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->data_offset % 64, 0u);
  EXPECT_EQ(AsText(*zip->Stored(*entry)), "weights");
  EXPECT_TRUE(zip->VerifyCrc(*entry).ok());
  EXPECT_EQ(zip->Find("a/data/1"), nullptr);
  EXPECT_EQ(zip->end_offset(), bytes.size());
}

TEST(ZipArchive, InflatesDeflatedRecords) {
  const std::string text(100'000, 'x');
  const std::string bytes = DeflatedZip(text, 100'000);
  auto zip = ZipArchive::Open(AsBytes(bytes), "a.pt");
  ASSERT_TRUE(zip.ok()) << zip.status();
  const ZipEntry& entry = zip->entries()[0];
  EXPECT_EQ(AsText(*zip->Inflate(entry, 1 << 20)), text);
  EXPECT_TRUE(zip->VerifyCrc(entry).ok());
  EXPECT_THAT(zip->Stored(entry).status().message(), HasSubstr("compressed"));
  EXPECT_EQ(zip->Inflate(entry, 99'999).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(ZipArchive, RefusesAStreamThatYieldsMoreOrLessThanDeclared) {
  const std::string text(100'000, 'x');
  for (const uint32_t declared : {99'999u, 100'001u, 4'000'000'000u, 0u}) {
    const std::string bytes = DeflatedZip(text, declared);
    auto zip = ZipArchive::Open(AsBytes(bytes), "a.pt");
    ASSERT_TRUE(zip.ok()) << zip.status();
    EXPECT_EQ(zip->Inflate(zip->entries()[0], UINT64_MAX).status().code(),
              absl::StatusCode::kInvalidArgument)
        << declared;
    EXPECT_FALSE(zip->VerifyCrc(zip->entries()[0]).ok());
  }
}

TEST(ZipArchive, SaysWhichRecordIsDamaged) {
  std::string bytes = ZipBytes({{"w", "weights"}});
  bytes[bytes.find("weights")] ^= 1;
  auto zip = ZipArchive::Open(AsBytes(bytes), "a.pt");
  ASSERT_TRUE(zip.ok());
  const absl::Status status = zip->VerifyCrc(zip->entries()[0]);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr("a.pt: record \"w\" has CRC-32"));
}

TEST(ZipArchive, TakesTheFirstOfRecordsWithOneName) {
  const std::string bytes = ZipBytes({{"w", "first"}, {"w", "second"}});
  auto zip = ZipArchive::Open(AsBytes(bytes), "a.pt");
  ASSERT_TRUE(zip.ok()) << zip.status();
  EXPECT_EQ(AsText(*zip->Stored(*zip->Find("w"))), "first");
}

TEST(ZipArchive, RefusesEncryptedRecordsByName) {
  std::string bytes = ZipBytes({{"secret", "x"}});
  Patch<uint16_t>(&bytes, bytes.rfind(kDirectoryMark) + kFlags, 1);
  auto zip = ZipArchive::Open(AsBytes(bytes), "a.pt");
  ASSERT_TRUE(zip.ok());
  EXPECT_THAT(zip->Stored(zip->entries()[0]).status().message(),
              HasSubstr("record \"secret\" is encrypted"));
}

TEST(ZipArchive, RefusesUnknownMethodsByNumber) {
  std::string bytes = ZipBytes({{"w", "x"}});
  Patch<uint16_t>(&bytes, bytes.rfind(kDirectoryMark) + kMethod, 99);
  auto zip = ZipArchive::Open(AsBytes(bytes), "a.pt");
  ASSERT_TRUE(zip.ok());
  EXPECT_THAT(zip->Inflate(zip->entries()[0], 100).status().message(), HasSubstr("zip method 99"));
}

TEST(ZipArchive, RefusesRecordsThatOverlap) {
  std::string bytes = ZipBytes({{"a", "1234"}, {"b", "5678"}});
  Patch<uint32_t>(&bytes, bytes.rfind(kDirectoryMark) + kLocalOffset, 0);
  EXPECT_THAT(OpenError(bytes).message(), HasSubstr("overlap"));
}

TEST(ZipArchive, RefusesRecordsThatLeaveTheFile) {
  const std::string good = ZipBytes({{"a", "1234"}});
  for (const uint32_t size : {100u, 0x7fffffffu, 0xfffffffeu}) {
    std::string bytes = good;
    Patch<uint32_t>(&bytes, bytes.rfind(kDirectoryMark) + kCompressed, size);
    EXPECT_THAT(OpenError(bytes).message(), HasSubstr("the zip directory begins"));
  }
  std::string bytes = good;
  Patch<uint32_t>(&bytes, bytes.rfind(kDirectoryMark) + kLocalOffset, 0xfffffffe);
  EXPECT_THAT(OpenError(bytes).message(), HasSubstr("no local header"));
}

TEST(ZipArchive, RefusesADirectoryThatClaimsMoreThanItHas) {
  const std::string good = ZipBytes({{"a", "1234"}});
  const size_t end = good.rfind(kEndMark);
  std::string bytes = good;
  Patch<uint16_t>(&bytes, end + 10, 60'000);
  EXPECT_THAT(OpenError(bytes).message(), HasSubstr("claims 60000 records"));
  bytes = good;
  Patch<uint32_t>(&bytes, end + 12, 0xfffffff0);
  EXPECT_THAT(OpenError(bytes).message(), HasSubstr("must end by byte"));
  bytes = good;
  Patch<uint16_t>(&bytes, end + 20, 500);
  EXPECT_THAT(OpenError(bytes).message(), HasSubstr("comment claims 500 bytes"));
}

TEST(ZipArchive, RefusesEveryTruncationWithoutLeavingTheBytes) {
  const std::string good = ZipBytes({{"a/data.pkl", "pickle"}, {"a/data/0", "weights"}});
  for (size_t size = 0; size < good.size(); ++size) {
    // A copy of exactly that size, so that the address sanitizer sees one byte too many.
    const std::vector<uint8_t> cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(ZipArchive::Open(cut, "cut.pt").ok()) << size;
  }
}

TEST(ZipArchive, EveryFlippedBitIsAnErrorOrStaysInside) {
  const std::string good = ZipBytes({{"a/data.pkl", "pickle"}, {"a/data/0", "weights"}});
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::vector<uint8_t> bytes(good.begin(), good.end());
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    auto zip = ZipArchive::Open(bytes, "flip.pt");
    if (!zip.ok()) continue;
    for (const ZipEntry& entry : zip->entries()) {
      if (auto contents = zip->Inflate(entry, 1 << 20); contents.ok()) {
        EXPECT_LE(contents->size(), bytes.size());
      }
      zip->VerifyCrc(entry).IgnoreError();
    }
  }
}

TEST(ZipArchive, ReadsZip64Fields) {
  // 70,000 records: the count does not fit in the 16 bits of the old end record.
  std::vector<std::pair<std::string, std::string>> records;
  for (int i = 0; i < 70'000; ++i) records.emplace_back(absl::StrCat("r", i), "x");
  const std::string bytes = ZipBytes(records);
  auto zip = ZipArchive::Open(AsBytes(bytes), "many.zip");
  ASSERT_TRUE(zip.ok()) << zip.status();
  EXPECT_EQ(zip->entries().size(), 70'000u);
  EXPECT_NE(zip->Find("r69999"), nullptr);
}

TEST(ZipArchive, KeepsHostileNamesAsTheyAreAndPrintsThemEscaped) {
  const std::string name("../../etc/\0passwd\n", 18);
  const std::string bytes = ZipBytes({{name, "x"}});
  auto zip = ZipArchive::Open(AsBytes(bytes), "a.zip");
  ASSERT_TRUE(zip.ok());
  EXPECT_EQ(zip->entries()[0].name, absl::string_view(name));
}

TEST(ZipArchive, KnowsWhereItEndsWhenSomethingFollows) {
  const std::string zip = ZipBytes({{"a", "1"}});
  auto opened = ZipArchive::Open(AsBytes(zip + "trailing"), "a.zip");
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->end_offset(), zip.size());
}

}  // namespace
}  // namespace graft::models
