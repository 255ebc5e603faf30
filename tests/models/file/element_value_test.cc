#include "models/file/element_value.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "models/file/sha256.h"

namespace graft::models {
namespace {

double Decode(DType dtype, std::vector<uint8_t> bytes) {
  return ElementAsDouble(dtype, bytes.data());
}

std::vector<uint8_t> Encode(DType dtype, double value) {
  std::vector<uint8_t> bytes(ElementBytes(dtype));
  StoreElement(dtype, value, bytes.data());
  return bytes;
}

TEST(ElementValue, DecodesEveryKindOfNumber) {
  EXPECT_EQ(Decode(DType::kFloat16, {0x00, 0x3c}), 1.0);
  EXPECT_EQ(Decode(DType::kFloat16, {0x01, 0x00}), 0x1p-24);
  EXPECT_EQ(Decode(DType::kFloat16, {0x00, 0xfc}), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(Decode(DType::kFloat16, {0x01, 0x7c})));
  EXPECT_EQ(Decode(DType::kBFloat16, {0x80, 0xbf}), -1.0);
  EXPECT_EQ(Decode(DType::kInt16, {0xfe, 0xff}), -2.0);
  EXPECT_EQ(Decode(DType::kUInt16, {0xfe, 0xff}), 65534.0);
  EXPECT_EQ(Decode(DType::kBool, {1}), 1.0);
  EXPECT_EQ(Decode(DType::kFloat8E4M3FN, {0x38}), 1.0);
  EXPECT_EQ(Decode(DType::kFloat8E4M3FN, {0x7e}), 448.0);
  EXPECT_TRUE(std::isnan(Decode(DType::kFloat8E4M3FN, {0x7f})));
  EXPECT_EQ(Decode(DType::kFloat8E5M2, {0x3c}), 1.0);
  EXPECT_EQ(Decode(DType::kFloat8E5M2, {0x7b}), 57344.0);
  EXPECT_EQ(Decode(DType::kFloat8E4M3FNUZ, {0x7f}), 240.0);
  EXPECT_TRUE(std::isnan(Decode(DType::kFloat8E4M3FNUZ, {0x80})));
  EXPECT_EQ(Decode(DType::kFloat8E5M2FNUZ, {0x7f}), 57344.0);
  EXPECT_EQ(Decode(DType::kFloat8E8M0FNU, {0x80}), 2.0);
}

TEST(ElementValue, RoundsToTheNearestTiesToEven) {
  // Every half survives the way through a double.
  for (uint32_t bits = 0; bits < 0x7c00; ++bits) {
    const std::vector<uint8_t> half = {static_cast<uint8_t>(bits), static_cast<uint8_t>(bits >> 8)};
    EXPECT_EQ(Encode(DType::kFloat16, Decode(DType::kFloat16, half)), half);
  }
  EXPECT_EQ(Decode(DType::kFloat16, Encode(DType::kFloat16, 1 + 0x1p-11)), 1.0);
  EXPECT_EQ(Decode(DType::kFloat16, Encode(DType::kFloat16, 1 + 3 * 0x1p-11)), 1 + 0x1p-9);
  EXPECT_EQ(Decode(DType::kFloat16, Encode(DType::kFloat16, 65519.0)), 65504.0);
  EXPECT_TRUE(std::isinf(Decode(DType::kFloat16, Encode(DType::kFloat16, 65520.0))));
  EXPECT_EQ(Decode(DType::kFloat16, Encode(DType::kFloat16, 0x1p-25)), 0.0);
  EXPECT_EQ(Decode(DType::kBFloat16, Encode(DType::kBFloat16, 1 + 0x1p-8)), 1.0);
  EXPECT_TRUE(std::isinf(Decode(DType::kBFloat16, Encode(DType::kBFloat16, 1e39))));
  EXPECT_TRUE(std::isnan(Decode(DType::kBFloat16, Encode(DType::kBFloat16, std::nan("")))));
  EXPECT_EQ(Decode(DType::kFloat32, Encode(DType::kFloat32, 0.1)), static_cast<double>(0.1f));
  EXPECT_TRUE(std::isinf(Decode(DType::kFloat32, Encode(DType::kFloat32, 1e300))));
}

TEST(ElementValue, StatisticsLeaveOutWhatIsNotFinite) {
  const float numbers[] = {1.5f, std::nanf(""), -2.5f, INFINITY};
  const Weight weight{.shape = {4},
                      .stride = {1},
                      .storage = {reinterpret_cast<const uint8_t*>(numbers), sizeof(numbers)}};
  const ElementStatistics statistics = StatisticsOf(weight);
  EXPECT_EQ(statistics.min, -2.5);
  EXPECT_EQ(statistics.max, 1.5);
  EXPECT_EQ(statistics.mean, -0.5);
  EXPECT_EQ(statistics.nan, 1u);
  EXPECT_EQ(statistics.infinite, 1u);
}

TEST(Sha256, MatchesTheStandardsExamples) {
  auto hash = [](absl::string_view text) {
    Sha256 sha;
    // In two parts, so that blocks straddle updates.
    sha.Update(AsBytes(text.substr(0, text.size() / 3)));
    sha.Update(AsBytes(text.substr(text.size() / 3)));
    return sha.FinishHex();
  };
  EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace graft::models
