#include "models/file/replace_file.h"

#include <dirent.h>
#include <sys/stat.h>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "models/file/file_bytes.h"
#include "tests/models/file/scratch_file.h"

namespace graft::models {
namespace {

int PartialFilesBeside(const std::string& path) {
  const std::string directory = path.substr(0, path.rfind('/'));
  const std::string stem = path.substr(path.rfind('/') + 1);
  int count = 0;
  DIR* listing = opendir(directory.c_str());
  while (const dirent* entry = readdir(listing)) {
    if (absl::StartsWith(entry->d_name, stem) && absl::StrContains(entry->d_name, ".partial-")) {
      ++count;
    }
  }
  closedir(listing);
  return count;
}

TEST(ReplaceFile, WritesThePiecesAsANewFileOfTheSameName) {
  ScratchFile file("old");
  const FileIdentity before = *IdentifyFile(file.path());
  auto old_bytes = ReadWholeFile(file.path());
  ASSERT_TRUE(ReplaceFile(file.path(), {AsBytes("new "), AsBytes(""), AsBytes("text")}).ok());
  EXPECT_EQ(AsText((*ReadWholeFile(file.path()))->bytes()), "new text");
  EXPECT_NE(IdentifyFile(file.path())->inode, before.inode);
  EXPECT_EQ(PartialFilesBeside(file.path()), 0);
}

TEST(ReplaceFile, SaysWhereItCannotWriteAndLeavesNothingBehind) {
  EXPECT_EQ(ReplaceFile("/nowhere/x", {}).code(), absl::StatusCode::kNotFound);
  ScratchFile file("");
  const std::string directory = file.path() + ".d";
  ASSERT_EQ(mkdir(directory.c_str(), 0700), 0);
  EXPECT_FALSE(ReplaceFile(directory, {AsBytes("x")}).ok());  // a directory stands there
  EXPECT_EQ(PartialFilesBeside(directory), 0);
  rmdir(directory.c_str());
}

}  // namespace
}  // namespace graft::models
