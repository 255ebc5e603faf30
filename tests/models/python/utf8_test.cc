#include "models/python/utf8.h"

#include <string>

#include "gtest/gtest.h"

namespace graft::models::python {
namespace {

TEST(Utf8, RefusesEveryBrokenForm) {
  for (const char* broken :
       {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3(", "\xFF"}) {
    EXPECT_EQ(ValidUtf8Size(broken), 0U) << testing::PrintToString(broken);
  }
  EXPECT_EQ(ValidUtf8Size("12345678\u00e9\u20ac\U0001F600"), 17U);
  EXPECT_EQ(ValidUtf8Size("1234567\x80"), 7U);
}

TEST(Utf8, EncodesWhatItDecodes) {
  for (const uint32_t c : {0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    std::string text;
    AppendUtf8(c, &text);
    const std::optional<Utf8Character> character = DecodeUtf8(text, 0);
    ASSERT_TRUE(character) << c;
    EXPECT_EQ(character->code_point, c);
    EXPECT_EQ(character->size, text.size());
  }
}

}  // namespace
}  // namespace graft::models::python
