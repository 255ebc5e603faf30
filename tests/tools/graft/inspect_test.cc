#include "tools/graft/inspect.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/file/safetensors.h"
#include "models/file/torch_writer.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/scratch_file.h"
#include "tests/models/file/zip_bytes.h"
#include "tools/graft/convert.h"

namespace graft::tools {
namespace {

using models::AsBytes;
using models::DType;
using models::ScratchFile;
using nlohmann::json;
using ::testing::HasSubstr;

struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

Outcome Inspect(const InspectOptions& options) {
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = RunInspect(options, out, err);
  return {exit_code, out.str(), err.str()};
}

Outcome Convert(const ConvertOptions& options) {
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = RunConvert(options, out, err);
  return {exit_code, out.str(), err.str()};
}

// Two weights, 1.5 and -2.0 in float32 and 7 in int64.
void WriteWeights(const std::string& path) {
  const std::string floats("\0\0\xc0\x3f\0\0\0\xc0", 8);
  const std::string count("\7\0\0\0\0\0\0\0", 8);
  ASSERT_TRUE(
      models::WriteSafetensors(path,
                               {{"module.fc.weight", DType::kFloat32, {1, 2}, AsBytes(floats)},
                                {"module.fc.count", DType::kInt64, {}, AsBytes(count)}},
                               {{"epoch", "3"}})
          .ok());
}

// state_dict.pt with another bit in its first storage, which lies on the next multiple of 64 bytes.
std::string PatchedFixture() {
  std::ifstream file("tests/fixtures/torch/state_dict.pt", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string name_and_extra_field = "/data/0FB\x37";
  const size_t behind = bytes.find(name_and_extra_field) + name_and_extra_field.size();
  bytes[(behind + 64) / 64 * 64] ^= 1;
  return bytes;
}

json FirstLine(const Outcome& outcome) {
  return json::parse(outcome.out.substr(0, outcome.out.find('\n')), nullptr, false);
}

TEST(Inspect, SaysWhatAFileIsAndHolds) {
  ScratchFile file("", ".safetensors");
  WriteWeights(file.path());
  const Outcome outcome = Inspect({.files = {file.path()}});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("a safetensors file"));
  EXPECT_THAT(outcome.out, HasSubstr("weights only"));
  EXPECT_THAT(outcome.out, HasSubstr("every name begins with \"module.fc.\""));
  EXPECT_THAT(outcome.out, HasSubstr("float32 [1,2]"));
  EXPECT_THAT(outcome.out, HasSubstr("epoch = \"3\""));
}

TEST(Inspect, ListsTheModulesOfAPickledModel) {
  const std::string path = "tests/fixtures/torch/module.pt";
  const json report = FirstLine(Inspect({.files = {path}, .json = true}));
  EXPECT_EQ(report["structure"], "modules");
  EXPECT_EQ(report["modules"][0]["class"], "__main__.Policy");
  EXPECT_EQ(report["modules"][0]["attributes"]["hidden"], "3");
  EXPECT_EQ(report["modules"][2]["name"], "body.0");
  EXPECT_EQ(report["modules"][2]["class"], "torch.nn.modules.linear.Linear");
  EXPECT_EQ(report["modules"][2]["attributes"]["out_features"], "3");
  EXPECT_THAT(Inspect({.files = {path}}).out,
              HasSubstr("body.0  torch.nn.modules.linear.Linear(in_features=2, out_features=3)"));
}

TEST(Inspect, WritesOneJsonObjectALineInOrderAndGoesOnAfterARefusal) {
  ScratchFile good("", ".safetensors");
  WriteWeights(good.path());
  ScratchFile bad("<html>", ".pt");
  const Outcome outcome = Inspect({.files = {bad.path(), good.path()}, .json = true, .hash = true});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "");
  const json first = FirstLine(outcome);
  EXPECT_EQ(first["file"], bad.path());
  EXPECT_EQ(first["error"]["code"], "INVALID_ARGUMENT");
  EXPECT_THAT(first["error"]["message"].get<std::string>(), HasSubstr("an HTML page"));
  const json second = json::parse(outcome.out.substr(outcome.out.find('\n') + 1), nullptr, false);
  EXPECT_EQ(second["kind"], "safetensors");
  EXPECT_EQ(second["structure"], "weights");
  EXPECT_EQ(second["weights"][0]["parameters"], 3);
  EXPECT_EQ(second["tree"][0], json::parse(R"([[], {"t": "dict", "len": 2}])"));
  EXPECT_EQ(second["tree"][2][1]["sha256"].get<std::string>().size(), 64u);
}

TEST(Inspect, ListsTensorsWithStatistics) {
  ScratchFile file("", ".safetensors");
  WriteWeights(file.path());
  const json report = FirstLine(Inspect({.files = {file.path()}, .json = true, .tensors = true}));
  const json& weight = report["tensors"][1];
  EXPECT_EQ(weight["name"], "module.fc.weight");
  EXPECT_EQ(weight["min"], -2.0);
  EXPECT_EQ(weight["max"], 1.5);
  EXPECT_EQ(weight["mean"], -0.25);
  EXPECT_EQ(weight["nan"], 0);
}

TEST(Inspect, TellsWhatChangedBetweenTwoFiles) {
  ScratchFile before("", ".safetensors");
  ScratchFile after("", ".safetensors");
  WriteWeights(before.path());
  const std::string floats("\0\0\xc0\x3f\0\0\x80\xbf", 8);  // 1.5, -1.0
  ASSERT_TRUE(models::WriteSafetensors(
                  after.path(), {{"module.fc.weight", DType::kFloat32, {1, 2}, AsBytes(floats)},
                                 {"extra", DType::kFloat32, {0}, {}}})
                  .ok());
  const json report =
      FirstLine(Inspect({.files = {before.path()}, .json = true, .diff = after.path()}));
  const json expected = json::parse(R"([
      {"name": "module.fc.count", "change": "removed"},
      {"name": "module.fc.weight", "change": "changed", "largest": 1.0, "relative": 0.4},
      {"name": "extra", "change": "added"}])");
  EXPECT_EQ(report["diff"], expected);
}

TEST(Inspect, TellsChangesFromNothingAndToNaN) {
  ScratchFile before("", ".safetensors");
  ScratchFile after("", ".safetensors");
  const std::string zeros(8, '\0');
  const std::string old_numbers("\0\0\x80\x3f\0\0\xc0\x7f", 8);  // 1, NaN
  const std::string numbers("\0\0\xc0\x7f\0\0\xc0\x7f", 8);      // NaN, NaN
  const std::string ones("\0\0\x80\x3f\0\0\x80\x3f", 8);
  ASSERT_TRUE(
      models::WriteSafetensors(before.path(), {{"a", DType::kFloat32, {2}, AsBytes(zeros)},
                                               {"b", DType::kFloat32, {2}, AsBytes(old_numbers)}})
          .ok());
  ASSERT_TRUE(
      models::WriteSafetensors(after.path(), {{"a", DType::kFloat32, {2}, AsBytes(ones)},
                                              {"b", DType::kFloat32, {2}, AsBytes(numbers)}})
          .ok());
  const std::string text = Inspect({.files = {before.path()}, .diff = after.path()}).out;
  EXPECT_THAT(text, HasSubstr("  a: changed, by at most 1\n"));
  EXPECT_THAT(text, HasSubstr("NaN in 1 places where it was a number"));
  EXPECT_THAT(text, HasSubstr("  in all: 2 changed\n"));
  const json report =
      FirstLine(Inspect({.files = {before.path()}, .json = true, .diff = after.path()}));
  EXPECT_EQ(report["diff"][0]["relative"], nullptr);
  EXPECT_EQ(report["diff"][1]["nan"], 1);
}

TEST(Inspect, LetsNoFileNameReachTheTerminal) {
  ScratchFile good("", "\x1b[31m\nred.safetensors");
  WriteWeights(good.path());
  EXPECT_THAT(Inspect({.files = {good.path()}}).out, HasSubstr("\\x1b[31m\\nred.safetensors: a"));
  ScratchFile bad("<html>", "\x1b]0;title\x07.pt");
  EXPECT_THAT(Inspect({.files = {bad.path()}}).err, HasSubstr("\\x1b]0;title\\x07.pt: an HTML"));
}

TEST(Inspect, BreaksSentencesAt80ColumnsAndNamesWhatIsLeftOut) {
  const std::string path = "tests/fixtures/torch/containers.pt";
  const std::string text = Inspect({.files = {path}}).out;
  EXPECT_THAT(text, HasSubstr("left out    by_column (sparse csc)\n"));
  EXPECT_THAT(text, HasSubstr("taken       none of these by itself: name one, with"));
  EXPECT_THAT(Inspect({.files = {"tests/fixtures/torch/checkpoint.pt"}}).out,
              HasSubstr("taken       \"model_state_dict\", unless another is named\n"));
  const std::string next = text.substr(text.find("  next "));
  for (const absl::string_view line : absl::StrSplit(next, '\n'))
    EXPECT_LE(line.size(), 80u) << line;
  const json report = FirstLine(Inspect({.files = {path}, .json = true}));
  EXPECT_EQ(report["weights"][2]["left_out"].size(), 3u);
}

TEST(Inspect, ListsWhatBelongsTogetherTogether) {
  ScratchFile file("", ".safetensors");
  const std::string bytes(8, '\0');
  const models::ByteSpan one = AsBytes(absl::string_view(bytes).substr(0, 4));
  ASSERT_TRUE(models::WriteSafetensors(file.path(), {{"b.count", DType::kInt64, {}, AsBytes(bytes)},
                                                     {"a.x", DType::kFloat32, {}, one},
                                                     {"b.x", DType::kFloat32, {}, one}})
                  .ok());
  const std::string text = Inspect({.files = {file.path()}}).out;
  EXPECT_EQ(text.find("b.  2 tensors"), text.rfind("b.  2 tensors"));
  EXPECT_LT(text.find("b.  2 tensors"), text.find("a.x"));
}

TEST(Inspect, WritesAManifestAndSaysWhatIsLeftToDo) {
  ScratchFile file("", ".safetensors");
  ScratchFile manifest("", ".json");
  WriteWeights(file.path());
  const Outcome outcome = Inspect({.files = {file.path()}, .manifest = manifest.path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("to do       replace \"FILE.py:CLASS()\""));
  std::ifstream written(manifest.path());
  const json document = json::parse(written, nullptr, false);
  EXPECT_EQ(document["graft"], 1);
  EXPECT_EQ(document["architecture"], "FILE.py:CLASS()");
}

TEST(Inspect, TellsTheVersionsOfTheModules) {
  const std::string path = "tests/fixtures/torch/state_dict.pt";
  const json report = FirstLine(Inspect({.files = {path}, .json = true}));
  EXPECT_EQ(report["weights"][0]["versions"]["body.1"], 2);
  EXPECT_EQ(report["weights"][0]["versions"][""], 1);
  EXPECT_THAT(Inspect({.files = {path}}).out,
              HasSubstr("versions    version 1: 5 modules; version 2: body.1"));
}

TEST(Inspect, NamesTheSettingsOfStableBaselinesThatStayUnread) {
  std::ifstream policy("tests/fixtures/torch/state_dict.pt", std::ios::binary);
  const std::string weights{std::istreambuf_iterator<char>(policy),
                            std::istreambuf_iterator<char>()};
  ScratchFile file(
      models::ZipBytes({{"data", R"({"gamma": 0.5, "lr": {":serialized:": "gAWV", "x": 1}})"},
                        {"policy.pth", weights}}),
      ".zip");
  const json report = FirstLine(Inspect({.files = {file.path()}, .json = true}));
  EXPECT_EQ(report["kind"], "stable_baselines3");
  EXPECT_EQ(report["unread"], json::array({"data.lr"}));
  EXPECT_EQ(report["metadata"], (json{{"data.gamma", 0.5}}));
  EXPECT_EQ(report["optimizer"], false);
  EXPECT_THAT(Inspect({.files = {file.path()}}).out,
              HasSubstr("1 setting of cloudpickle, which would run code in Python: data.lr\n"));
}

TEST(Inspect, CountsOneTensorInTheSingular) {
  ScratchFile file("", ".safetensors");
  ASSERT_TRUE(
      models::WriteSafetensors(file.path(), {{"a", DType::kBool, {1}, AsBytes("\1")}}).ok());
  EXPECT_THAT(Inspect({.files = {file.path()}}).out, HasSubstr(": 1 tensor, 1 number, 1 B"));
}

TEST(Inspect, VerifiesChecksumsWhenItReadsTheWeightsAnyhow) {
  const std::string path = "tests/fixtures/torch/state_dict.pt";
  EXPECT_FALSE(FirstLine(Inspect({.files = {path}, .json = true})).contains("checksums"));
  EXPECT_EQ(FirstLine(Inspect({.files = {path}, .json = true, .hash = true}))["checksums"],
            "right");
  ScratchFile patched(PatchedFixture(), ".pt");
  const Outcome outcome = Inspect({.files = {patched.path()}, .json = true, .hash = true});
  EXPECT_EQ(outcome.exit_code, 0) << "PyTorch reads it too";
  EXPECT_EQ(FirstLine(outcome)["checksums"], "wrong");
  EXPECT_THAT(Inspect({.files = {patched.path()}, .tensors = true}).out,
              HasSubstr("checksums   WRONG: "));
}

TEST(Convert, RefusesADamagedFile) {
  ScratchFile patched(PatchedFixture(), ".pt");
  const std::string out = patched.path() + ".out.pt";
  EXPECT_THAT(Convert({.input = patched.path(), .output = out}).err, HasSubstr("has CRC-32"));
  EXPECT_EQ(Inspect({.files = {out}}).exit_code, 1) << "nothing was written";
}

TEST(Convert, TakesWeightsFromOneFormatToTheOtherAndBack) {
  ScratchFile first("", ".safetensors");
  ScratchFile middle("", ".pt");
  ScratchFile last("", ".safetensors");
  WriteWeights(first.path());
  EXPECT_EQ(Convert({.input = first.path(), .output = middle.path()}).err, "");
  EXPECT_EQ(Convert({.input = middle.path(), .output = last.path()}).err, "");
  const json a = FirstLine(Inspect({.files = {first.path()}, .json = true, .hash = true}));
  const json b = FirstLine(Inspect({.files = {last.path()}, .json = true, .hash = true}));
  EXPECT_EQ(a["tree"], b["tree"]);
}

TEST(Convert, StripsPrefixesAndCasts) {
  ScratchFile first("", ".safetensors");
  ScratchFile last("", ".pt");
  WriteWeights(first.path());
  const Outcome outcome = Convert({.input = first.path(),
                                   .output = last.path(),
                                   .strip_prefix = "module.",
                                   .dtype = "float16"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const json report = FirstLine(Inspect({.files = {last.path()}, .json = true, .tensors = true}));
  EXPECT_EQ(report["tensors"][0]["name"], "fc.count");
  EXPECT_EQ(report["tensors"][0]["dtype"], "int64") << "integers are never cast";
  EXPECT_EQ(report["tensors"][1]["dtype"], "float16");
  EXPECT_EQ(report["tensors"][1]["min"], -2.0);
}

TEST(Convert, RefusesWhatItCannotDoAndWritesNothing) {
  ScratchFile first("", ".safetensors");
  WriteWeights(first.path());
  const std::string out = first.path() + ".out.pt";
  EXPECT_THAT(Convert({.input = first.path(), .output = "x.onnx"}).err, HasSubstr("must end in"));
  EXPECT_THAT(Convert({.input = first.path(), .output = out, .from = "ema"}).err,
              HasSubstr("no weights at \"ema\""));
  EXPECT_THAT(Convert({.input = first.path(), .output = out, .dtype = "int8"}).err,
              HasSubstr("--dtype int8: expected"));
  EXPECT_THAT(Convert({.input = first.path(), .output = out, .strip_prefix = "net."}).err,
              HasSubstr("no weight's name begins with"));
  EXPECT_EQ(Inspect({.files = {out}}).exit_code, 1);
}

}  // namespace
}  // namespace graft::tools
