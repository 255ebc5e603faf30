// What model_describe says of a version: the precision that "auto" came to, how its weights were
// bound, what it keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graft/graft.hpp"
#include "models/file/safetensors.h"
#include "nlohmann/json.hpp"
#include "tests/runtime/fakes.h"

namespace {

using graft::models::DType;
using graft::models::SafetensorsTensor;
using nlohmann::json;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kNet[] = R"(
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, obs):
        return self.head(self.body(obs).relu())
)";

class VersionFactsTest : public ::testing::Test {
 protected:
  VersionFactsTest() {
    host_.struct_size = sizeof host_;
    host_.user = this;
    host_.log = [](void* user, int32_t, const char* text) {
      static_cast<VersionFactsTest*>(user)->log_.emplace_back(text);
    };
  }

  graft::Runtime OpenRuntime() {
    graft_runtime_options options{};
    options.flags = GRAFT_RUNTIME_NO_WORKERS;
    return library_.OpenRuntime(options, host_).value();
  }
  // The facts of the newest version.
  static json Newest(const graft::Model& model) {
    return json::parse(model.Describe().value()).at("versions").back();
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_.File(name)) << text;
    return directory_.File(name);
  }
  // Weights of Net whose elements are all `value`; without the body's: as a later file may be.
  std::string WriteWeights(const std::string& name, float value, bool body = true) {
    const std::vector<float> values(32, value);
    std::vector<SafetensorsTensor> tensors;
    const auto add = [&](const std::string& key, std::vector<int64_t> shape) {
      size_t count = 1;
      for (const int64_t size : shape) count *= static_cast<size_t>(size);
      tensors.push_back({key,
                         DType::kFloat32,
                         std::move(shape),
                         {reinterpret_cast<const uint8_t*>(values.data()), count * sizeof(float)}});
    };
    if (body) add("body.weight", {8, 4});
    if (body) add("body.bias", {8});
    add("head.weight", {2, 8});
    add("head.bias", {2});
    EXPECT_TRUE(graft::models::WriteSafetensors(directory_.File(name), tensors).ok());
    return directory_.File(name);
  }
  std::string Manifest(const std::string& more) {
    Write("net.py", kNet);
    return Write("net.json",
                 R"json({"graft": 1, "source": "net.safetensors", "architecture": "net.py:Net()",
                     "inputs": [{"name": "obs", "shape": ["agents", 4]}], )json" +
                     more + "}");
  }

  graft_host host_{};
  std::vector<std::string> log_;
  graft::Library library_ = graft::Library::Load("plugin/libgraft.so").value();
  graft::runtime::testing::TempDirectory directory_;
};

TEST_F(VersionFactsTest, TellsWhichPrecisionWasMeasuredToBeTheFastest) {
  const std::string policy =
      std::filesystem::absolute("tests/fixtures/torchscript/policy_scripted.pt").string();
  const std::string manifest =
      Write("policy.json", R"({"graft": 1, "precision": "auto", "source": ")" + policy + "\"}");
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(manifest).value();
  const json first = Newest(model);
  EXPECT_THAT(first.at("precision"), AnyOf("float32", "bfloat16", "float16"));
  const std::string choice = first.at("precision_choice");
  EXPECT_EQ(choice.rfind(first.at("precision").get<std::string>() + ", measured over ", 0), 0U)
      << choice;
  EXPECT_THAT(choice, HasSubstr("bfloat16 takes"));
  EXPECT_THAT(log_, Contains(HasSubstr("; precision_choice: " + choice)));
  // Later versions run in it.
  ASSERT_TRUE(model.Load(policy, /*timeout_ns=*/-1).ok());
  EXPECT_EQ(Newest(model).at("precision"), first.at("precision"));
  EXPECT_EQ(Newest(model).at("version"), 2);
}

TEST_F(VersionFactsTest, RefusesAModelWhoseGoldenValuesNoPrecisionAnswers) {
  const std::vector<float> values(4, 1);
  const graft::models::ByteSpan bytes(reinterpret_cast<const uint8_t*>(values.data()), 16);
  ASSERT_TRUE(graft::models::WriteSafetensors(
                  directory_.File("golden.safetensors"),
                  std::vector<SafetensorsTensor>{{"obs", DType::kFloat32, {1, 4}, bytes},
                                                 {"out0", DType::kFloat32, {1, 2}, bytes.first(8)}})
                  .ok());
  WriteWeights("net.safetensors", 1);
  graft::Runtime runtime = OpenRuntime();
  // Answers 8 x 5 + 1 = 41.
  const auto model = runtime.OpenModel(
      Manifest(R"("precision": "auto", "swap": {"golden": "golden.safetensors"})"));
  ASSERT_FALSE(model.ok());
  EXPECT_THAT(model.error().message, HasSubstr("expected 1, found 41"));
}

TEST_F(VersionFactsTest, TellsHowWeightsWereBoundAndWhatIsKept) {
  WriteWeights("net.safetensors", 0.5F);
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(Manifest(R"("freeze": {"keep": ["body"]})")).value();
  const json first = Newest(model);
  EXPECT_EQ(first.at("precision"), "float32");
  EXPECT_FALSE(first.contains("precision_choice"));
  EXPECT_EQ(first.at("binding"), "4 of 4 tensors come from the file");
  EXPECT_EQ(first.at("kept_tensors"), 2);
  EXPECT_EQ(first.at("kept_bytes"), (32 + 8) * 4);
  EXPECT_EQ(first.at("live_tensors"), 2);
  EXPECT_EQ(first.at("live_bytes"), (16 + 2) * 4);
  EXPECT_THAT(log_, Contains(HasSubstr("; binding: 4 of 4 tensors come from the file")));
  // A later file may lack what is kept.
  const std::string later = WriteWeights("later.safetensors", 0.25F, /*body=*/false);
  const auto loaded = model.Load(later, /*timeout_ns=*/-1);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(Newest(model).at("binding"), "2 of 4 tensors come from the file, 2 are kept");
}

TEST_F(VersionFactsTest, CountsBytesInThePrecisionThatTheyRunIn) {
  WriteWeights("net.safetensors", 0.5F);
  graft::Runtime runtime = OpenRuntime();
  const json facts = Newest(
      runtime
          .OpenModel(Manifest(
              R"("precision": {"default": "bfloat16", "keep_float32": ["head"]}, "freeze": {"keep": ["body"]})"))
          .value());
  EXPECT_EQ(facts.at("precision"), "bfloat16");
  EXPECT_EQ(facts.at("kept_bytes"), (32 + 8) * 2);
  EXPECT_EQ(facts.at("live_bytes"), (16 + 2) * 4);
}

}  // namespace
