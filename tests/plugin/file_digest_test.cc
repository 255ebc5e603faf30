#include "plugin/file_digest.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/runtime/fakes.h"

namespace graft::plugin {
namespace {

using runtime::testing::TempDirectory;

bool Never() { return false; }

TEST(FileDigest, IsTheFilesSha256) {
  const TempDirectory directory;
  directory.Write("abc", "abc");
  directory.Write("empty", "");
  EXPECT_EQ(FileDigest(directory.File("abc"), Never).value(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(FileDigest(directory.File("empty"), Never).value(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(FileDigest, EndsWhenItIsCancelled) {
  const TempDirectory directory;
  directory.Write("large", std::string(4 << 20, 'x'));
  int looks = 0;
  const auto digest = FileDigest(directory.File("large"), [&] { return ++looks == 3; });
  EXPECT_TRUE(absl::IsCancelled(digest.status()));
}

TEST(FileDigest, DoesNotWaitForAPipe) {
  const TempDirectory directory;
  ASSERT_EQ(mkfifo(directory.File("pipe").c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsNotFound(FileDigest(directory.File("pipe"), Never).status()));
  EXPECT_TRUE(absl::IsNotFound(FileDigest(directory.File("none"), Never).status()));
}

}  // namespace
}  // namespace graft::plugin
