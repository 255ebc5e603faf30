#include "runtime/source_listing.h"

#include <gtest/gtest.h>

#include <algorithm>
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

std::vector<std::string> NamesOf(const SourceListing& listing) {
  std::vector<std::string> names;
  for (const SourceFile& file : listing.files) {
    names.push_back(std::filesystem::path(file.path).filename().string());
  }
  return names;
}

TEST(SourceListing, GivesAFileWhateverItsName) {
  const TempDirectory directory;
  directory.Write("odd.name", std::string("\x80\x02 binary"));
  const auto files =
      ListSource(directory.File("odd.name"), [](absl::string_view) { return false; });
  EXPECT_EQ(NamesOf(files), (std::vector<std::string>{"odd.name"}));
}

TEST(SourceListing, GivesNothingWhereNothingIs) {
  for (const char* source : {"/no/such/place", "", "/no/such/*.pt"}) {
    const SourceListing listing = ListSource(source, AnyName);
    EXPECT_TRUE(listing.files.empty()) << source;
    EXPECT_TRUE(listing.problem.ok()) << listing.problem;
  }
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
  const FileIdentity before = FindFile(directory.File("a.pt"))->identity;
  directory.Write("a.pt", "x");
  EXPECT_NE(FindFile(directory.File("a.pt"))->identity, before);
}

TEST(SourceListing, OrdersWhatAPatternFindsByStepsAndNotByDates) {
  const TempDirectory directory;
  for (const char* name : {"policy_900.pt", "policy_1000.pt", "policy_0999.pt", "policy_best.pt",
                           "policy_1000.pt.tmp", "critic_2000.pt"}) {
    directory.Write(name, "x");
  }
  SetAge(directory.File("policy_1000.pt"), 5);
  const SourceListing listing = ListSource(directory.File("policy_*.pt"), AnyName);
  EXPECT_EQ(listing.order, SourceListing::Order::kHighestStep);
  EXPECT_EQ(NamesOf(listing), (std::vector<std::string>{"policy_1000.pt", "policy_0999.pt",
                                                        "policy_900.pt", "policy_best.pt"}));
}

TEST(SourceListing, TakesEqualStepsByDate) {
  const TempDirectory directory;
  directory.Write("a_7.pt", "x");
  directory.Write("b_7.pt", "x");
  SetAge(directory.File("b_7.pt"), 1);
  EXPECT_EQ(NamesOf(ListSource(directory.File("*_7.pt"), AnyName)),
            (std::vector<std::string>{"a_7.pt", "b_7.pt"}));
}

TEST(SourceListing, AsksForTheNameOnlyWhereAPatternLeavesTheEndingOpen) {
  const TempDirectory directory;
  directory.Write("step-1.weights", "x");
  directory.Write("step-2.json", "x");
  const auto wanted = [](absl::string_view name) { return absl::EndsWith(name, ".weights"); };
  EXPECT_EQ(NamesOf(ListSource(directory.File("step-*"), wanted)),
            (std::vector<std::string>{"step-1.weights"}));
  EXPECT_EQ(NamesOf(ListSource(directory.File("step-*.json"), wanted)),
            (std::vector<std::string>{"step-2.json"}));
}

class IndexFileTest : public ::testing::Test {
 protected:
  SourceListing List(const std::string& text) {
    directory_.Write("latest", text);
    return ListSource(directory_.File("latest"),
                      [](absl::string_view name) { return absl::EndsWith(name, ".pt"); });
  }
  TempDirectory directory_;
};

TEST_F(IndexFileTest, NamesAFileBesideIt) {
  directory_.Write("step_9.pt", "x");
  directory_.Write("step_10.pt", "x");
  for (const std::string& text :
       {std::string("step_9.pt"), std::string("step_9.pt\n"),
        std::string("model_checkpoint_path: \"step_9.pt\"\nall: \"b\"\n"),
        directory_.File("step_9.pt"), std::string("9"), std::string("0009\n")}) {
    const SourceListing listing = List(text);
    EXPECT_TRUE(listing.problem.ok()) << listing.problem;
    EXPECT_EQ(NamesOf(listing), (std::vector<std::string>{"step_9.pt"})) << text;
    ASSERT_TRUE(listing.index.has_value());
    EXPECT_EQ(listing.index->path, directory_.File("latest"));
  }
}

TEST_F(IndexFileTest, NamesADirectoryWhoseNewestFileCounts) {
  std::filesystem::create_directory(directory_.File("global_step7"));
  directory_.Write("global_step7/model.pt", "x");
  for (const char* text : {"global_step7", "7"}) {
    EXPECT_EQ(NamesOf(List(text)), (std::vector<std::string>{"model.pt"})) << text;
  }
}

TEST_F(IndexFileTest, LeadsNowhereOutsideItsDirectory) {
  const TempDirectory elsewhere;
  elsewhere.Write("secret.pt", "x");
  const std::string name = std::filesystem::path(elsewhere.path()).filename().string();
  for (const std::string& text :
       {elsewhere.File("secret.pt"), "../" + name + "/secret.pt",
        "./a/../../" + name + "/secret.pt", std::string(".."), std::string("."),
        std::filesystem::path(directory_.path()).string() + "/../" + name + "/secret.pt"}) {
    const SourceListing listing = List(text);
    EXPECT_TRUE(listing.files.empty()) << text;
    EXPECT_TRUE(absl::IsInvalidArgument(listing.problem)) << text << ": " << listing.problem;
    EXPECT_TRUE(absl::StrContains(listing.problem.message(),
                                  directory_.File("latest") + ": it names \"" + text + "\""))
        << listing.problem;
  }
}

TEST_F(IndexFileTest, SaysWhatItNamesInVain) {
  EXPECT_EQ(List("gone.pt").problem,
            absl::UnavailableError(directory_.File("latest") + ": it names \"gone.pt\", and " +
                                   directory_.File("gone.pt") + " is not there"));
  directory_.Write("a_5.pt", "x");
  directory_.Write("b_5.pt", "x");
  EXPECT_EQ(List("5").problem,
            absl::InvalidArgumentError(directory_.File("latest") +
                                       ": it says 5, and several names beside it have that number "
                                       "(a_5.pt, b_5.pt). Write the name itself"));
}

TEST_F(IndexFileTest, IsAModelWhenItIsNoLineOfText) {
  directory_.Write("step_9.pt", "x");
  for (const std::string& text :
       {std::string("a\nb"), std::string("PK\x03\x04"), std::string(5000, 'a'), std::string()}) {
    EXPECT_EQ(NamesOf(List(text)), (std::vector<std::string>{"latest"}));
  }
}

TEST(SourceListing, WatchesEveryDirectoryInWhichTheSourceMayChange) {
  const TempDirectory directory;
  const auto below = [&](const char* name) { return directory.File(name); };
  std::filesystem::create_directories(below("runs/a"));
  std::filesystem::create_directories(below("runs/b"));
  std::filesystem::create_symlink("runs/a", below("current"));
  directory.Write("runs/b/x.pt", "x");
  std::filesystem::create_symlink("runs/b/x.pt", below("latest.pt"));
  using Paths = std::vector<std::string>;
  EXPECT_EQ(DirectoriesToWatch(directory.path()), Paths{directory.path()});
  EXPECT_EQ(DirectoriesToWatch(below("a.pt")), Paths{directory.path()});
  EXPECT_EQ(DirectoriesToWatch("a.pt"), Paths{"."});
  EXPECT_EQ(DirectoriesToWatch(below("current")), (Paths{directory.path(), below("current")}));
  EXPECT_EQ(DirectoriesToWatch(below("latest.pt")), (Paths{directory.path(), below("runs/b")}));
  Paths found = DirectoriesToWatch(below("runs/*/m_*.pt"));
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (Paths{below("runs/"), below("runs/a/"), below("runs/b/")}));
}

}  // namespace
}  // namespace graft::runtime
