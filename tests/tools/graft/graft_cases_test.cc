// `graft run` over the golden files of the case collection (GRAFT_CASES; by default ../shared/cases
// beside the source tree). Skipped where it is absent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "nlohmann/json.hpp"
#include "tests/tools/graft/command.h"

namespace graft {
namespace {

using models::DType;
using models::SafetensorsFile;
using models::SafetensorsTensor;
using nlohmann::json;

// The source tree, through a fixture that Bazel links to its real place.
std::filesystem::path CasesFolder() {
  if (const char* given = std::getenv("GRAFT_CASES"); given != nullptr && *given != '\0') {
    return given;
  }
  const std::filesystem::path fixture =
      std::filesystem::canonical("tests/fixtures/torchscript/policy_scripted.pt");
  return fixture.parent_path() / "../../../../shared/cases";
}

void ExpectClose(const SafetensorsTensor& got, const SafetensorsTensor& want, double rtol,
                 double atol) {
  ASSERT_EQ(got.dtype, want.dtype);
  ASSERT_EQ(got.shape, want.shape);
  ASSERT_EQ(got.bytes.size(), want.bytes.size());
  if (want.dtype != DType::kFloat32) {
    EXPECT_TRUE(std::equal(got.bytes.begin(), got.bytes.end(), want.bytes.begin()));
    return;
  }
  double worst = 0;
  for (size_t i = 0; i < want.bytes.size() / sizeof(float); ++i) {
    float g, w;
    std::memcpy(&g, got.bytes.data() + i * sizeof g, sizeof g);
    std::memcpy(&w, want.bytes.data() + i * sizeof w, sizeof w);
    if (std::isnan(g) && std::isnan(w)) continue;
    const double beyond = std::abs(double{g} - double{w}) - atol - rtol * std::abs(double{w});
    worst = std::isnan(beyond) ? INFINITY : std::max(worst, beyond);
  }
  EXPECT_LE(worst, 0) << "outside its tolerance";
}

TEST(GraftRunCases, GivesTheGoldenResultOfEveryTorchScriptFile) {
  const std::filesystem::path folder = CasesFolder();
  std::ifstream list(folder / "manifest.json");
  if (!list) GTEST_SKIP() << "skipped: no cases";
  const std::string output = ::testing::TempDir() + "/graft-run-case.safetensors";
  int compared = 0;
  const json cases = json::parse(list).at("cases");
  for (const json& one : cases) {
    const std::string format = one.at("format");
    // A lite file is refused: it holds another kind of code.
    if (!absl::StartsWith(format, "torchscript") || format == "torchscript/lite-flatbuffer" ||
        one.at("expect") != "load" || one.value("golden", json()).is_null()) {
      continue;
    }
    const std::string file = one.at("file");
    SCOPED_TRACE(file);
    const std::string golden = folder / one.at("golden").get<std::string>();
    std::filesystem::remove(output);
    const testing::CommandResult result = testing::RunCommand(
        {testing::GraftProgram(), "run", folder / file, "--input", golden, "--output", output});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    if (result.exit_code != 0) continue;
    const auto want_bytes = models::ReadWholeFile(golden).value();
    const auto got_bytes = models::ReadWholeFile(output).value();
    const SafetensorsFile want = SafetensorsFile::Open(want_bytes->bytes(), golden).value();
    const SafetensorsFile got = SafetensorsFile::Open(got_bytes->bytes(), output).value();
    const json& tolerance = one.at("tolerance").at("fp32");
    for (size_t i = 0; i < got.tensors().size(); ++i) {
      const SafetensorsTensor* computed = got.Find(absl::StrCat("out", i));
      const SafetensorsTensor* expected = want.Find(absl::StrCat("out", i));
      ASSERT_NE(computed, nullptr);
      ASSERT_NE(expected, nullptr) << "the golden file has no out" << i;
      ExpectClose(*computed, *expected, tolerance.at("rtol"), tolerance.at("atol"));
    }
    EXPECT_EQ(want.Find(absl::StrCat("out", got.tensors().size())), nullptr) << "one too few";
    ++compared;
  }
  EXPECT_GE(compared, 30);
}

}  // namespace
}  // namespace graft
