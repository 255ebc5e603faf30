#include "runtime/source_listing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "absl/strings/match.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using testing::TempDirectory;

bool AnyName(absl::string_view) { return true; }

void SetAge(const std::string& path, int hours) {
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
}

std::vector<std::string> NamesOf(const std::vector<SourceFile>& files) {
  std::vector<std::string> names;
  for (const SourceFile& file : files) {
    names.push_back(std::filesystem::path(file.path).filename().string());
  }
  return names;
}

TEST(SourceListing, GivesAFileWhateverItsName) {
  const TempDirectory directory;
  directory.Write("odd.name", "x");
  const auto files =
      ListSource(directory.File("odd.name"), [](absl::string_view) { return false; });
  EXPECT_EQ(NamesOf(files), (std::vector<std::string>{"odd.name"}));
}

TEST(SourceListing, GivesNothingWhereNothingIs) {
  EXPECT_TRUE(ListSource("/no/such/place", AnyName).empty());
  EXPECT_TRUE(ListSource("", AnyName).empty());
}

TEST(SourceListing, OrdersADirectoryNewestFirstAndEqualTimesByName) {
  const TempDirectory directory;
  for (const char* name : {"step_9.pt", "old.pt", "step_1.pt"}) directory.Write(name, "x");
  SetAge(directory.File("old.pt"), 5);
  const auto same = std::filesystem::last_write_time(directory.File("step_1.pt"));
  std::filesystem::last_write_time(directory.File("step_9.pt"), same);
  EXPECT_EQ(NamesOf(ListSource(directory.path(), AnyName)),
            (std::vector<std::string>{"step_9.pt", "step_1.pt", "old.pt"}));
}

TEST(SourceListing, PassesOverWritersTemporariesFoldersAndUnwantedNames) {
  const TempDirectory directory;
  for (const char* name : {"a.pt", "a.pt.tmp", ".a.pt.swp", "a.pt~", "a.pt.part", "notes.txt"}) {
    directory.Write(name, "x");
  }
  std::filesystem::create_directory(directory.File("folder.pt"));
  const auto files = ListSource(
      directory.path(), [](absl::string_view name) { return !absl::EndsWith(name, ".txt"); });
  EXPECT_EQ(NamesOf(files), (std::vector<std::string>{"a.pt"}));
}

TEST(SourceListing, TellsAFileFromTheOneRenamedOverIt) {
  const TempDirectory directory;
  directory.Write("a.pt", "x");
  const FileIdentity before = ListSource(directory.File("a.pt"), AnyName)[0].identity;
  directory.Write("a.pt", "x");
  EXPECT_NE(ListSource(directory.File("a.pt"), AnyName)[0].identity, before);
}

TEST(SourceListing, WatchesTheFolderOfAFileAndAFolderItself) {
  const TempDirectory directory;
  EXPECT_EQ(DirectoryToWatch(directory.path()), directory.path());
  EXPECT_EQ(DirectoryToWatch(directory.File("a.pt")), directory.path());
  EXPECT_EQ(DirectoryToWatch("a.pt"), ".");
}

}  // namespace
}  // namespace graft::runtime
