#include "models/manifest/manifest.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/file/scratch_file.h"
#include "tests/models/manifest/manifest_text.h"

namespace graft::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(Manifest, DefaultsAreThoseOfABareModel) {
  auto manifest =
      ParseManifest(R"({"graft": 1, "source": "m.pt"})", "models/walker.json", "models");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->name, "walker");
  EXPECT_EQ(manifest->source, "m.pt");
  EXPECT_EQ(manifest->source_path, "models/m.pt");
  EXPECT_EQ(manifest->device, "auto");
  EXPECT_EQ(manifest->precision, PrecisionRules());
  EXPECT_EQ(manifest->architecture, std::nullopt);
  EXPECT_TRUE(manifest->inputs.empty());
  EXPECT_EQ(manifest->batch_max, 1024);
  EXPECT_EQ(manifest->deadline, absl::ZeroDuration());
  EXPECT_EQ(manifest->swap, SwapPolicy());
  EXPECT_TRUE(manifest->swap.watch);
  EXPECT_EQ(manifest->swap.keep, 1);
  const Manifest bare = ManifestForModel("models/walker.pt");
  EXPECT_EQ(bare.name, "walker");
  EXPECT_EQ(bare.source_path, "models/walker.pt");
  EXPECT_EQ(bare.swap, manifest->swap);
}

TEST(Manifest, ReadsEveryKey) {
  auto manifest = ParseManifest(R"({
    "graft": 1, "name": "walker 2", "source": "/data/checkpoints/", "device": "cuda:1",
    "precision": {"default": "float16"},
    "inputs": [{"name": "obs", "dtype": "float32", "shape": ["agents", 48]},
               {"name": "camera", "dtype": "uint8", "shape": ["agents", 3, 64, 64]}],
    "outputs": [{"name": "action", "shape": ["agents", 12]}],
    "batch": {"max": 256}, "deadline_us": 4000,
    "swap": {"watch": false, "commit": "manual", "keep": 2, "poll_ms": 10, "stable_ms": 0}})",
                                "w.json", "models");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->name, "walker 2");
  EXPECT_EQ(manifest->source_path, "/data/checkpoints/");
  EXPECT_EQ(manifest->device, "cuda:1");
  EXPECT_EQ(manifest->precision.base, DType::kFloat16);
  ASSERT_EQ(manifest->inputs.size(), 2u);
  EXPECT_EQ(manifest->inputs[0], (TensorSpec{"obs", DType::kFloat32, {TensorSpec::kAgents, 48}}));
  EXPECT_THAT(manifest->inputs[1].shape, ElementsAre(TensorSpec::kAgents, 3, 64, 64));
  EXPECT_EQ(manifest->outputs[0].dtype, DType::kFloat32);
  EXPECT_EQ(manifest->batch_max, 256);
  EXPECT_EQ(manifest->deadline, absl::Milliseconds(4));
  EXPECT_FALSE(manifest->swap.watch);
  EXPECT_EQ(manifest->swap.commit, SwapPolicy::Commit::kManual);
  EXPECT_EQ(manifest->swap.keep, 2);
  EXPECT_EQ(manifest->swap.poll, absl::Milliseconds(10));
  EXPECT_EQ(manifest->swap.stable, absl::ZeroDuration());
}

TEST(Manifest, ReportsAllMistakesAtOnceWithTheirPaths) {
  auto manifest = ParseManifest(R"({
    "graft": 2, "nmae": "x", "device": "gpu", "precision": "int8", "batch": {"max": 0},
    "inputs": [{"name": "obs", "shape": [48]}, {"name": "obs", "shape": ["agents", 0]}]})",
                                "walker.json", "");
  ASSERT_FALSE(manifest.ok());
  EXPECT_EQ(manifest.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(
      std::string(manifest.status().message()),
      AllOf(
          HasSubstr("walker.json: 9 mistakes in the manifest (docs/manifest.md):"),
          HasSubstr("\n  nmae: unknown key; did you mean \"name\"?"),
          HasSubstr("\n  graft: expected 1, the version of the manifest's format, found 2"),
          HasSubstr("\n  source: is missing"),
          HasSubstr(
              "\n  device: expected \"auto\", \"cpu\", \"cuda\" or \"cuda:N\", found \"gpu\""),
          HasSubstr(
              "\n  precision: expected \"float32\", \"bfloat16\", \"float16\" or \"auto\", found "
              "\"int8\""),
          HasSubstr("\n  inputs[0].shape: expected a list like [\"agents\", 48]"),
          HasSubstr("\n  inputs[1].name: \"obs\" is given twice in inputs"),
          HasSubstr("\n  inputs[1].shape[1]: expected a whole number from 1"),
          HasSubstr("\n  batch.max: expected a whole number of rows from 1 to 1048576, found 0")));
}

TEST(Manifest, KeysOfLaterVersionsAreNamedAsSuch) {
  for (const char* more : {R"("priority": "high")", R"("batch": {"delay_us": 1})"}) {
    EXPECT_THAT(Mistakes(more), HasSubstr("but this version does not support it yet")) << more;
  }
}

TEST(Manifest, SaysHowVersionsTakeOver) {
  using StateSwap = SwapPolicy::StateSwap;
  const absl::StatusOr<Manifest> manifest = ParseManifest(
      R"({"graft": 1, "source": "a.pt",
          "outputs": [{"name": "q", "shape": ["agents", 4], "blend": "quaternion"}],
          "state": [{"input": "h", "output": "h_next"},
                    {"input": "c", "output": "c_next", "swap": "carry"},
                    {"input": "g", "output": "g_next", "swap": "burn_in"}],
          "swap": {"blend_ms": 150, "blend_curve": "linear", "state": "reset",
                   "burn_in_frames": 20, "commit": "manual",
                   "golden": "golden.safetensors", "tolerance": {"rtol": 0.5}, "max_slowdown": 1.5,
                   "pace": 2.5,
                   "sha256": ["0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"],
                   "trial": {"fraction": 0.25, "seconds": 2, "rows": 5, "max_difference": 0.1}}})",
      "walker.json", "models");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const SwapPolicy& swap = manifest->swap;
  EXPECT_EQ(swap.blend, absl::Milliseconds(150));
  EXPECT_EQ(swap.blend_curve, SwapPolicy::BlendCurve::kLinear);
  EXPECT_THAT(swap.blends, ElementsAre(Pair("q", SwapPolicy::Blend::kQuaternion)));
  EXPECT_THAT(swap.states, ElementsAre(SwapPolicy::State{"h", "h_next", std::nullopt},
                                       SwapPolicy::State{"c", "c_next", StateSwap::kCarry},
                                       SwapPolicy::State{"g", "g_next", StateSwap::kBurnIn}));
  EXPECT_EQ(swap.state_swap, StateSwap::kReset);
  EXPECT_EQ(swap.burn_in_frames, 20);
  EXPECT_TRUE(swap.burns_in());
  EXPECT_EQ(swap.commit, SwapPolicy::Commit::kManual);
  EXPECT_EQ(swap.golden_path, "models/golden.safetensors");
  EXPECT_EQ(swap.tolerance, (SwapPolicy::Tolerance{.rtol = 0.5, .atol = 0}));
  EXPECT_EQ(swap.max_slowdown, 1.5);
  EXPECT_EQ(swap.pace, 2.5);
  EXPECT_THAT(swap.sha256,
              ElementsAre("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
  EXPECT_EQ(swap.trial, (SwapPolicy::Trial{0.25, absl::Seconds(2), 5, 0.1}));
}

TEST(Manifest, MistakesInHowVersionsTakeOverAreNamed) {
  EXPECT_THAT(Mistakes(R"("swap": {"state": "map"})"),
              HasSubstr("swap.state: expected \"carry\", \"reset\" or \"burn_in\", found \"map\""));
  EXPECT_THAT(Mistakes(R"("state": [{"input": "h", "output": "g", "swap": "map"}])"),
              HasSubstr("state[0].swap: expected \"carry\", \"reset\" or \"burn_in\", found "));
  EXPECT_THAT(Mistakes(R"("swap": {"burn_in_frames": 0})"),
              HasSubstr("swap.burn_in_frames: expected a whole number of frames from 1 to 10000"));
  EXPECT_THAT(
      Mistakes(R"("state": [{"input": "h", "output": "g"}], "swap": {"burn_in_frames": 9})"),
      HasSubstr("swap.burn_in_frames: has no effect, for no state is burned in"));
  EXPECT_THAT(Mistakes(R"("swap": {"max_slowdown": 0.5})"),
              HasSubstr("swap.max_slowdown: expected a number from 1, found 0.5"));
  EXPECT_THAT(Mistakes(R"("swap": {"pace": 0})"),
              HasSubstr("swap.pace: expected a number from 1, found 0"));
  EXPECT_THAT(Mistakes(R"("swap": {"sha256": ["12"]})"),
              HasSubstr("swap.sha256: has a sum that is not 64 hexadecimal digits"));
  EXPECT_THAT(Mistakes(R"("swap": {"trial": {"fraction": 2}})"),
              HasSubstr("swap.trial.fraction: expected a number from 0 to 1, found 2"));
  EXPECT_THAT(Mistakes(R"("state": [{"input": "h"}])"),
              HasSubstr("state[0]: \"output\" is missing"));
  EXPECT_THAT(Mistakes(R"("outputs": [{"name": "a", "shape": ["agents"], "blend": "smooth"}])"),
              HasSubstr("outputs[0].blend: expected \"none\", \"linear\""));
}

TEST(Manifest, UnknownKeysSuggestTheNearestOne) {
  EXPECT_THAT(Mistakes(R"("prescision": "float16")"), HasSubstr("did you mean \"precision\"?"));
  EXPECT_THAT(Mistakes(R"("swap": {"pol_ms": 1})"),
              HasSubstr("swap.pol_ms: unknown key; did you mean \"poll_ms\"?"));
  EXPECT_THAT(Mistakes(R"("Device": "cpu")"), HasSubstr("did you mean \"device\"?"));
  EXPECT_THAT(Mistakes(R"("zzzzzzzz": 1)"), HasSubstr("known here: graft, name, source"));
  EXPECT_THAT(Mistakes(R"("inputs": [{"name": "o", "shape": ["agents"], "type": "float32"}])"),
              HasSubstr("inputs[0].type: unknown key; did you mean \"dtype\"?"));
}

TEST(Manifest, RefusesValuesOfTheWrongKind) {
  constexpr const char* kWrong[] = {
      R"("name": 3)",
      R"("name": "")",
      R"("name": "a\nb")",
      R"("device": "cuda:")",
      R"("device": "cuda:-1")",
      R"("device": "cuda:99999")",
      R"("device": 1)",
      R"("precision": 16)",
      R"("precision": {"default": "int64"})",
      R"("inputs": {})",
      R"("inputs": [])",
      R"("inputs": [3])",
      R"("inputs": [{"shape": ["agents"]}])",
      R"("inputs": [{"name": "o"}])",
      R"("inputs": [{"name": "o", "shape": []}])",
      R"("inputs": [{"name": "o", "shape": ["agents", -1]}])",
      R"("inputs": [{"name": "o", "shape": ["agents", 1.5]}])",
      R"("inputs": [{"name": "o", "shape": ["agents", 1000000, 1000000]}])",
      R"("inputs": [{"name": "o", "shape": ["agents"], "dtype": "qint8"}])",
      R"("inputs": [{"name": "o", "shape": ["agents"], "dtype": "floaty"}])",
      R"("batch": 256)",
      R"("batch": {"max": 1.5})",
      R"("batch": {"max": 18446744073709551615})",
      R"("deadline_us": -1)",
      R"("deadline_us": "4ms")",
      R"("swap": true)",
      R"("swap": {"watch": "yes"})",
      R"("swap": {"commit": "never"})",
      R"("swap": {"keep": 17})",
      R"("swap": {"poll_ms": 0})",
  };
  for (const char* more : kWrong) {
    EXPECT_THAT(Mistakes(more), HasSubstr("1 mistake in the manifest")) << more;
  }
}

TEST(Manifest, RefusesSourcesThatAreNoLocalPath) {
  for (const char* source : {"\"\"", "3", "\"https://example.org/m.pt\"", "\"a\\u0000b\""}) {
    auto manifest =
        ParseManifest(absl::StrCat("{\"graft\": 1, \"source\": ", source, "}"), "w", "");
    ASSERT_FALSE(manifest.ok()) << source;
    EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("source: ")) << source;
  }
}

TEST(Manifest, RefusesTextThatIsNoManifest) {
  for (const char* text : {"", "[]", "{", "null", "{\"graft\": 1, \"graft\": 1}"}) {
    EXPECT_FALSE(ParseManifest(text, "w.json", "").ok()) << text;
  }
  EXPECT_FALSE(ParseManifest(std::string(2'000'000, ' '), "w.json", "").ok());
  EXPECT_FALSE(ParseManifest(std::string(500'000, '['), "w.json", "").ok());
}

TEST(Manifest, LoadsAFileRelativeToItsDirectory) {
  ScratchFile file(R"({"graft": 1, "source": "m.pt"})", ".json");
  auto manifest = LoadManifest(file.path());
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const std::string directory = file.path().substr(0, file.path().rfind('/'));
  EXPECT_EQ(manifest->source_path, directory + "/m.pt");
  EXPECT_EQ(LoadManifest("/nowhere.json").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace graft::models
