#include "models/manifest/local_path.h"

#include "gtest/gtest.h"

namespace graft::models {
namespace {

TEST(LocalPath, JoinsRelativePathsToTheDirectory) {
  EXPECT_EQ(LocalPath("net.py", "models").value(), "models/net.py");
  EXPECT_EQ(LocalPath("net.py", "").value(), "net.py");
  EXPECT_EQ(LocalPath("/a/net.py", "models").value(), "/a/net.py");
}

TEST(LocalPath, RefusesWhatIsNoLocalPath) {
  EXPECT_FALSE(LocalPath("", "models").ok());
  EXPECT_FALSE(LocalPath("https://example.org/net.py", "models").ok());
  EXPECT_FALSE(LocalPath(absl::string_view("a\0b", 3), "models").ok());
}

}  // namespace
}  // namespace graft::models
