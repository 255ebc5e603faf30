#include "models/python/number_text.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace graft::models::python {
namespace {

TEST(FloatRepr, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(FloatRepr(0.1), "0.1");
  EXPECT_EQ(FloatRepr(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(FloatRepr(5e-324), "5e-324");
  EXPECT_EQ(FloatRepr(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
}

TEST(FloatRepr, ChangesToAnExponentWherePythonDoes) {
  EXPECT_EQ(FloatRepr(1e15), "1000000000000000.0");
  EXPECT_EQ(FloatRepr(1e16), "1e+16");
  EXPECT_EQ(FloatRepr(1e-4), "0.0001");
  EXPECT_EQ(FloatRepr(1e-5), "1e-05");
  EXPECT_EQ(FloatRepr(1.5e-7), "1.5e-07");
}

TEST(FloatRepr, WritesZerosInfinitiesAndNan) {
  EXPECT_EQ(FloatRepr(-0.0), "-0.0");
  EXPECT_EQ(FloatRepr(-INFINITY), "-inf");
  EXPECT_EQ(FloatRepr(NAN), "nan");
}

TEST(ParseInt, ReadsEveryBaseAndUnderscores) {
  EXPECT_EQ(*ParseInt(" -1_000 ", 10), -1000);
  EXPECT_EQ(*ParseInt("0x_fF", 16), 255);
  EXPECT_EQ(*ParseInt("0b101", 0), 5);
  EXPECT_EQ(*ParseInt("-9223372036854775808", 10), std::numeric_limits<int64_t>::min());
}

TEST(ParseInt, TellsWhatIsNoNumberFromWhatIsTooLarge) {
  for (const char* text : {"", "1__0", "_1", "0x", "--1", "1.5", "012x"}) {
    EXPECT_EQ(ParseInt(text, 10).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(ParseInt("9223372036854775808", 10).status().code(), absl::StatusCode::kOutOfRange);
}

TEST(ParseFloat, ReadsWhatPythonReads) {
  EXPECT_EQ(ParseFloat(" 1_0.5e-1 "), 1.05);
  EXPECT_EQ(ParseFloat(".5"), 0.5);
  EXPECT_EQ(ParseFloat("5."), 5.0);
  EXPECT_EQ(ParseFloat("-Infinity"), -INFINITY);
  EXPECT_EQ(ParseFloat("1e999"), INFINITY);
  EXPECT_EQ(ParseFloat("1e-999"), 0.0);
  EXPECT_TRUE(std::isnan(*ParseFloat("NaN")));
}

TEST(ParseFloat, RefusesWhatPythonRefuses) {
  for (const char* text : {"", "abc", "1e", "0x10", "infin", "1_", "+-1", "nan(1)", "-"}) {
    EXPECT_FALSE(ParseFloat(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace graft::models::python
