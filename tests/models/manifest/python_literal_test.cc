#include "models/manifest/python_literal.h"

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;

TEST(PythonLiteral, WritesEveryKindOfValueAsPythonDoes) {
  EXPECT_EQ(PythonLiteral(json::parse(R"([null, true, false, -3, 1.5, 1e20])")),
            "[None, True, False, -3, 1.5, 1e+20]");
  EXPECT_EQ(PythonLiteral(json::parse(R"({"a": [], "b": {}})")), "{'a': [], 'b': {}}");
  EXPECT_EQ(PythonLiteral(18446744073709551615u), "18446744073709551615");
}

TEST(PythonLiteral, EscapesWhatWouldEndAString) {
  EXPECT_EQ(PythonLiteral("it's\\n\n\x7f"), "'it\\'s\\\\n\\x0a\\x7f'");
  EXPECT_EQ(PythonLiteral("h\u00e9\U0001F600"), "'h\u00e9\U0001F600'");
}

TEST(PythonLiteral, KnowsIdentifiers) {
  EXPECT_TRUE(IsPythonIdentifier("_num_classes2"));
  EXPECT_FALSE(IsPythonIdentifier(""));
  EXPECT_FALSE(IsPythonIdentifier("2d"));
  EXPECT_FALSE(IsPythonIdentifier("a.b"));
}

}  // namespace
}  // namespace graft::models
