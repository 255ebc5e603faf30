#include "models/file/zip_writer.h"

#include <string>

#include "gtest/gtest.h"
#include "models/file/zip_archive.h"
#include "tests/models/file/zip_bytes.h"

namespace graft::models {
namespace {

TEST(ZipWriter, AlignsEveryRecordTo64Bytes) {
  std::vector<std::pair<std::string, std::string>> records;
  for (size_t i = 0; i < 200; ++i)
    records.emplace_back(std::string(i + 1, 'n'), std::string(i, 'c'));
  const std::string bytes = ZipBytes(records);
  auto zip = ZipArchive::Open(AsBytes(bytes), "w.pt");
  ASSERT_TRUE(zip.ok()) << zip.status();
  ASSERT_EQ(zip->entries().size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    const ZipEntry& entry = zip->entries()[i];
    EXPECT_EQ(entry.data_offset % ZipWriter::kAlignment, 0u);
    EXPECT_EQ(AsText(*zip->Stored(entry)), records[i].second);
    EXPECT_TRUE(zip->VerifyCrc(entry).ok());
  }
}

TEST(ZipWriter, EqualContentsMakeEqualFiles) {
  EXPECT_EQ(ZipBytes({{"a", "1"}}), ZipBytes({{"a", "1"}}));
}

}  // namespace
}  // namespace graft::models
