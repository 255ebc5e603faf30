#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/manifest/manifest.h"
#include "tests/models/manifest/manifest_text.h"

namespace graft::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = ArchitectureSpec::Kind;

TEST(ArchitectureKeys, TheStringForm) {
  const Manifest manifest = Parsed(R"json("architecture": "net.py:Net(width=64)")json").value();
  ASSERT_TRUE(manifest.architecture.has_value());
  EXPECT_EQ(manifest.architecture->source_path, "models/net.py");
  EXPECT_EQ(manifest.architecture->expression, "Net(width=64)");
}

TEST(ArchitectureKeys, TheObjectFormBecomesTheSameExpression) {
  const Manifest manifest = Parsed(R"("architecture": {
      "source": "net.py", "class": "models.Net", "args": [10, "it's", null],
      "kwargs": {"width": 64, "bias": false, "scales": [0.5, 1e20]}})")
                                .value();
  EXPECT_EQ(manifest.architecture.value(),
            (ArchitectureSpec{.kind = Kind::kSource,
                              .source = "net.py",
                              .source_path = "models/net.py",
                              .expression = "models.Net(10, 'it\\'s', None, bias=False, "
                                            "scales=[0.5, 1e+20], width=64)"}));
  EXPECT_EQ(
      Parsed(R"("architecture": {"source": "n.py", "class": "Net"})")->architecture->expression,
      "Net()");
}

TEST(ArchitectureKeys, AChainOfLinearLayersWithItsActivation) {
  const Manifest manifest =
      Parsed(R"("architecture": {"mlp": {"activation": "elu", "output_activation": "tanh"}})")
          .value();
  EXPECT_EQ(
      manifest.architecture.value(),
      (ArchitectureSpec{.kind = Kind::kMlp, .activation = "elu", .output_activation = "tanh"}));
}

TEST(ArchitectureKeys, SourceRootsAreRelativeToTheManifest) {
  EXPECT_THAT(Parsed(R"("source_roots": ["src", "/usr/lib/python"])")->source_roots,
              ElementsAre("models/src", "/usr/lib/python"));
}

TEST(ArchitectureKeys, AllMistakesOfTheObjectFormAtOnce) {
  EXPECT_THAT(
      Mistakes(R"json("architecture": {"class": "Net(3)", "args": 3, "kwargs": {"a b": 1},
                                   "sorce": "x"})json"),
      AllOf(HasSubstr("5 mistakes"),
            HasSubstr("architecture.sorce: unknown key; did you mean \"source\"?"),
            HasSubstr("architecture: \"source\" is missing; give the path of a Python file"),
            HasSubstr("architecture.args: expected a list of values, found 3"),
            HasSubstr("architecture.kwargs.a b: is no name that a Python argument can have"),
            HasSubstr("architecture.class: \"Net(3)\" is no name of a class")));
}

TEST(ArchitectureKeys, RefusesValuesOfTheWrongKind) {
  for (const char* more :
       {R"("architecture": 3)", R"("architecture": "net.py")",
        R"("architecture": {"source": "", "class": "Net"})",
        R"("architecture": {"source": "a://b", "class": "Net"})",
        R"("architecture": {"source": "n.py", "class": "Net", "kwargs": []})",
        R"("architecture": {"mlp": 3})", R"("architecture": {"mlp": {"activation": 3}})",
        R"("architecture": {"mlp": {}, "source": "net.py"})", R"("source_roots": "src")",
        R"("source_roots": [3])", R"("source_roots": ["a://b"])"}) {
    EXPECT_THAT(Mistakes(more), HasSubstr("1 mistake in the manifest")) << more;
  }
  EXPECT_THAT(Mistakes(R"("architecture": {"mlp": {"activation": "rellu"}})"),
              HasSubstr("did you mean \"relu\"?"));
}

}  // namespace
}  // namespace graft::models
