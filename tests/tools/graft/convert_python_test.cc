// What `graft convert` writes, loaded by real PyTorch and by the safetensors library in the Python
// environment of ./dev setup. Skipped where there is none (GRAFT_LIBTORCH was given instead).
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <deque>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/file/scratch_file.h"
#include "tests/tools/graft/command.h"
#include "tools/graft/convert.h"

namespace graft::tools {
namespace {

constexpr char kFixtures[] = "tests/fixtures/torch/";
constexpr char kScript[] = "tests/tools/graft/compare_weights.py";

// The environment's Python, or "". The test's data are links into the source tree.
std::string PythonWithTorch() {
  char resolved[PATH_MAX];
  if (realpath(kScript, resolved) == nullptr) return "";
  std::string root = resolved;
  root.resize(root.size() - std::string(kScript).size());
  const std::string python = root + ".venv/bin/python";
  return access(python.c_str(), X_OK) == 0 ? python : "";
}

struct Conversion {
  const char* file;
  const char* from;
  bool to_safetensors = true;  // which has no complex128
};

constexpr Conversion kConversions[] = {
    {"state_dict.pt", ""},
    {"state_dict_legacy.pth", ""},
    {"views.pt", ""},
    {"checkpoint.pt", "model_state_dict"},
    {"versions/2.8.0/dtypes.pt", "", false},
    {"versions/2.8.0/shared.pt", ""},
    {"versions/1.13.1/shared_legacy.pth", ""},
};

void ConvertTo(const std::string& output, const std::string& input, const std::string& from) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunConvert({.input = input, .output = output, .from = from}, out, err), 0) << err.str();
}

TEST(ConvertPython, LoadsWhatWasConvertedBitForBit) {
  const std::string python = PythonWithTorch();
  if (python.empty()) GTEST_SKIP() << "skipped: no .venv";
  std::deque<models::ScratchFile> outputs;
  // All files in one process: importing PyTorch takes seconds.
  std::vector<std::string> comparison = {python, kScript};
  for (const auto& [file, from, to_safetensors] : kConversions) {
    const std::string input = absl::StrCat(kFixtures, file);
    const std::string torch = outputs.emplace_back("", ".pt").path();
    const std::string safetensors =
        to_safetensors ? outputs.emplace_back("", ".safetensors").path() : "";
    ConvertTo(torch, input, from);
    if (to_safetensors) ConvertTo(safetensors, input, from);
    comparison.insert(comparison.end(), {input, from, torch, safetensors});
  }
  const testing::CommandResult result = testing::RunCommand(comparison);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, ::testing::HasSubstr("7 of 7 files are equal"));
}

}  // namespace
}  // namespace graft::tools
