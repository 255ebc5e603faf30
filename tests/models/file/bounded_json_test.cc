#include "models/file/bounded_json.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

TEST(BoundedJson, ParsesADocument) {
  auto document = ParseBoundedJson(R"({"a": [1, 2.5, "x", null, true]})", "f.json");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ((*document)["a"][2], "x");
}

TEST(BoundedJson, SaysWhereTheTextIsWrong) {
  const absl::Status status = ParseBoundedJson("{\n  \"a\": 1,\n}", "f.json").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(),
              HasSubstr("f.json: not usable JSON: parse error at line 3, column 1"));
}

TEST(BoundedJson, RefusesDeepNestingWithoutRecursion) {
  EXPECT_TRUE(ParseBoundedJson("[[[]]]", "f", {.max_depth = 3}).ok());
  EXPECT_FALSE(ParseBoundedJson("[[[[]]]]", "f", {.max_depth = 3}).ok());
  EXPECT_THAT(ParseBoundedJson(std::string(5'000'000, '['), "f").status().message(),
              HasSubstr("nested deeper than 64"));
}

TEST(BoundedJson, RefusesAKeyGivenTwice) {
  EXPECT_THAT(ParseBoundedJson(R"({"a": {"b": 1, "b": 2}})", "f").status().message(),
              HasSubstr("the key \"b\" stands twice"));
  EXPECT_TRUE(ParseBoundedJson(R"([{"b": 1}, {"b": 2}])", "f").ok());
}

TEST(BoundedJson, RefusesTooMuchText) {
  EXPECT_FALSE(ParseBoundedJson("[1, 2, 3]", "f", {.max_bytes = 5}).ok());
}

TEST(BoundedJson, RefusesWhatIsNoJson) {
  for (const char* text :
       {"", "nul", "{'a': 1}", "[1 2]", "// c\n[]", "[1e999]", "\"\xff\"", "[1],"}) {
    EXPECT_FALSE(ParseBoundedJson(text, "f").ok()) << text;
  }
}

}  // namespace
}  // namespace graft::models
