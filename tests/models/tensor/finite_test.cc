#include "models/tensor/finite.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace graft::models {
namespace {

template <typename T>
size_t Count(DType dtype, const std::vector<T>& elements, NonFinite what) {
  return CountNonFinite(dtype, elements.data(), elements.size(), what);
}

// Every pattern of 16 bits, against the meaning of its type.
TEST(CountNonFinite, KnowsEveryFloat16AndBFloat16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto code = static_cast<uint16_t>(bits);
    const bool half_special = (code & 0x7c00) == 0x7c00;
    const bool half_nan = half_special && (code & 0x03ff) != 0;
    const uint32_t widened = bits << 16;
    float brain;
    std::memcpy(&brain, &widened, sizeof(brain));
    ASSERT_EQ(CountNonFinite(DType::kFloat16, &code, 1, NonFinite::kAny), half_special) << bits;
    ASSERT_EQ(CountNonFinite(DType::kFloat16, &code, 1, NonFinite::kNaN), half_nan) << bits;
    ASSERT_EQ(CountNonFinite(DType::kBFloat16, &code, 1, NonFinite::kAny), !std::isfinite(brain));
    ASSERT_EQ(CountNonFinite(DType::kBFloat16, &code, 1, NonFinite::kNaN), std::isnan(brain));
  }
}

TEST(CountNonFinite, CountsInBlocksAndBehindThem) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const size_t size : {0, 1, 127, 128, 129, 1000, 4096}) {
    std::vector<float> values(size, std::numeric_limits<float>::max());
    EXPECT_EQ(Count(DType::kFloat32, values, NonFinite::kAny), 0u);
    for (size_t i = 0; i < size; i += 3) values[i] = i % 2 == 0 ? -kInfinity : std::nanf("");
    const size_t special = (size + 2) / 3;
    const size_t nans = special / 2;
    EXPECT_EQ(Count(DType::kFloat32, values, NonFinite::kAny), special) << size;
    EXPECT_EQ(Count(DType::kFloat32, values, NonFinite::kNaN), nans) << size;
  }
}

// The counter of a block is as narrow as its elements.
TEST(CountNonFinite, CountsWhenAllAreBad) {
  const std::vector<uint8_t> narrow(1024, 0x7f);
  EXPECT_EQ(Count(DType::kFloat8E5M2, narrow, NonFinite::kAny), 1024u);
  EXPECT_EQ(Count(DType::kFloat8E4M3FN, narrow, NonFinite::kAny), 1024u);
  const std::vector<uint16_t> halves(1024, 0xffff);
  EXPECT_EQ(Count(DType::kFloat16, halves, NonFinite::kNaN), 1024u);
}

TEST(CountNonFinite, ReadsAtAnyAlignment) {
  std::vector<unsigned char> bytes(1 + 300 * sizeof(double));
  const double nan = std::nan("");
  std::memcpy(bytes.data() + 1 + 299 * sizeof(double), &nan, sizeof(nan));
  EXPECT_EQ(CountNonFinite(DType::kFloat64, bytes.data() + 1, 300, NonFinite::kAny), 1u);
}

TEST(CountNonFinite, CountsBothPartsOfComplexNumbers) {
  const float nan = std::nanf("");
  const std::vector<std::complex<float>> values = {{1, nan}, {nan, 0}, {nan, nan}, {1, 1}};
  EXPECT_EQ(Count(DType::kComplex64, values, NonFinite::kNaN), 4u);
}

TEST(CountNonFinite, KnowsTheOneNaNOfKindsWithoutInfinity) {
  const std::vector<uint8_t> codes = {0x00, 0x7c, 0x7f, 0x80, 0xff};
  EXPECT_EQ(Count(DType::kFloat8E4M3FN, codes, NonFinite::kAny), 2u);    // 7f, ff
  EXPECT_EQ(Count(DType::kFloat8E4M3FNUZ, codes, NonFinite::kAny), 1u);  // 80
  EXPECT_EQ(Count(DType::kFloat8E5M2FNUZ, codes, NonFinite::kAny), 1u);  // 80
  EXPECT_EQ(Count(DType::kFloat8E8M0FNU, codes, NonFinite::kAny), 1u);   // ff
  EXPECT_EQ(Count(DType::kFloat8E5M2, codes, NonFinite::kNaN), 2u);      // 7f, ff
}

TEST(CountNonFinite, FindsNothingInIntegers) {
  const std::vector<int64_t> values(10, -1);
  EXPECT_EQ(Count(DType::kInt64, values, NonFinite::kAny), 0u);
  EXPECT_EQ(CountNonFinite(DType::kQInt8, values.data(), 10, NonFinite::kAny), 0u);
}

}  // namespace
}  // namespace graft::models
