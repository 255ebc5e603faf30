#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/scratch_file.h"
#include "tests/tools/graft/command.h"

namespace graft {
namespace {

using models::DType;
using models::SafetensorsFile;
using models::SafetensorsTensor;
using models::ScratchFile;
using ::testing::AllOf;
using testing::CommandResult;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// obs [agents, 4] -> relu of [sum, 2 sum + 1, 3 sum + 2].
const char kPolicy[] = "tests/fixtures/torchscript/policy_scripted.pt";
const char kTwoInputs[] = "tests/fixtures/torchscript/two_inputs.pt";

CommandResult Graft(std::vector<std::string> arguments,
                    const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), testing::GraftProgram());
  return testing::RunCommand(arguments, environment);
}

models::ByteSpan BytesOf(const std::vector<float>& values) {
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)};
}

// Two rows of four, and an output file, under a name of the caller's.
class RunFiles {
 public:
  explicit RunFiles(const std::string& name)
      : input_("", ".safetensors"), output_("", ".safetensors") {
    const std::vector<float> rows = {1, 2, 3, 4, 0, 0, 0, -1};
    Write({{name, DType::kFloat32, {2, 4}, BytesOf(rows)}});
  }
  void Write(const std::vector<SafetensorsTensor>& tensors) {
    ASSERT_TRUE(models::WriteSafetensors(input_.path(), tensors).ok());
  }
  CommandResult Run(const std::string& model, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"run",         model,      "--input",
                                          input_.path(), "--output", output_.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Graft(arguments);
  }
  // Elements of an output; empty when it is not there.
  std::vector<float> Output(const std::string& name) {
    const auto bytes = models::ReadWholeFile(output_.path());
    if (!bytes.ok()) return {};
    const auto file = SafetensorsFile::Open((*bytes)->bytes(), output_.path());
    const SafetensorsTensor* tensor = file.ok() ? file->Find(name) : nullptr;
    if (tensor == nullptr) return {};
    std::vector<float> values(tensor->bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor->bytes.data(), values.size() * sizeof(float));
    return values;
  }

 private:
  ScratchFile input_;
  ScratchFile output_;
};

TEST(GraftCommand, SaysHowItIsUsed) {
  const CommandResult help = Graft({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("inspect"), HasSubstr("run"), HasSubstr("bench"),
                              HasSubstr("Examples"), HasSubstr("GRAFT_LIBRARY")));
  for (const char* command : {"inspect", "run", "verify", "bench"}) {
    const CommandResult more = Graft({command, "--help"});
    EXPECT_EQ(more.exit_code, 0) << command;
    EXPECT_THAT(more.out, HasSubstr(command));
  }
  const CommandResult version = Graft({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, ::testing::StartsWith("graft 0."));
}

TEST(GraftCommand, AnswersAWrongCommandLineWithTwo) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"juggle"},
      {"run"},
      {"run", kPolicy},
      {"run", kPolicy, "--input", "a", "--output", "b", "--speed", "9"},
      {"bench"},
      {"bench", kPolicy, "--agents", "0"},
      {"bench", kPolicy, "--seconds", "soon"},
      {"inspect"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    const CommandResult result = Graft(arguments);
    EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(arguments);
    EXPECT_THAT(result.err, Not(IsEmpty()));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

// What a program needs before it can start, from its own file.
TEST(GraftCommand, NeedsNoLibTorchToStart) {
  std::ifstream file(testing::GraftProgram(), std::ios::binary);
  std::string program((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_GT(program.size(), sizeof(Elf64_Ehdr));
  EXPECT_EQ(program.find("libtorch"), std::string::npos);
  EXPECT_EQ(program.find("libc10"), std::string::npos);
  EXPECT_EQ(program.find("libtbb"), std::string::npos);

  const CommandResult inspected =
      Graft({"inspect", kPolicy}, {"GRAFT_LIBRARY=/nowhere/libgraft.so"});
  EXPECT_EQ(inspected.exit_code, 0) << inspected.err;
  EXPECT_THAT(inspected.out, HasSubstr("TorchScript"));
}

TEST(GraftRun, TakesInputsByNumberAndGivesOutputsByNumber) {
  RunFiles files("in0");
  const CommandResult result = files.Run(kPolicy);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(files.Output("out0"), ElementsAre(10, 21, 32, 0, 0, 0));
}

TEST(GraftRun, PassesOverExpectedResultsInTheInputFile) {
  RunFiles files("in0");
  const std::vector<float> rows = {1, 2, 3, 4};
  files.Write({{"in0", DType::kFloat32, {1, 4}, BytesOf(rows)},
               {"out0", DType::kFloat32, {4}, BytesOf(rows)},
               {"out0.fp16", DType::kFloat32, {4}, BytesOf(rows)}});
  const CommandResult result = files.Run(kPolicy);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(files.Output("out0"), ElementsAre(10, 21, 32));
}

TEST(GraftRun, UsesTheNamesOfTheManifest) {
  const std::string folder = std::filesystem::absolute("tests/fixtures/torchscript").string();
  const ScratchFile manifest(
      nlohmann::json(
          {{"graft", 1},
           {"source", folder + "/policy_scripted.pt"},
           {"inputs", {{{"name", "obs"}, {"dtype", "float32"}, {"shape", {"agents", 4}}}}},
           {"outputs", {{{"name", "action"}, {"dtype", "float32"}, {"shape", {"agents", 3}}}}}})
          .dump(),
      ".json");
  RunFiles files("obs");
  const CommandResult named = files.Run(manifest.path());
  ASSERT_EQ(named.exit_code, 0) << named.err;
  EXPECT_THAT(files.Output("action"), ElementsAre(10, 21, 32, 0, 0, 0));

  RunFiles numbered("in0");
  EXPECT_EQ(numbered.Run(manifest.path()).exit_code, 0);

  RunFiles misspelt("observation");
  const CommandResult wrong = misspelt.Run(manifest.path());
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("obs"), HasSubstr("observation float32 [2, 4]")));
}

TEST(GraftRun, ListsWhatTheInputFileHoldsWhenNamesDoNotMatch) {
  RunFiles files("observations");
  const CommandResult result = files.Run(kPolicy);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("in0"), HasSubstr("observations float32 [2, 4]")));
  EXPECT_THAT(result.out, IsEmpty());
}

TEST(GraftRun, RefusesATensorThatWouldGoNowhere) {
  RunFiles files("in0");
  const std::vector<float> rows = {1, 2, 3, 4};
  files.Write({{"in0", DType::kFloat32, {1, 4}, BytesOf(rows)},
               {"mask", DType::kFloat32, {1, 4}, BytesOf(rows)}});
  const CommandResult result = files.Run(kPolicy);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("\"mask\" is no input"));
}

TEST(GraftRun, SaysWhatTheModelTakesWhenThereAreTooFewInputs) {
  RunFiles files("in0");
  const CommandResult result = files.Run(kTwoInputs);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("obs"), HasSubstr("goal")));
}

TEST(GraftRun, FailsWithAMessageForFilesThatAreNotThere) {
  RunFiles files("in0");
  const CommandResult no_model = files.Run("no_such_model.pt");
  EXPECT_EQ(no_model.exit_code, 1);
  EXPECT_THAT(no_model.err, HasSubstr("no_such_model.pt"));
  const CommandResult no_input =
      Graft({"run", kPolicy, "--input", "no_such_input.safetensors", "--output", "x"});
  EXPECT_EQ(no_input.exit_code, 1);
  EXPECT_THAT(no_input.err, HasSubstr("no_such_input.safetensors"));
  const CommandResult no_precision = files.Run(kPolicy, {"--precision", "float8"});
  EXPECT_EQ(no_precision.exit_code, 1);
  EXPECT_THAT(no_precision.err, HasSubstr("bfloat16"));
}

TEST(GraftRun, SaysWhereItLookedForTheLibrary) {
  const ScratchFile input("", ".safetensors");
  const std::vector<float> rows = {1, 2, 3, 4};
  const std::vector<SafetensorsTensor> tensors = {{"in0", DType::kFloat32, {1, 4}, BytesOf(rows)}};
  ASSERT_TRUE(models::WriteSafetensors(input.path(), tensors).ok());
  const CommandResult result =
      Graft({"run", kPolicy, "--input", input.path(), "--output", input.path() + ".out"},
            {"GRAFT_LIBRARY=/nowhere/libgraft.so"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("/nowhere/libgraft.so"), HasSubstr("GRAFT_LIBRARY")));
}

TEST(GraftBench, ReportsEveryPathAsJson) {
  const CommandResult result =
      Graft({"bench", kPolicy, "--agents", "3", "--seconds", "0.2", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, IsEmpty());  // no progress where nobody watches
  const auto report = nlohmann::json::parse(result.out, nullptr, false);
  ASSERT_FALSE(report.is_discarded()) << result.out;
  EXPECT_EQ(report.at("agents"), 3);
  EXPECT_EQ(report.at("device"), "cpu");
  for (const char* path : {"bare", "run", "wait", "poll"}) {
    const auto& figures = report.at("paths").at(path);
    EXPECT_GT(figures.at("calls"), 0) << path;
    EXPECT_GT(figures.at("p50_ns"), 0) << path;
    EXPECT_LE(figures.at("p50_ns"), figures.at("p90_ns")) << path;
    EXPECT_LE(figures.at("p90_ns"), figures.at("p99_ns")) << path;
    EXPECT_LE(figures.at("p99_ns"), figures.at("p999_ns")) << path;
    EXPECT_LE(figures.at("p999_ns"), figures.at("max_ns")) << path;
    EXPECT_GT(figures.at("rows_per_second"), 0) << path;
    EXPECT_GT(figures.at("ratio_to_bare"), 0) << path;
  }
  EXPECT_EQ(report.at("paths").at("bare").at("ratio_to_bare"), 1.0);
}

TEST(GraftBench, PrintsATableAndHistograms) {
  const CommandResult result =
      Graft({"bench", kPolicy, "--seconds", "0", "--rate", "1000", "--threads", "1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("bare LibTorch forward"), HasSubstr("Graft run()"),
                                HasSubstr("p99.9"), HasSubstr("####")));
}

TEST(GraftBench, SaysWhyAModelCannotBeTimed) {
  const CommandResult result = Graft({"bench", "tests/fixtures/torchscript/counter.pt"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("counter.pt"), HasSubstr("state")));
}

}  // namespace
}  // namespace graft
