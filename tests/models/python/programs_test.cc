// Programs whose output is that of CPython: programs/NAME.py prints programs/NAME.out, which
// write_outputs.py makes with CPython.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/python/evaluator.h"
#include "tests/models/python/memory_sources.h"

namespace graft::models::python {
namespace {

constexpr char kFolder[] = "tests/models/python/programs";

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> ProgramNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".py") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Programs : public testing::TestWithParam<std::string> {};

TEST_P(Programs, PrintWhatCPythonPrints) {
  const std::filesystem::path folder(kFolder);
  const std::string expected = ReadText(folder / absl::StrCat(GetParam(), ".out"));
  ASSERT_FALSE(expected.empty()) << "run write_outputs.py";
  MemorySources sources;
  sources.Add("program", ReadText(folder / absl::StrCat(GetParam(), ".py")));
  std::string printed;
  Evaluator evaluator({.sources = &sources, .print = [&printed](absl::string_view text) {
                         absl::StrAppend(&printed, text);
                       }});
  const absl::Status status =
      evaluator.Guard([&] { evaluator.CallMethod(evaluator.ImportModule("program"), "main", {}); });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(printed, expected);
}

INSTANTIATE_TEST_SUITE_P(All, Programs, testing::ValuesIn(ProgramNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace graft::models::python
