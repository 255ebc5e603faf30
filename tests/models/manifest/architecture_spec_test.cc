#include "models/manifest/architecture_spec.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;
using Kind = ArchitectureSpec::Kind;

std::string Problem(absl::string_view text) {
  return std::string(ParseArchitecture(text, "").status().message());
}

TEST(ArchitectureSpec, AFileAndAnExpressionInIt) {
  const ArchitectureSpec spec =
      ParseArchitecture("nets/net.py: Net(10, names=['a:b', 'c.py:d'])", "models").value();
  EXPECT_EQ(spec, (ArchitectureSpec{.kind = Kind::kSource,
                                    .source = "nets/net.py",
                                    .source_path = "models/nets/net.py",
                                    .expression = "Net(10, names=['a:b', 'c.py:d'])"}));
  EXPECT_EQ(ParseArchitecture("/src/net.py:Net", "models")->source_path, "/src/net.py");
  EXPECT_EQ(ParseArchitecture("net.py:Net", "")->expression, "Net");
}

TEST(ArchitectureSpec, AnArchitectureOfTheZooByName) {
  EXPECT_EQ(ParseArchitecture("resnet50(num_classes=10)", "models").value(),
            (ArchitectureSpec{.kind = Kind::kZoo, .expression = "resnet50(num_classes=10)"}));
  EXPECT_EQ(ParseArchitecture("vit_b_16", "")->kind, Kind::kZoo);
  EXPECT_EQ(ParseArchitecture("net(path='a.py:b')", "")->kind, Kind::kZoo);
}

TEST(ArchitectureSpec, AChainOfLinearLayers) {
  EXPECT_EQ(ParseArchitecture("mlp", "").value(), (ArchitectureSpec{.kind = Kind::kMlp}));
}

TEST(ArchitectureSpec, RefusesWhatNamesNoArchitectureAndSaysWhatToWrite) {
  EXPECT_THAT(Problem(""), HasSubstr("write \"net.py:Net(num_classes=10)\""));
  EXPECT_THAT(Problem("net.py"), HasSubstr("names a file, but no class in it"));
  EXPECT_THAT(Problem("net.py:"), HasSubstr("names a file, but no class in it"));
  EXPECT_THAT(Problem("net.pt:Net"), HasSubstr("no file ending in .py"));
  EXPECT_THAT(Problem("torch.nn:Linear"), HasSubstr("no file ending in .py"));
  EXPECT_THAT(Problem("resnet50("), HasSubstr("names no architecture"));
  EXPECT_THAT(Problem("my net"), HasSubstr("names no architecture"));
  EXPECT_THAT(Problem("https://x.org/net.py:Net"), HasSubstr("a local file"));
  EXPECT_THAT(Problem(std::string(20'000, 'a')), HasSubstr("longer than 16 KiB"));
}

}  // namespace
}  // namespace graft::models
