#include "models/python/number_literal.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace graft::models::python {
namespace {

// The literal that `text` begins with, or the error.
std::string Number(absl::string_view text) {
  std::string error;
  const size_t end = ScanNumber(text, 0, &error);
  return error.empty() ? std::string(text.substr(0, end)) : error;
}

TEST(NumberLiteral, EndsWhereANumberEnds) {
  EXPECT_EQ(Number("1_000+2"), "1_000");
  EXPECT_EQ(Number("1.5e-3 "), "1.5e-3");
  EXPECT_EQ(Number("1..real"), "1.");
  EXPECT_EQ(Number(".5j)"), ".5j");
  EXPECT_EQ(Number("0xFFor x"), "0xFF");
  EXPECT_EQ(Number("1if x"), "1");
  EXPECT_EQ(Number("1else"), "1");
  EXPECT_EQ(Number("1e5else"), "1e5");
}

TEST(NumberLiteral, SaysWhatIsWrongWithOne) {
  EXPECT_EQ(Number("0777"), "a decimal number cannot begin with 0; an octal one begins with 0o");
  EXPECT_EQ(Number("0b12"), "invalid digit '2' in a binary number");
  EXPECT_EQ(Number("0o8"), "invalid digit '8' in a octal number");
  EXPECT_EQ(Number("0x"), "invalid hexadecimal number");
  EXPECT_EQ(Number("1__0"), "invalid decimal number");
  EXPECT_EQ(Number("1_"), "invalid decimal number");
  EXPECT_EQ(Number("10L"), "invalid decimal number");
  EXPECT_EQ(Number("1.e"), "invalid decimal number");
  EXPECT_EQ(Number("1st"), "invalid decimal number");
}

ConstantExpr Value(absl::string_view literal) {
  ConstantExpr constant;
  ReadNumber(literal, &constant);
  return constant;
}

TEST(NumberLiteral, HasItsValue) {
  using Type = ConstantExpr::Type;
  EXPECT_EQ(Value("9223372036854775807").int_value, INT64_MAX);
  EXPECT_EQ(Value("0xdead_BEEF").int_value, 0xDEADBEEF);
  EXPECT_EQ(Value("0b1010").int_value, 10);
  EXPECT_EQ(Value("0o17").int_value, 15);
  EXPECT_EQ(Value("1_0.5e0_1").float_value, 105);
  EXPECT_EQ(Value("1e400").float_value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(Value("0xe").type, Type::kInt);
  EXPECT_EQ(Value("2.5J").type, Type::kImaginary);
  EXPECT_EQ(Value("2.5J").float_value, 2.5);
}

TEST(NumberLiteral, KeepsABigIntegerAsWritten) {
  for (const char* literal :
       {"9223372036854775808", "0xFFFF_FFFF_FFFF_FFFF", "1_000_000_000_000_000_000_000"}) {
    const ConstantExpr constant = Value(literal);
    EXPECT_EQ(constant.type, ConstantExpr::Type::kBigInt);
    EXPECT_EQ(constant.text, literal);
  }
}

}  // namespace
}  // namespace graft::models::python
