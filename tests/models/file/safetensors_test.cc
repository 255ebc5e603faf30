#include "models/file/safetensors.h"

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/file/scratch_file.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string FileOf(absl::string_view header, size_t buffer_size) {
  std::string out;
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(header.size() >> (8 * i)));
  return absl::StrCat(out, header, std::string(buffer_size, 'b'));
}

std::string ErrorOf(absl::string_view header, size_t buffer_size) {
  const std::string file = FileOf(header, buffer_size);
  // A copy of exactly that size, so that the address sanitizer sees one byte too many.
  const std::vector<uint8_t> bytes(file.begin(), file.end());
  auto opened = SafetensorsFile::Open(bytes, "w.safetensors");
  return opened.ok() ? "no error" : std::string(opened.status().message());
}

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(Safetensors, ReadsTensorsInPlace) {
  const std::string file = FileOf(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,3],"data_offsets":[2,26]},)"
      R"("a":{"dtype":"I16","shape":[],"data_offsets":[0,2]}}   )",
      26);
  auto opened = SafetensorsFile::Open(AsBytes(file), "w.safetensors");
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->tensors().size(), 2u);
  EXPECT_EQ(opened->tensors()[0].name, "b");
  EXPECT_THAT(opened->metadata(), ElementsAre(Pair("format", "pt")));
  const SafetensorsTensor* b = opened->Find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->dtype, DType::kFloat32);
  EXPECT_THAT(b->shape, ElementsAre(2, 3));
  EXPECT_EQ(AsText(b->bytes).end(), file.data() + file.size());
  EXPECT_EQ(opened->Find("c"), nullptr);
}

TEST(Safetensors, WritesWhatItReads) {
  const std::string floats(24, 'f');
  const std::string shorts(6, 's');
  ScratchFile file("");
  ASSERT_TRUE(WriteSafetensors(file.path(),
                               {{"s", DType::kInt16, {3}, AsBytes(shorts)},
                                {"f \"quoted\" \xc3\xa9", DType::kFloat32, {2, 3}, AsBytes(floats)},
                                {"empty", DType::kBFloat16, {0, 4}, {}}},
                               {{"made by", "a test"}})
                  .ok());
  const std::string text = ReadText(file.path());
  auto opened = SafetensorsFile::Open(AsBytes(text), file.path());
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->tensors().size(), 3u);
  EXPECT_EQ(opened->tensors()[0].name, "f \"quoted\" \xc3\xa9");
  EXPECT_EQ(AsText(opened->Find("s")->bytes), shorts);
  EXPECT_EQ(AsText(opened->tensors()[0].bytes), floats);
  EXPECT_THAT(opened->Find("empty")->shape, ElementsAre(0, 4));
  EXPECT_THAT(opened->metadata(), ElementsAre(Pair("made by", "a test")));
  EXPECT_EQ((opened->tensors()[0].bytes.data() - AsBytes(text).data()) % 8, 0);
}

TEST(Safetensors, RefusesToWriteWhatItCouldNotRead) {
  const std::string bytes(4, 'x');
  EXPECT_FALSE(SafetensorsHeader({{"a", DType::kFloat32, {2}, AsBytes(bytes)}}, {}).ok());
  EXPECT_FALSE(SafetensorsHeader({{"a", DType::kQInt8, {4}, AsBytes(bytes)}}, {}).ok());
  EXPECT_FALSE(SafetensorsHeader({{"a", DType::kFloat32, {-1, -1}, AsBytes(bytes)}}, {}).ok());
  const SafetensorsTensor a{"a", DType::kFloat32, {1}, AsBytes(bytes)};
  EXPECT_FALSE(SafetensorsHeader({a, a}, {}).ok());
}

TEST(Safetensors, NamesTheTensorThatDoesNotFit) {
  EXPECT_THAT(
      ErrorOf(R"({"w":{"dtype":"F64","shape":[2,3],"data_offsets":[0,24]}})", 24),
      HasSubstr("tensor \"w\": float64 [2, 3] takes 48 bytes, its data_offsets are 0 to 24"));
  EXPECT_THAT(ErrorOf(R"({"w":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}})", 20),
              HasSubstr("cut off"));
  EXPECT_THAT(ErrorOf(R"({"w":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}})", 28),
              HasSubstr("buffer has 28 bytes, the tensors cover 24"));
  EXPECT_THAT(
      ErrorOf(
          R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"v":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551615]}})",
          1),
      HasSubstr("its data_offsets are 0 to 18446744073709551615"));
  EXPECT_THAT(ErrorOf(R"({"w":{"dtype":"F32","shape":[6],"data_offsets":[4,28]}})", 28),
              HasSubstr("gap"));
  EXPECT_THAT(ErrorOf(R"({"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                      R"("v":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
                      6),
              HasSubstr("overlap"));
}

TEST(Safetensors, RefusesShapesThatOverflow) {
  EXPECT_THAT(
      ErrorOf(R"({"w":{"dtype":"F32","shape":[4611686018427387910],"data_offsets":[0,24]}})", 24),
      HasSubstr("overflows"));
  EXPECT_THAT(
      ErrorOf(R"({"w":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}})", 0),
      HasSubstr("overflows"));
  EXPECT_THAT(
      ErrorOf(R"({"w":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,1]}})", 1),
      HasSubstr("2^63"));
}

TEST(Safetensors, RefusesHeadersOfTheWrongForm) {
  constexpr const char* kHeaders[] = {
      "",
      "[]",
      "3",
      "{",
      R"({"w":3})",
      R"({"w":{"shape":[1],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":[1]}})",
      R"({"w":{"dtype":null,"shape":[1],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"X9","shape":[1],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":"1","data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0]}})",
      R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}})",
      R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1e0]}})",
      R"({"w":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":{}}})",
      R"({"__metadata__":{"a":1},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
      R"({"__metadata__":{"a":{"b":{}}},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
      R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
      R"({"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
      "{\"\xff\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
  };
  for (const char* header : kHeaders) {
    EXPECT_THAT(ErrorOf(header, 1), HasSubstr("w.safetensors: safetensors: the header ")) << header;
  }
}

TEST(Safetensors, LetsPlainFieldsOfLaterVersionsThrough) {
  EXPECT_EQ(ErrorOf(R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}})", 1),
            "no error");
}

TEST(Safetensors, RefusesNestingWithoutRecursion) {
  std::string deep = "{\"w\":";
  for (int i = 0; i < 1'000'000; ++i) deep += "[";
  EXPECT_THAT(ErrorOf(deep, 0), HasSubstr("must be an object, found a list"));
}

TEST(Safetensors, RefusesMoreThan64Dimensions) {
  std::string header = R"({"w":{"dtype":"U8","shape":[1)";
  for (int i = 0; i < 64; ++i) header += ",1";
  header += R"(],"data_offsets":[0,1]}})";
  EXPECT_THAT(ErrorOf(header, 1), HasSubstr("more than 64 dimensions"));
}

TEST(Safetensors, RefusesHeaderLengthsBeyondTheFile) {
  for (const uint64_t size : {uint64_t{1000}, uint64_t{100'000'001}, ~uint64_t{0}, ~uint64_t{7}}) {
    std::string file = FileOf("{}", 0);
    for (int i = 0; i < 8; ++i) file[static_cast<size_t>(i)] = static_cast<char>(size >> (8 * i));
    EXPECT_FALSE(SafetensorsFile::Open(AsBytes(file), "w").ok()) << size;
  }
}

TEST(Safetensors, EveryTruncationIsAnError) {
  const std::string file = FileOf(R"({"w":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}})", 24);
  for (size_t size = 0; size < file.size(); ++size) {
    const std::vector<uint8_t> cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(SafetensorsFile::Open(cut, "cut").ok()) << size;
  }
}

TEST(Safetensors, EveryFlippedBitOfTheHeaderIsAnErrorOrTensorsInside) {
  const std::string file = FileOf(
      R"({"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"v":{"dtype":"U8","shape":[0],"data_offsets":[24,24]}})",
      24);
  for (size_t bit = 0; bit < (file.size() - 24) * 8; ++bit) {
    std::vector<uint8_t> bytes(file.begin(), file.end());
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    auto opened = SafetensorsFile::Open(bytes, "flip");
    if (!opened.ok()) continue;
    uint64_t total = 0;
    for (const SafetensorsTensor& tensor : opened->tensors()) {
      for (const uint8_t byte : tensor.bytes) total += byte;
    }
    EXPECT_EQ(total, 24u * 'b');
  }
}

}  // namespace
}  // namespace graft::models
