// What people do with weights every day, from a manifest's keys and files that PyTorch wrote to
// the values that Python computes (tests/fixtures/everyday/make_fixtures.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/binding/binding_report.h"
#include "models/file/element_value.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "models/loading/load_model.h"
#include "models/manifest/manifest.h"

namespace graft::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The files themselves: an architecture's source may not be a link out of its directory.
const std::string& Folder() {
  static const auto* const folder = new std::string(
      std::filesystem::canonical("tests/fixtures/everyday/nets.py").parent_path().string());
  return *folder;
}

// What Python computed.
const SafetensorsFile& Expected() {
  static const auto* const file = [] {
    static const std::string path = absl::StrCat(Folder(), "/expected.safetensors");
    static const auto bytes = ReadWholeFile(path).value();
    return new SafetensorsFile(SafetensorsFile::Open(bytes->bytes(), path).value());
  }();
  return *file;
}

HostTensor ToHost(const SafetensorsTensor& tensor, const std::string& name) {
  HostTensor host{name, tensor.dtype, tensor.shape, {}};
  const auto* data = reinterpret_cast<const std::byte*>(tensor.bytes.data());
  host.data.assign(data, data + tensor.bytes.size());
  return host;
}

std::vector<HostTensor> InputsOf(const std::string& name) {
  std::vector<HostTensor> inputs;
  while (const auto* tensor = Expected().Find(absl::StrCat(name, "/in", inputs.size()))) {
    inputs.push_back(ToHost(*tensor, absl::StrCat("in", inputs.size())));
  }
  return inputs;
}

std::vector<float> ValuesOf(const HostTensor& tensor) {
  const size_t bytes = ElementBytes(tensor.dtype);
  std::vector<float> values(tensor.data.size() / bytes);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(ElementAsDouble(
        tensor.dtype, reinterpret_cast<const uint8_t*>(tensor.data.data()) + i * bytes));
  }
  return values;
}

// Of a manifest with these keys besides "source"; the inputs are those of the case.
SourceModelOptions OptionsOf(const std::string& file, const std::string& keys,
                             const std::vector<HostTensor>& inputs) {
  const Manifest manifest =
      ParseManifest(absl::StrCat("{\"graft\": 1, \"source\": \"", file, "\", ", keys, "}"),
                    "m.json", Folder())
          .value();
  SourceModelOptions options;
  NetworkOptions& network = options.network;
  network.architecture = manifest.architecture;
  network.weights = manifest.weights;
  network.surgery = manifest.surgery;
  network.precision = manifest.precision;
  network.freeze = manifest.freeze;
  network.train = manifest.train;
  network.taps = manifest.taps;
  network.seed = static_cast<uint64_t>(manifest.seed);
  options.torch.forward_only = true;
  for (const HostTensor& input : inputs) {
    TensorSpec& spec = options.torch.inputs.emplace_back();
    spec.name = input.name;
    spec.dtype = input.dtype;
    spec.shape = input.shape;
    spec.shape[0] = TensorSpec::kAgents;
  }
  return options;
}

absl::StatusOr<LoadedModel> Load(const std::string& file, const std::string& keys,
                                 const std::vector<HostTensor>& inputs) {
  return LoadModel(absl::StrCat(Folder(), "/", file), OptionsOf(file, keys, inputs));
}

std::string ErrorOf(const std::string& file, const std::string& keys,
                    const std::vector<HostTensor>& inputs) {
  return std::string(Load(file, keys, inputs).status().message());
}

void ExpectEqual(const std::vector<HostTensor>& got, const std::string& name,
                 float tolerance = 2e-6F) {
  size_t count = 0;
  while (const auto* want = Expected().Find(absl::StrCat(name, "/out", count))) {
    ASSERT_LT(count, got.size()) << name;
    ASSERT_EQ(got[count].shape, want->shape) << name << " " << count;
    const std::vector<float> found = ValuesOf(got[count]);
    const std::vector<float> expected = ValuesOf(ToHost(*want, ""));
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i], tolerance) << name << " out" << count << " at " << i;
    }
    ++count;
  }
  ASSERT_GT(count, 0U) << name;
  EXPECT_EQ(got.size(), count) << name;
}

// Loads the file with these keys and expects what Python computed; gives what was loaded.
LoadedModel ExpectWhatPythonComputes(const std::string& name, const std::string& file,
                                     const std::string& keys, float tolerance = 2e-6F) {
  const std::vector<HostTensor> inputs = InputsOf(name);
  absl::StatusOr<LoadedModel> loaded = Load(file, keys, inputs);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  if (!loaded.ok()) return {};
  const auto outputs = loaded->model->Forward(inputs);
  EXPECT_TRUE(outputs.ok()) << outputs.status();
  if (outputs.ok()) ExpectEqual(*outputs, name, tolerance);
  return *std::move(loaded);
}

constexpr char kClassifier[] = R"json("architecture": "nets.py:Classifier()")json";

// ---- several GPUs ----

TEST(EverydayWeights, OfDataParallelLoadIntoTheBareNetwork) {
  const LoadedModel loaded =
      ExpectWhatPythonComputes("data_parallel", "data_parallel.pth", kClassifier);
  EXPECT_EQ(loaded.plan->wrappers, "module.");
}

TEST(EverydayWeights, OfAPartThatRanOnSeveralGpusLoadFromItsCheckpoint) {
  ExpectWhatPythonComputes("features_parallel", "features_parallel.pth.tar", kClassifier);
}

TEST(EverydayWeights, OfACompiledDataParallelNetworkLoad) {
  ExpectWhatPythonComputes("compiled_parallel", "compiled_parallel.pth", kClassifier);
}

// ---- heads and parts ----

TEST(EverydayWeights, OfAThousandClassesGiveTheirFeaturesToTenOthers) {
  // As fine-tuning begins: what has another shape is left out, its layer is initialised.
  const std::string keys = absl::StrCat(
      kClassifier, R"(, "weights": {"mismatch": "keep_init"}, "taps": ["features"], "seed": 5)");
  const std::vector<HostTensor> inputs = InputsOf("thousand_features");
  absl::StatusOr<LoadedModel> loaded = Load("thousand_classes.pth", keys, inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(BindingSummary(*loaded->plan), HasSubstr("2 are initialised"));
  const auto outputs = loaded->model->Forward(inputs);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  EXPECT_EQ((*outputs)[0].shape, (std::vector<int64_t>{3, 10}));
  ExpectEqual({(*outputs)[1]}, "thousand_features");
  // The same seed gives the same head, another one another.
  const auto again = Load("thousand_classes.pth", keys, inputs);
  EXPECT_EQ(again->model->Forward(inputs)->front().data, outputs->front().data);
  SourceModelOptions other = OptionsOf("thousand_classes.pth", keys, inputs);
  other.network.seed = 6;
  const auto differs = LoadModel(absl::StrCat(Folder(), "/thousand_classes.pth"), other);
  EXPECT_NE(differs->model->Forward(inputs)->front().data, outputs->front().data);
}

TEST(EverydayWeights, OfAThousandClassesAreSlicedToTheFirstTen) {
  ExpectWhatPythonComputes("sliced_head", "thousand_classes.pth",
                           absl::StrCat(kClassifier, R"(, "weights": {"mismatch": "slice"})"));
}

TEST(EverydayWeights, OfAnotherShapeAreRefusedUntilSomeoneSaysSo) {
  EXPECT_THAT(ErrorOf("thousand_classes.pth", kClassifier, InputsOf("thousand_features")),
              AllOf(HasSubstr("fc.weight: [10, 4] in the architecture, [1000, 4] in the file"),
                    HasSubstr("\"mismatch\": \"keep_init\"")));
}

TEST(EverydayWeights, AreFilteredToThoseThatFit) {
  // {k: v for k, v in weights.items() if k in net and v.shape == net[k].shape}, strict=False
  const std::vector<HostTensor> inputs = InputsOf("thousand_features");
  const auto loaded = Load("thousand_classes.pth",
                           R"("architecture": "nets.py:TwoInputs().features",
                              "weights": {"strip_prefix": ["features."], "strict": false,
                                          "mismatch": "keep_init"})",
                           inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(BindingSummary(*loaded->plan),
            "14 of 14 tensors come from the file, 2 keys are left out");
  ExpectEqual(loaded->model->Forward(inputs).value(), "thousand_features");
}

TEST(EverydayWeights, OfABackboneLoadIntoItsPlaceInTheNetwork) {
  const std::vector<HostTensor> inputs = InputsOf("backbone_into");
  const auto loaded = Load("backbone.pth", absl::StrCat(kClassifier, R"(, "taps": ["features"],
                              "weights": {"into": "features", "allow_missing": ["fc"]})"),
                           inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ExpectEqual({loaded->model->Forward(inputs)->at(1)}, "backbone_into");
}

TEST(EverydayWeights, UnderOtherNamesAreRenamedByRegularExpressions) {
  ExpectWhatPythonComputes("other_names", "other_names.pth",
                           absl::StrCat(kClassifier, R"(, "weights": {"rename": [
                               ["^encoder\\.blocks\\.", "features.layer1."],
                               ["^encoder\\.", "features."], ["\\.norm\\.", ".bn."],
                               ["^classifier\\.temperature$", ""],
                               ["^classifier\\.linear\\.", "fc."]]})"));
}

// ---- layers that the file knows nothing of ----

// Uniform values within +-bound; their mean and variance are those of the distribution.
void ExpectUniform(const std::vector<float>& values, float bound) {
  double sum = 0;
  double squares = 0;
  float largest = 0;
  for (const float value : values) {
    sum += value;
    squares += static_cast<double>(value) * value;
    largest = std::max(largest, std::abs(value));
  }
  const auto n = static_cast<double>(values.size());
  EXPECT_LE(largest, bound);
  EXPECT_GT(largest, bound * (1 - 20 / n));
  const double deviation = bound / std::sqrt(3.0);
  EXPECT_NEAR(sum / n, 0, 5 * deviation / std::sqrt(n));
  EXPECT_NEAR(squares / n / (deviation * deviation), 1, 5 / std::sqrt(n));
}

TEST(EverydayWeights, LeaveAddedLayersInitialisedAsPyTorchDoes) {
  const std::string keys =
      R"json("architecture": "nets.py:Extended()", "weights": {"strict": false}, "seed": 3)json";
  const std::vector<HostTensor> inputs = InputsOf("data_parallel");
  const auto loaded = Load("data_parallel.pth", keys, inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(BindingSummary(*loaded->plan),
            "16 of 23 tensors come from the file, 7 are initialised");
  const auto outputs = loaded->model->Forward(inputs);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  ExpectEqual({outputs->front()}, "data_parallel");
  // One row of each: every agent sees the same.
  const auto held = [&](size_t index) {
    std::vector<float> values = ValuesOf((*outputs)[index]);
    values.resize(values.size() / 3);
    return values;
  };
  ExpectUniform(held(1), 1 / std::sqrt(100.0F));  // linear: fan_in 100
  ExpectUniform(held(2), 1 / std::sqrt(100.0F));
  ExpectUniform(held(3), 1 / std::sqrt(144.0F));  // convolution: fan_in 16 x 3 x 3
  ExpectUniform(held(4), 1 / std::sqrt(144.0F));
  EXPECT_EQ(held(5), std::vector<float>(40, 1));  // norm
  EXPECT_EQ(held(6), std::vector<float>(40, 0));
  const std::vector<float> token = held(7);  // embedding: standard normal
  ASSERT_EQ(token.size(), 3000U);
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  for (const float value : token) {
    sum += value;
    squares += std::pow(value, 2);
    fourth += std::pow(value, 4);
  }
  EXPECT_NEAR(sum / 3000, 0, 5 / std::sqrt(3000.0));
  EXPECT_NEAR(squares / 3000, 1, 5 * std::sqrt(2 / 3000.0));
  EXPECT_NEAR(fourth / 3000, 3, 5 * std::sqrt(96 / 3000.0));
  // Reproducible.
  const auto again = Load("data_parallel.pth", keys, inputs);
  EXPECT_EQ(again->model->Forward(inputs)->at(7).data, (*outputs)[7].data);
}

TEST(EverydayWeights, OfAddedLayersAreNamedWhenTheyAreMissing) {
  EXPECT_THAT(ErrorOf("data_parallel.pth", R"json("architecture": "nets.py:Extended()")json",
                      InputsOf("data_parallel")),
              AllOf(HasSubstr("missing in the file: adapter.weight, adapter.bias, conv.weight"),
                    HasSubstr("\"allow_missing\"")));
}

// ---- whole models ----

TEST(EverydayWeights, OfAWholeModelBringItsOwnAttributes) {
  // The pickled one was made with scale=0.5; what the expression says counts for nothing.
  for (const char* keys : {R"("architecture": "nets.py:Scaled")",
                           R"json("architecture": "nets.py:Scaled(scale=9.0)")json"}) {
    ExpectWhatPythonComputes("whole_model", "whole_model.pt", keys);
  }
}

TEST(EverydayWeights, OfAWholeModelNameTheClassWhoseSourceIsMissing) {
  EXPECT_THAT(
      ErrorOf("whole_model.pt", R"("weights": {"strict": true})", InputsOf("whole_model")),
      AllOf(HasSubstr("whole_model.pt"), HasSubstr("nets.Scaled"), HasSubstr("\"architecture\"")));
  const std::string elsewhere = ErrorOf(
      "whole_model.pt", R"("architecture": "make_nothing.py:Scaled")", InputsOf("whole_model"));
  EXPECT_THAT(elsewhere, AllOf(HasSubstr("make_nothing.py"), HasSubstr("No such file")));
}

// ---- inputs and outputs ----

// Names of the outputs that a host sees.
std::string OutputsOf(const std::string& file, const std::string& keys) {
  SourceModelOptions options = OptionsOf(file, keys, InputsOf("taps"));
  options.torch.forward_only = false;
  options.torch.inputs[0].name = "obs";
  const auto loaded = LoadModel(absl::StrCat(Folder(), "/", file), options);
  if (!loaded.ok()) return std::string(loaded.status().message());
  return absl::StrJoin(loaded->model->schema().outputs, " ",
                       [](std::string* out, const TensorSpec& spec) { out->append(spec.name); });
}

TEST(EverydayWeights, TakeExtraInputsThatForwardConcatenates) {
  ExpectWhatPythonComputes("two_inputs", "two_inputs.pth",
                           R"json("architecture": "nets.py:TwoInputs()")json");
}

TEST(EverydayWeights, GiveSeveralOutputsAndIntermediateFeatures) {
  ExpectWhatPythonComputes(
      "taps", "several_outputs.pth",
      R"json("architecture": "nets.py:SeveralOutputs()", "taps": ["body.0", "body.2", "policy"])json");
  EXPECT_EQ(OutputsOf("several_outputs.pth",
                      R"json("architecture": "nets.py:SeveralOutputs()",
                             "taps": ["body.0", "body.2", "policy"])json"),
            "action value hidden body.0 body.2 policy");
}

TEST(EverydayWeights, OfTorchScriptAreTappedByTheNamesOfItsModules) {
  const LoadedModel loaded = ExpectWhatPythonComputes("taps", "several_outputs_scripted.pt",
                                                      R"("taps": ["body.0", "body.2", "policy"])");
  EXPECT_EQ(OutputsOf("several_outputs_scripted.pt", R"("taps": ["body.0", "body.2", "policy"])"),
            "action value hidden body.0 body.2 policy");
  EXPECT_THAT(ErrorOf("several_outputs_scripted.pt", R"("taps": ["body.7"])", InputsOf("taps")),
              HasSubstr("there is no module \"body.7\" in it. It has body, body.0, body.1, body.2, "
                        "policy, value."));
}

TEST(EverydayWeights, NameTheModulesThatATapCannotFind) {
  EXPECT_THAT(ErrorOf("several_outputs.pth",
                      R"json("architecture": "nets.py:SeveralOutputs()", "taps": ["body.7"])json",
                      InputsOf("taps")),
              HasSubstr("body.7"));
}

// ---- surgery ----

TEST(EverydayWeights, FitANetworkMadeWithOtherArguments) {
  ExpectWhatPythonComputes(
      "overrides", "three_classes.pth",
      R"json("architecture": "nets.py:Classifier(classes=3, act=nn.Tanh)")json");
}

TEST(EverydayWeights, StayWhereModulesAreReplaced) {
  ExpectWhatPythonComputes(
      "replaced", "three_classes.pth",
      R"json("architecture": "nets.py:Classifier(classes=3)", "surgery": {"replace": {
           "act": "nn.Sequential(nn.Softplus(beta=2.0), nn.Hardtanh(0.0, 0.4))",
           "features.layer1.1.relu": "nn.Identity()"}})json");
}

TEST(EverydayWeights, OfRemovedModulesAreNotMissed) {
  const LoadedModel loaded =
      ExpectWhatPythonComputes("removed", "three_classes.pth",
                               R"json("architecture": "nets.py:Classifier(classes=3, act=nn.Tanh)",
         "surgery": {"remove": ["fc", "features.layer1.1"]})json");
  EXPECT_EQ(loaded.plan->CountKeys(PlannedKey::Fate::kUnexpected), 8U);
}

// ---- modes, freezing, precision ----

TEST(EverydayWeights, RunWithBatchStatisticsInTheSubTreeThatTrains) {
  ExpectWhatPythonComputes("batch_statistics", "modes.pth",
                           R"json("architecture": "nets.py:Modes()", "train": ["bn"])json");
}

TEST(EverydayWeights, RunDropoutWhereItTrains) {
  const std::vector<HostTensor> inputs = InputsOf("batch_statistics");
  const auto loaded = Load(
      "modes.pth", R"json("architecture": "nets.py:Modes()", "train": ["bn", "drop"])json", inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const std::vector<float> dropped = ValuesOf(loaded->model->Forward(inputs)->front());
  const std::vector<float> whole = ValuesOf(ToHost(*Expected().Find("batch_statistics/out0"), ""));
  size_t zeros = 0;
  for (size_t i = 0; i < dropped.size(); ++i) {
    if (dropped[i] == 0) {
      ++zeros;
    } else {
      EXPECT_NEAR(dropped[i], 2 * whole[i], 1e-5);  // scaled by 1 / (1 - 0.5)
    }
  }
  EXPECT_GT(zeros, 0U);
  EXPECT_LT(zeros, dropped.size());
}

TEST(EverydayWeights, ThatAreFrozenStayWhenALaterFileLacksThem) {
  const std::string keys = absl::StrCat(kClassifier, R"(, "freeze": {"keep": ["features"]})");
  const LoadedModel first = ExpectWhatPythonComputes("frozen_first", "frozen_first.pth", keys);
  EXPECT_EQ(first.freeze.kept.tensors, 14U);
  EXPECT_EQ(first.freeze.live.bytes, (10 * 4 + 10) * sizeof(float));
  const std::vector<HostTensor> inputs = InputsOf("frozen_second");
  SourceModelOptions options = OptionsOf("frozen_second.pth", keys, inputs);
  options.prior = first.prior;
  const std::string path = absl::StrCat(Folder(), "/frozen_second.pth");
  const auto second = LoadModel(path, options);
  ASSERT_TRUE(second.ok()) << second.status();
  ExpectEqual(second->model->Forward(inputs).value(), "frozen_second");
  EXPECT_EQ(BindingSummary(*second->plan), "2 of 16 tensors come from the file, 14 are kept");
  // Without a version before, the file lacks them.
  EXPECT_THAT(ErrorOf("frozen_second.pth", keys, inputs), HasSubstr("12 are missing"));
}

TEST(EverydayWeights, OfFloat32IslandsComputeAsPyTorchDoesWithCastsAround) {
  // One unit of bfloat16's last place at these values.
  ExpectWhatPythonComputes("islands", "normed.pth",
                           R"json("architecture": "nets.py:Normed()",
                              "precision": {"default": "bfloat16", "keep_float32": ["norm"]})json",
                           0.004F);
}

}  // namespace
}  // namespace graft::models
