#include "models/python/source_tree.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/python/parser.h"

namespace graft::models::python {
namespace {

using testing::HasSubstr;

namespace fs = std::filesystem;

class SourceTreeTest : public testing::Test {
 protected:
  SourceTreeTest()
      : folder_(fs::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~SourceTreeTest() override { fs::remove_all(folder_); }

  std::string Write(const std::string& path, const std::string& text = "") {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
    return (folder_ / path).string();
  }

  // The module's text and name without the test's folder; "": there is none.
  std::string Find(const std::string& module) {
    absl::StatusOr<std::optional<SourceProvider::Source>> source = tree_.Find(module);
    if (!source.ok()) return std::string(source.status().message());
    if (!source->has_value()) return "";
    const std::string name = (*source)->file->name();
    return absl::StrCat(fs::path(name).lexically_relative(folder_).string(),
                        (*source)->is_package ? " package " : " ", (*source)->file->text());
  }

  fs::path folder_;
  SourceTree tree_;
};

TEST_F(SourceTreeTest, FindsTheMainFileAndItsSiblings) {
  const std::string main = Write("models/net.py", "main");
  Write("models/blocks.py", "blocks");
  Write("models/pkg/__init__.py", "pkg");
  Write("models/pkg/inner.py", "inner");
  EXPECT_EQ(tree_.AddMain(main).value(), "net");
  EXPECT_EQ(Find("net"), "models/net.py main");
  EXPECT_EQ(Find("blocks"), "models/blocks.py blocks");
  EXPECT_EQ(Find("pkg"), "models/pkg/__init__.py package pkg");
  EXPECT_EQ(Find("pkg.inner"), "models/pkg/inner.py inner");
  EXPECT_EQ(Find("pkg.absent"), "");
  EXPECT_EQ(Find("models.net"), "");
}

TEST_F(SourceTreeTest, NamesAFileOfAPackageFromTheOutermostPackage) {
  const std::string main = Write("src/walker/nets/actor.py", "main");
  Write("src/walker/nets/__init__.py");
  Write("src/walker/__init__.py", "walker");
  Write("src/walker/nets/sibling.py", "sibling");
  Write("src/other.py", "other");
  EXPECT_EQ(tree_.AddMain(main).value(), "walker.nets.actor");
  EXPECT_EQ(Find("walker.nets.actor"), "src/walker/nets/actor.py main");
  EXPECT_EQ(Find("walker"), "src/walker/__init__.py package walker");
  EXPECT_EQ(Find("walker.nets.sibling"), "src/walker/nets/sibling.py sibling");
  EXPECT_EQ(Find("sibling"), "src/walker/nets/sibling.py sibling");
  EXPECT_EQ(Find("other"), "src/other.py other");
}

TEST_F(SourceTreeTest, TakesAMainFileWhoseNameNoImportCouldHave) {
  EXPECT_EQ(tree_.AddMain(Write("resnet-18.v2.py", "main")).value(), "resnet_18_v2");
  EXPECT_EQ(Find("resnet_18_v2"), "resnet-18.v2.py main");
}

TEST_F(SourceTreeTest, TakesAPackagesOwnFileAsTheMainOne) {
  EXPECT_EQ(tree_.AddMain(Write("pkg/__init__.py", "main")).value(), "pkg");
  EXPECT_EQ(Find("pkg"), "pkg/__init__.py package main");
}

TEST_F(SourceTreeTest, AsksRootsInOrder) {
  Write("one/both.py", "one");
  Write("two/both.py", "two");
  Write("two/second.py", "second");
  EXPECT_EQ(tree_.AddRoot((folder_ / "one").string()), absl::OkStatus());
  EXPECT_EQ(tree_.AddRoot((folder_ / "two").string()), absl::OkStatus());
  EXPECT_EQ(Find("both"), "one/both.py one");
  EXPECT_EQ(Find("second"), "two/second.py second");
}

TEST_F(SourceTreeTest, TakesFoldersWithoutInitForPackagesAfterRealOnes) {
  Write("one/spread/a.py", "a");
  Write("two/spread/b.py", "b");
  Write("one/real/c.py", "c");
  Write("two/real.py", "real");
  EXPECT_EQ(tree_.AddRoot((folder_ / "one").string()), absl::OkStatus());
  EXPECT_EQ(tree_.AddRoot((folder_ / "two").string()), absl::OkStatus());
  EXPECT_EQ(Find("spread"), "one/spread package ");
  EXPECT_EQ(Find("spread.a") + Find("spread.b"), "one/spread/a.py atwo/spread/b.py b");
  EXPECT_EQ(Find("real"), "two/real.py real");
  EXPECT_EQ(Find("real.c"), "");
}

TEST_F(SourceTreeTest, LetsNoNameLeadOut) {
  Write("root/a.py", "a");
  Write("secret.py", "secret");
  EXPECT_EQ(tree_.AddRoot((folder_ / "root").string()), absl::OkStatus());
  for (const char* name : {"", ".", "..", "...secret", "../secret", "..secret", "a/../../secret",
                           "/etc/passwd", "a.", ".a", "root..secret"}) {
    EXPECT_EQ(Find(name), "") << name;
  }
}

TEST_F(SourceTreeTest, LetsNoLinkLeadOut) {
  Write("root/a.py", "a");
  Write("outside/secret.py", "secret");
  fs::create_symlink(folder_ / "outside/secret.py", folder_ / "root/link.py");
  fs::create_directory_symlink(folder_ / "outside", folder_ / "root/folder");
  fs::create_symlink(folder_ / "root/a.py", folder_ / "root/inside.py");
  EXPECT_EQ(tree_.AddRoot((folder_ / "root").string()), absl::OkStatus());
  EXPECT_THAT(Find("link"), HasSubstr("is a link that leads out of"));
  EXPECT_EQ(Find("folder.secret"), "");
  EXPECT_EQ(Find("inside"), "root/inside.py a");
}

TEST_F(SourceTreeTest, RefusesWhatIsTooLarge) {
  Write("large.py", std::string(kMaxSourceBytes + 1, '#'));
  EXPECT_EQ(tree_.AddRoot(folder_.string()), absl::OkStatus());
  EXPECT_EQ(tree_.Find("large").status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(SourceTreeTest, SaysWhatIsWrongWithAPath) {
  EXPECT_EQ(tree_.AddMain((folder_ / "absent.py").string()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(tree_.AddMain(Write("net.txt")).status().code(), absl::StatusCode::kInvalidArgument);
  fs::create_directory(folder_ / "folder.py");
  EXPECT_EQ(tree_.AddMain((folder_ / "folder.py").string()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(tree_.AddRoot((folder_ / "absent").string()).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(tree_.AddRoot(Write("file.py")).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace graft::models::python
