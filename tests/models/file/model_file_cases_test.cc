// Reads every file of a large collection (case_files.h) and compares with what Python PyTorch says.
#include <glob.h>

#include <iostream>
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/file/model_file.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/case_files.h"

namespace graft::models {
namespace {

using nlohmann::json;

// Well-formed archives whose code does not compile: LibTorch refuses them when they are loaded to
// run.
const std::set<std::string> kLeftToTheCompiler = {
    "hostile/ts_unknown_op.pt", "hostile/ts_missing_attr.pt",  "hostile/ts_const_miss.pt",
    "hostile/ts_undef.pt",      "hostile/ts_pkl_attr_type.pt",
};

// Formats that are recognised by name and not read.
bool OnlyNamed(const std::string& format) {
  return format == "onnx" || absl::StartsWith(format, "pt2") ||
         format == "torchscript/lite-flatbuffer";
}

// The expected tree without what is for people only.
json Comparable(const json& tree) {
  json out = json::array();
  for (const json& entry : tree) {
    json value = entry[1];
    value.erase("head");
    out.push_back({entry[0], value});
  }
  return out;
}

std::string FirstDifference(const json& want, const json& got) {
  for (size_t i = 0; i < std::max(want.size(), got.size()); ++i) {
    const json missing = "nothing";
    const json& a = i < want.size() ? want[i] : missing;
    const json& b = i < got.size() ? got[i] : missing;
    if (a != b) {
      return absl::StrCat("entry ", i, "\n  want ", a.dump(-1, ' ', true), "\n  got  ",
                          b.dump(-1, ' ', true, json::error_handler_t::replace));
    }
  }
  return "";
}

size_t Canaries() {
  glob_t found = {};
  const size_t count = glob("/tmp/NN_CANARY_*", 0, nullptr, &found) == 0 ? found.gl_pathc : 0;
  globfree(&found);
  return count;
}

TEST(ModelFileCases, EveryFileReadsAsPythonReadsItOrIsRefused) {
  const std::string directory = CasesDirectory();
  if (directory.empty()) GTEST_SKIP() << "skipped: no cases";
  const json manifest = ReadJson(directory + "/manifest.json");
  const json trees = ReadJson(directory + "/trees.json");
  ASSERT_TRUE(manifest.is_object() && trees.is_object());
  std::map<std::string, int> counts;
  for (const json& item : manifest["cases"]) {
    const std::string name = item["file"];
    const std::string expect = item["expect"];
    const std::string format = item["format"];
    SCOPED_TRACE(name);
    absl::StatusOr<ModelFile> file = ModelFile::Open(absl::StrCat(directory, "/", name));
    std::string outcome = file.ok() ? "read" : "refused";
    absl::StatusOr<nlohmann::ordered_json> tree = nlohmann::ordered_json();
    if (file.ok()) {
      tree = file->Tree({.hash = true});
      if (!tree.ok()) outcome = "refused";
    }
    if (outcome == "refused") {
      const absl::Status status = file.ok() ? tree.status() : file.status();
      EXPECT_TRUE(absl::StrContains(status.message(), name)) << status;
    }
    const bool known_tree = trees.contains(name) && trees[name][0][0] != json({"run"});
    if (absl::StartsWith(expect, "load")) {
      if (OnlyNamed(format)) {
        EXPECT_EQ(outcome, "refused");
        outcome = "named";
      } else if (outcome == "refused") {
        ADD_FAILURE() << (file.ok() ? tree.status() : file.status());
      } else if (known_tree) {
        const json got = json::parse(tree->dump(-1, ' ', false, json::error_handler_t::replace));
        const std::string difference = FirstDifference(Comparable(trees[name]), got);
        EXPECT_EQ(difference, "");
        outcome = difference.empty() ? "equal" : "DIFFERENT";
      }
      ++counts["load: " + outcome];
    } else if (absl::StartsWith(expect, "reject")) {
      if (kLeftToTheCompiler.contains(name)) {
        outcome = "left to the compiler";
      } else {
        EXPECT_EQ(outcome, "refused");
      }
      ++counts["reject: " + outcome];
    } else {
      ++counts["either: " + outcome];
    }
  }
  for (const auto& [what, count] : counts) std::cout << what << " " << count << "\n";
  EXPECT_EQ(Canaries(), 0u) << "a payload ran";
}

}  // namespace
}  // namespace graft::models
