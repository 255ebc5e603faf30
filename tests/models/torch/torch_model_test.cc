#include "models/torch/torch_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/torch/devices.h"

namespace graft::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Fixture(const std::string& name) { return "tests/fixtures/torchscript/" + name; }

std::unique_ptr<TorchModel> Load(const std::string& name, const TorchLoadOptions& options = {}) {
  absl::StatusOr<std::unique_ptr<TorchModel>> model =
      TorchModel::LoadTorchScript(Fixture(name), options);
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *std::move(model) : nullptr;
}

absl::Status LoadError(const std::string& name, const TorchLoadOptions& options = {}) {
  absl::StatusOr<std::unique_ptr<TorchModel>> model =
      TorchModel::LoadTorchScript(Fixture(name), options);
  EXPECT_FALSE(model.ok()) << name << " was loaded";
  return model.status();
}

// The result of one float input and one float output.
std::vector<float> RunOne(const TorchModel& model, const std::vector<float>& input) {
  const int64_t rows = input.size() / model.schema().inputs[0].RowElements();
  std::vector<float> output(rows * model.schema().outputs[0].RowElements());
  const void* in[] = {input.data()};
  void* out[] = {output.data()};
  const absl::Status status = model.Run(rows, in, out);
  EXPECT_TRUE(status.ok()) << status;
  return output;
}

HostTensor Floats(std::vector<int64_t> shape, const std::vector<float>& values) {
  HostTensor tensor;
  tensor.shape = std::move(shape);
  tensor.data.resize(values.size() * sizeof(float));
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

std::vector<float> AsFloats(const HostTensor& tensor) {
  EXPECT_EQ(tensor.dtype, DType::kFloat32);
  std::vector<float> values(tensor.data.size() / sizeof(float));
  std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
  return values;
}

TensorSpec Spec(std::string name, std::vector<int64_t> rest, DType dtype = DType::kFloat32) {
  TensorSpec spec;
  spec.name = std::move(name);
  spec.dtype = dtype;
  spec.shape = {TensorSpec::kAgents};
  spec.shape.insert(spec.shape.end(), rest.begin(), rest.end());
  return spec;
}

TorchLoadOptions WithPrecision(DType precision) {
  TorchLoadOptions options;
  options.precision = precision;
  return options;
}

// --- Loading and the schema --------------------------------------------------------------------

TEST(TorchModel, InfersTheSchemaOfScriptedTracedAndFrozenArchives) {
  for (const char* name : {"policy_scripted.pt", "policy_traced.pt", "policy_frozen.pt"}) {
    std::unique_ptr<TorchModel> model = Load(name);
    ASSERT_NE(model, nullptr) << name;
    EXPECT_EQ(model->schema().DebugString(),
              "(obs: float32 [agents, 4]) -> (out0: float32 [agents, 3])")
        << name;
    EXPECT_EQ(model->device(), "cpu");
    EXPECT_EQ(model->weight_bytes(), (4 * 3 + 3) * sizeof(float)) << name;
    EXPECT_THAT(RunOne(*model, {1, 2, 3, 4, -1, 0, 0, 0}), ElementsAre(10, 21, 32, 0, 0, 0))
        << name;
  }
}

TEST(TorchModel, InfersThroughNormalisation) {
  std::unique_ptr<TorchModel> model = Load("normalised.pt");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->schema().inputs[0], Spec("obs", {4}));
  EXPECT_THAT(RunOne(*model, {1, 3, 5, 100}), ElementsAre(0 + 1 + 2 + 5, 2 * 8 + 1));
}

TEST(TorchModel, InfersEmbeddingIndices) {
  std::unique_ptr<TorchModel> model = Load("embedded.pt");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->schema().DebugString(), "(word: int64 [agents]) -> (out0: float32 [agents, 3])");
  const int64_t words[] = {4, 1};
  float values[6];
  const void* in[] = {words};
  void* out[] = {values};
  ASSERT_TRUE(model->Run(2, in, out).ok());
  EXPECT_THAT(values, ElementsAre(12, 13, 14, 3, 4, 5));
}

TEST(TorchModel, TakesDoubleAndHalfModelsAsTheyAre) {
  std::unique_ptr<TorchModel> model = Load("policy_double.pt");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->schema().inputs[0].dtype, DType::kFloat64);
  EXPECT_EQ(model->schema().outputs[0].dtype, DType::kFloat64);

  model = Load("policy_half.pt");
  ASSERT_NE(model, nullptr);
  // The host sees float32: half precision is how a model computes.
  EXPECT_EQ(model->schema().inputs[0].dtype, DType::kFloat32);
  EXPECT_EQ(model->schema().outputs[0].dtype, DType::kFloat32);
  EXPECT_EQ(model->weight_bytes(), (4 * 3 + 3) * 2u);
  EXPECT_THAT(RunOne(*model, {1, 2, 3, 4}), ElementsAre(10, 21, 32));
}

TEST(TorchModel, NamesOutputsByDictionaryKeysAndNamedTupleFields) {
  std::unique_ptr<TorchModel> model = Load("dict_output.pt");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(
      model->schema().DebugString(),
      "(obs: float32 [agents, 4]) -> (action: float32 [agents, 2], value: float32 [agents, 1])");
  model = Load("named_output.pt");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->schema().outputs[0].name, "mean");
  EXPECT_EQ(model->schema().outputs[1].name, "spread");
}

TEST(TorchModel, FlattensTuplesAndListsInOrderAndPassesOverNumbers) {
  std::unique_ptr<TorchModel> model = Load("tuple_output.pt");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->schema().DebugString(),
            "(obs: float32 [agents, 4]) -> (out0: float32 [agents, 2], out1: float32 [agents, 2], "
            "out2: int64 [agents])");
  const float obs[] = {1, 0, 0, 0};
  float y[2], z[2];
  int64_t best[1];
  const void* in[] = {obs};
  void* out[] = {y, z, best};
  ASSERT_TRUE(model->Run(1, in, out).ok());
  EXPECT_THAT(y, ElementsAre(1, 3));
  EXPECT_THAT(z, ElementsAre(2, 4));
  EXPECT_EQ(best[0], 1);
}

TEST(TorchModel, ChoosesDeclaredOutputsByName) {
  TorchLoadOptions options;
  options.outputs = {Spec("value", {1}), Spec("action", {2}, DType::kFloat64)};
  std::unique_ptr<TorchModel> model = Load("dict_output.pt", options);
  ASSERT_NE(model, nullptr);
  const float obs[] = {1, 2, 3, 4};
  float value[1];
  double action[2];
  const void* in[] = {obs};
  void* out[] = {value, action};
  ASSERT_TRUE(model->Run(1, in, out).ok());
  EXPECT_EQ(value[0], 10);
  EXPECT_THAT(action, ElementsAre(10, 21));
}

TEST(TorchModel, AssignsDeclaredInputsByNameOrByPosition) {
  for (const bool by_name : {true, false}) {
    TorchLoadOptions options;
    if (by_name) {
      options.inputs = {Spec("goal", {3}), Spec("obs", {4})};
    } else {
      options.inputs = {Spec("eyes", {4}), Spec("aim", {3})};
    }
    std::unique_ptr<TorchModel> model = Load("two_inputs.pt", options);
    ASSERT_NE(model, nullptr);
    const float obs[] = {1, 2, 3, 4};
    const float goal[] = {1, 0, 0};
    const void* in[] = {by_name ? goal : obs, by_name ? obs : goal};
    float y[2];
    void* out[] = {y};
    ASSERT_TRUE(model->Run(1, in, out).ok());
    EXPECT_THAT(y, ElementsAre(18, 36));
  }
}

TEST(TorchModel, FeedsAnOptionalArgumentWhenItIsDeclared) {
  TorchLoadOptions options;
  options.inputs = {Spec("obs", {4}), Spec("goal", {3}), Spec("extra", {2})};
  std::unique_ptr<TorchModel> model = Load("two_inputs.pt", options);
  ASSERT_NE(model, nullptr);
  const float obs[] = {1, 2, 3, 4}, goal[] = {1, 0, 0}, extra[] = {100, 200};
  const void* in[] = {obs, goal, extra};
  float y[2];
  void* out[] = {y};
  ASSERT_TRUE(model->Run(1, in, out).ok());
  EXPECT_THAT(y, ElementsAre(118, 236));
}

TEST(TorchModel, SaysAtLoadingThatAnInputHasTheWrongNumberOfFeatures) {
  TorchLoadOptions options;
  options.inputs = {Spec("obs", {5})};
  const absl::Status status = LoadError("policy_scripted.pt", options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(
      std::string(status.message()),
      AllOf(HasSubstr("policy_scripted.pt"),
            HasSubstr("'obs' is declared obs: float32 [agents, 5], but the first layer takes 4 "
                      "features")));
}

TEST(TorchModel, SaysAtLoadingThatAnOutputDiffersFromTheDeclaredOne) {
  TorchLoadOptions options;
  options.outputs = {Spec("action", {12})};
  EXPECT_THAT(std::string(LoadError("policy_scripted.pt", options).message()),
              HasSubstr("the output 'action' is declared action: float32 [agents, 12], but forward "
                        "gives action: float32 [agents, 3]"));
  options.outputs = {Spec("action", {3}, DType::kInt64)};
  EXPECT_THAT(std::string(LoadError("policy_scripted.pt", options).message()),
              HasSubstr("is declared int64, but forward gives float32"));
  options.outputs = {Spec("a", {3}), Spec("b", {1})};
  EXPECT_THAT(std::string(LoadError("policy_scripted.pt", options).message()),
              HasSubstr("\"outputs\" declares 2"));
}

TEST(TorchModel, SaysThatDeclaredInputsDoNotFitTheArguments) {
  TorchLoadOptions options;
  options.inputs = {Spec("obs", {4})};
  EXPECT_THAT(std::string(LoadError("two_inputs.pt", options).message()),
              HasSubstr("'goal' is missing"));
  options.inputs = {Spec("goal", {3}), Spec("target", {4})};  // contradicts itself
  EXPECT_THAT(std::string(LoadError("two_inputs.pt", options).message()),
              HasSubstr("do not fit forward's arguments (obs, goal, scale (optional), extra "
                        "(optional))"));
}

TEST(TorchModel, AsksForAManifestWhereAShapeCannotBeInferred) {
  EXPECT_THAT(
      std::string(LoadError("image.pt").message()),
      AllOf(HasSubstr("'pixels' cannot be read from the file: its first layer is a convolution"),
            HasSubstr("\"inputs\": [{\"name\": \"pixels\"")));
  TorchLoadOptions options;
  options.inputs = {Spec("pixels", {1, 8, 8})};
  EXPECT_NE(Load("image.pt", options), nullptr);
}

TEST(TorchModel, RefusesOutputsThatDoNotFollowTheRows) {
  EXPECT_THAT(
      std::string(LoadError("sum_of_rows.pt").message()),
      HasSubstr("no output has a result for each row: out0 is float32 [2] for 1 row and [2] "
                "for 3 rows"));
}

TEST(TorchModel, RefusesArgumentsThatAreNotTensors) {
  EXPECT_THAT(std::string(LoadError("needs_number.pt").message()), HasSubstr("'count: int'"));
}

TEST(TorchModel, RefusesAModelThatWritesToItself) {
  EXPECT_THAT(std::string(LoadError("counter.pt").message()),
              HasSubstr("forward writes to its own seen"));
}

TEST(TorchModel, KeepsStateBetweenForwardsWhenOnlyForwardIsUsed) {
  TorchLoadOptions options;
  options.forward_only = true;
  std::unique_ptr<TorchModel> model = Load("counter.pt", options);
  ASSERT_NE(model, nullptr);
  for (float call = 1; call <= 3; ++call) {
    auto results = model->Forward({Floats({1}, {10})});
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_THAT(AsFloats((*results)[0]), ElementsAre(10 + call));
  }
}

TEST(TorchModel, RefusesWeightsThatAreNotFinite) {
  EXPECT_THAT(std::string(LoadError("nan_weight.pt").message()),
              HasSubstr("layer.weight holds 1 NaN or infinite values (of 12)"));
}

TEST(TorchModel, ExplainsAFileThatHoldsWeightsOnly) {
  const absl::Status status = LoadError("policy_state_dict.pt");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("this file holds weights only (no code)"));
}

TEST(TorchModel, SaysThatAFileIsMissing) {
  EXPECT_EQ(LoadError("nobody.pt").code(), absl::StatusCode::kNotFound);
}

TEST(TorchModel, RefusesCodeThatReachesBeyondComputing) {
  EXPECT_THAT(std::string(LoadError("saves.pt").message()), HasSubstr("'save'"));
  EXPECT_THAT(std::string(LoadError("reads_file.pt").message()), HasSubstr("'from_file'"));
  EXPECT_THAT(std::string(LoadError("seeds_process.pt").message()), HasSubstr("aten::manual_seed"));
  EXPECT_NE(access("/tmp/graft_fixture_must_not_exist", F_OK), 0);
}

TEST(TorchModel, RefusesAFileOfWhichOneByteChanged) {
  std::ifstream source(Fixture("policy_scripted.pt"), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(source)), {});
  const std::string path = absl::StrCat(testing::TempDir(), "/changed.pt");
  int loaded = 0;
  for (size_t i = 0; i < bytes.size(); i += 37) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    std::ofstream(path, std::ios::binary).write(changed.data(), changed.size());
    loaded += TorchModel::LoadTorchScript(path, {}).ok();
  }
  // A few bytes mean nothing: time stamps, padding.
  EXPECT_LT(loaded, static_cast<int>(bytes.size() / 37 / 2));
}

TEST(TorchModel, RefusesAFileThatWasCutOff) {
  std::ifstream source(Fixture("policy_scripted.pt"), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(source)), {});
  const std::string path = absl::StrCat(testing::TempDir(), "/cut.pt");
  for (size_t size = 0; size < bytes.size(); size += 101) {
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), size);
    EXPECT_FALSE(TorchModel::LoadTorchScript(path, {}).ok()) << size;
  }
}

TEST(TorchModel, GivesUpLoadingWhenCancelled) {
  TorchLoadOptions options;
  options.cancelled = [] { return true; };
  EXPECT_EQ(LoadError("policy_scripted.pt", options).code(), absl::StatusCode::kCancelled);
}

TEST(TorchModel, StopsALoopThatDoesNotEnd) {
  TorchLoadOptions options;
  options.forward_limit = absl::Milliseconds(50);
  const absl::Status status = LoadError("endless.pt", options);  // the trial runs on zeros
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("still in a loop after 50ms"));

  options.forward_only = true;
  std::unique_ptr<TorchModel> model = Load("endless.pt", options);
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->Forward({Floats({1, 4}, {1, 2, 3, 4})}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(model->Forward({Floats({1, 4}, {-1, 2, 3, 4})}).ok());
}

TEST(TorchModel, StopsALoopWhenLoadingIsCancelled) {
  TorchLoadOptions options;
  const auto start = std::chrono::steady_clock::now();
  options.cancelled = [&] {
    return std::chrono::steady_clock::now() - start > std::chrono::milliseconds(300);
  };
  EXPECT_EQ(LoadError("endless.pt", options).code(), absl::StatusCode::kCancelled);
}

TEST(TorchModel, RefusesUnknownDevices) {
  TorchLoadOptions options;
  options.device = "tpu";
  EXPECT_THAT(std::string(LoadError("policy_scripted.pt", options).message()),
              HasSubstr("the device \"tpu\" is unknown"));
}

TEST(TorchModel, SaysThatThereIsNoCudaDevice) {
  if (AvailableDevices().size() > 1) GTEST_SKIP() << "skipped: there is a CUDA device";
  EXPECT_THAT(AvailableDevices(), ElementsAre("cpu"));
  TorchLoadOptions options;
  options.device = "cuda";
  const absl::Status status = LoadError("policy_scripted.pt", options);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  options.device = "auto";
  std::unique_ptr<TorchModel> model = Load("policy_scripted.pt", options);
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->device(), "cpu");
  // Nothing of CUDA was opened on the way.
  std::ifstream maps("/proc/self/maps");
  const std::string text((std::istreambuf_iterator<char>(maps)), {});
  EXPECT_EQ(text.find("libtorch_cuda.so"), std::string::npos);
}

// --- Running -----------------------------------------------------------------------------------

TEST(TorchModel, RunsAnyNumberOfRows) {
  std::unique_ptr<TorchModel> model = Load("policy_scripted.pt");
  ASSERT_NE(model, nullptr);
  for (int64_t rows : {1, 2, 7, 64, 1000}) {
    std::vector<float> obs(rows * 4);
    for (size_t i = 0; i < obs.size(); ++i) obs[i] = static_cast<float>(i % 11);
    const std::vector<float> actions = RunOne(*model, obs);
    for (int64_t row = 0; row < rows; ++row) {
      const float sum = obs[row * 4] + obs[row * 4 + 1] + obs[row * 4 + 2] + obs[row * 4 + 3];
      for (int j = 0; j < 3; ++j) ASSERT_EQ(actions[row * 3 + j], (j + 1) * sum + j);
    }
  }
}

TEST(TorchModel, RefusesToRunWithoutRowsOrWithMissingBlocks) {
  std::unique_ptr<TorchModel> model = Load("policy_scripted.pt");
  ASSERT_NE(model, nullptr);
  const float obs[4] = {};
  float action[3];
  const void* in[] = {obs};
  void* out[] = {action};
  EXPECT_EQ(model->Run(0, in, out).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(model->Run(1, {}, out).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(model->Run(1, in, {}).code(), absl::StatusCode::kInvalidArgument);
}

TEST(TorchModel, CopiesResultsThatAreTheInputOrViewsOfIt) {
  TorchLoadOptions options;
  options.inputs = {Spec("obs", {4})};
  std::unique_ptr<TorchModel> model = Load("views.pt", options);
  ASSERT_NE(model, nullptr);
  const float obs[] = {1, 2, 3, 4, 5, 6, 7, 8};
  float same[8], middle[4], flipped[8];
  const void* in[] = {obs};
  void* out[] = {same, middle, flipped};
  ASSERT_TRUE(model->Run(2, in, out).ok());
  EXPECT_THAT(same, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(middle, ElementsAre(2, 3, 6, 7));
  EXPECT_THAT(flipped, ElementsAre(4, 3, 2, 1, 8, 7, 6, 5));
}

TEST(TorchModel, NeverWritesToTheCallersInput) {
  std::unique_ptr<TorchModel> model = Load("writes_input.pt");
  ASSERT_NE(model, nullptr);
  const std::vector<float> obs = {-1, 0.5, 2, 3};
  EXPECT_THAT(RunOne(*model, obs), ElementsAre(2.5, 6));
  EXPECT_THAT(obs, ElementsAre(-1, 0.5, 2, 3));
}

TEST(TorchModel, ReportsWhatTheModelRaisesAndGoesOn) {
  std::unique_ptr<TorchModel> model = Load("raises.pt");
  ASSERT_NE(model, nullptr);
  const float high[] = {101, 0, 0, 0};
  float action[2];
  const void* in[] = {high};
  void* out[] = {action};
  const absl::Status status = model->Run(1, in, out);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("observation out of range"));
  EXPECT_THAT(RunOne(*model, {1, 2, 3, 4}), ElementsAre(10, 21));
}

TEST(TorchModel, RefusesAnOutputWhoseShapeDependsOnValues) {
  std::unique_ptr<TorchModel> model = Load("grows_with_values.pt");
  ASSERT_NE(model, nullptr);
  const float obs[] = {3};
  float action[2] = {-1, -1};
  const void* in[] = {obs};
  void* out[] = {action};
  const absl::Status status = model->Run(1, in, out);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("came out as [1, 8] for 1 rows"));
  EXPECT_THAT(action, ElementsAre(-1, -1));
}

TEST(TorchModel, ConvertsTheHostsTypes) {
  TorchLoadOptions options;
  options.inputs = {Spec("obs", {4}, DType::kFloat64)};
  options.outputs = {Spec("action", {3}, DType::kFloat64)};
  std::unique_ptr<TorchModel> model = Load("policy_scripted.pt", options);
  ASSERT_NE(model, nullptr);
  const double obs[] = {1, 2, 3, 4};
  double action[3];
  const void* in[] = {obs};
  void* out[] = {action};
  ASSERT_TRUE(model->Run(1, in, out).ok());
  EXPECT_THAT(action, ElementsAre(10, 21, 32));
}

TEST(TorchModel, AnswersWithTheConstantsOfItsOwnVersion) {
  std::unique_ptr<TorchModel> one = Load("constant_1.pt");
  std::unique_ptr<TorchModel> two = Load("constant_2.pt");
  ASSERT_NE(one, nullptr);
  ASSERT_NE(two, nullptr);
  EXPECT_THAT(RunOne(*one, {9, 9, 9, 9}), ElementsAre(1, 1));
  EXPECT_THAT(RunOne(*two, {9, 9, 9, 9}), ElementsAre(2, 2));
}

TEST(TorchModel, KnowsAVersionThatDiffersInTheValuesOfItsWeightsOnly) {
  TorchLoadOptions options;
  options.pool = MakeTensorPool();
  const std::unique_ptr<TorchModel> one = Load("constant_1.pt", options);
  ASSERT_NE(one, nullptr);
  options.known = one->known();
  const std::unique_ptr<TorchModel> two = Load("constant_2.pt", options);
  ASSERT_NE(two, nullptr);
  EXPECT_TRUE(two->RunsLike(*one));
  EXPECT_EQ(two->schema(), one->schema());
  EXPECT_THAT(RunOne(*two, {9, 9, 9, 9}), ElementsAre(2, 2));
  // Its schema was not found out by running it, and is known to the next one all the same.
  options.known = two->known();
  const std::unique_ptr<TorchModel> three = Load("constant_1.pt", options);
  ASSERT_NE(three, nullptr);
  EXPECT_TRUE(three->RunsLike(*two));
  EXPECT_EQ(three->schema(), one->schema());

  const std::unique_ptr<TorchModel> another = Load("policy_scripted.pt", options);
  ASSERT_NE(another, nullptr);
  EXPECT_FALSE(another->RunsLike(*three));
  options.precision = DType::kBFloat16;
  const std::unique_ptr<TorchModel> half = Load("constant_1.pt", options);
  ASSERT_NE(half, nullptr);
  EXPECT_FALSE(half->RunsLike(*three));
  const std::unique_ptr<TorchModel> alone = Load("constant_1.pt");
  ASSERT_NE(alone, nullptr);
  EXPECT_FALSE(alone->RunsLike(*three)) << "nothing is known of one that has no other versions";
}

TEST(TorchModel, RunsOnEightThreadsAtOnce) {
  std::unique_ptr<TorchModel> model = Load("policy_scripted.pt");
  ASSERT_NE(model, nullptr);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const int64_t rows = 1 + (i + t) % 17;
        std::vector<float> obs(rows * 4, static_cast<float>(t + 1));
        std::vector<float> action(rows * 3);
        const void* in[] = {obs.data()};
        void* out[] = {action.data()};
        if (!model->Run(rows, in, out).ok()) ++wrong;
        for (int64_t row = 0; row < rows; ++row) {
          for (int j = 0; j < 3; ++j) wrong += action[row * 3 + j] != (j + 1) * 4 * (t + 1) + j;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// --- Precision ---------------------------------------------------------------------------------

TEST(TorchModel, ComputesInHalfPrecisionAndSpeaksFloat32) {
  for (DType precision : {DType::kFloat16, DType::kBFloat16}) {
    std::unique_ptr<TorchModel> model = Load("policy_scripted.pt", WithPrecision(precision));
    ASSERT_NE(model, nullptr);
    EXPECT_EQ(model->schema().DebugString(),
              "(obs: float32 [agents, 4]) -> (out0: float32 [agents, 3])");
    EXPECT_EQ(model->weight_bytes(), (4 * 3 + 3) * 2u);
    EXPECT_THAT(RunOne(*model, {1, 2, 3, 4}), ElementsAre(10, 21, 32));
    auto results = model->Forward({Floats({1, 4}, {1, 2, 3, 4})});
    ASSERT_TRUE(results.ok());
    EXPECT_EQ((*results)[0].dtype, precision);
  }
}

TEST(TorchModel, KeepsBatchNormInFloat32) {
  // Its variance of 1e6 is beyond float16: cast, the result would be 0 everywhere.
  std::unique_ptr<TorchModel> model = Load("norm_first.pt", WithPrecision(DType::kFloat16));
  ASSERT_NE(model, nullptr);
  const std::vector<float> action = RunOne(*model, {2000, 2000, 2000, 2000});
  EXPECT_NEAR(action[0], 4, 0.02);
  EXPECT_NEAR(action[1], 9, 0.04);
}

TEST(TorchModel, FoldsBatchNormIntoConvolutionsBeforeCasting) {
  TorchLoadOptions options;
  options.inputs = {Spec("pixels", {1, 8, 8})};
  std::vector<float> pixels(2 * 64);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = std::sin(static_cast<float>(i));
  const std::vector<float> want = RunOne(*Load("image.pt", options), pixels);
  for (DType precision : {DType::kFloat16, DType::kBFloat16}) {
    options.precision = precision;
    const std::vector<float> got = RunOne(*Load("image.pt", options), pixels);
    for (size_t i = 0; i < want.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], precision == DType::kFloat16 ? 0.005 : 0.03);
    }
  }
}

TEST(TorchModel, CastsStartStatesThatTheCodeMakesItself) {
  TorchLoadOptions options;
  options.inputs = {Spec("obs", {4})};
  const std::vector<float> want = RunOne(*Load("zero_state.pt", options), {1, 2, 3, 4});
  options.precision = DType::kBFloat16;
  std::unique_ptr<TorchModel> model = Load("zero_state.pt", options);
  ASSERT_NE(model, nullptr);
  const std::vector<float> got = RunOne(*model, {1, 2, 3, 4});
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 0.03);
}

TEST(TorchModel, RefusesWeightsBeyondFloat16) {
  EXPECT_THAT(std::string(LoadError("large_weight.pt", WithPrecision(DType::kFloat16)).message()),
              AllOf(HasSubstr("beyond float16's 65504"), HasSubstr("bfloat16")));
  EXPECT_NE(Load("large_weight.pt", WithPrecision(DType::kBFloat16)), nullptr);
}

// --- Forward -----------------------------------------------------------------------------------

TEST(TorchModel, ForwardTakesAnyShapeAndFlattensResults) {
  TorchLoadOptions options;
  options.forward_only = true;
  std::unique_ptr<TorchModel> model = Load("tuple_output.pt", options);
  ASSERT_NE(model, nullptr);
  auto results = model->Forward({Floats({2, 4}, {1, 0, 0, 0, 0, 0, 0, 2})});
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->size(), 3u);
  EXPECT_THAT((*results)[0].shape, ElementsAre(2, 2));
  EXPECT_THAT(AsFloats((*results)[0]), ElementsAre(1, 3, 2, 5));
  EXPECT_EQ((*results)[1].name, "out1");
  EXPECT_EQ((*results)[2].dtype, DType::kInt64);
}

TEST(TorchModel, ForwardSaysWhatIsMissing) {
  TorchLoadOptions options;
  options.forward_only = true;
  std::unique_ptr<TorchModel> model = Load("two_inputs.pt", options);
  ASSERT_NE(model, nullptr);
  EXPECT_THAT(std::string(model->Forward({Floats({1, 4}, {1, 2, 3, 4})}).status().message()),
              HasSubstr("forward takes 2 to 4 inputs (obs, goal, scale, extra); given were 1"));
  HostTensor torn = Floats({1, 4}, {1, 2, 3, 4});
  torn.data.resize(8);
  EXPECT_THAT(std::string(model->Forward({torn, torn}).status().message()),
              HasSubstr("needs 16 bytes; given were 8"));
}

// --- CUDA --------------------------------------------------------------------------------------

class TorchModelOnCuda : public testing::Test {
 protected:
  void SetUp() override {
    if (AvailableDevices().size() < 2) GTEST_SKIP() << "skipped: no CUDA device";
  }
  static TorchLoadOptions OnDevice(const std::string& device) {
    TorchLoadOptions options;
    options.device = device;
    return options;
  }
};

TEST_F(TorchModelOnCuda, GivesWhatTheCpuGives) {
  for (const char* name : {"policy_scripted.pt", "policy_traced.pt", "policy_frozen.pt",
                           "normalised.pt", "writes_input.pt", "constant_1.pt"}) {
    std::unique_ptr<TorchModel> model = Load(name, OnDevice("cuda"));
    ASSERT_NE(model, nullptr) << name;
    EXPECT_EQ(model->device(), "cuda:0");
    const std::vector<float> obs = {1, 2, 3, 4, -1, 0.5, 0, 2};
    EXPECT_EQ(RunOne(*model, obs), RunOne(*Load(name), obs)) << name;
  }
}

TEST_F(TorchModelOnCuda, ChoosesTheDeviceByItself) {
  std::unique_ptr<TorchModel> model = Load("policy_scripted.pt", OnDevice("auto"));
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->device(), "cuda:0");
}

TEST_F(TorchModelOnCuda, SaysWhichDevicesThereAre) {
  EXPECT_THAT(std::string(LoadError("policy_scripted.pt", OnDevice("cuda:99")).message()),
              HasSubstr("\"cuda:99\" does not exist"));
}

TEST_F(TorchModelOnCuda, ComputesInHalfPrecision) {
  TorchLoadOptions options = OnDevice("cuda");
  options.inputs = {Spec("pixels", {1, 8, 8})};
  std::vector<float> pixels(3 * 64);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = std::sin(static_cast<float>(i));
  const std::vector<float> want = RunOne(*Load("image.pt", options), pixels);
  options.precision = DType::kFloat16;
  const std::vector<float> got = RunOne(*Load("image.pt", options), pixels);
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 0.005);
}

TEST_F(TorchModelOnCuda, RunsOnEightThreadsAtOnceEachOnItsStream) {
  std::unique_ptr<TorchModel> model = Load("policy_scripted.pt", OnDevice("cuda"));
  ASSERT_NE(model, nullptr);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const std::vector<float> obs(4 * 32, static_cast<float>(t + 1));
        const std::vector<float> action = RunOne(*model, obs);
        for (size_t k = 0; k < action.size(); ++k) {
          const float j = static_cast<float>(k % 3);
          wrong += action[k] != (j + 1) * 4 * static_cast<float>(t + 1) + j;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// --- Memory ------------------------------------------------------------------------------------

size_t ResidentBytes() {
  size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

TEST(TorchModel, LeavesNothingBehindWhenItIsReplacedAgainAndAgain) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "skipped: this build holds freed memory back, and reports leaks itself";
#endif
  const auto cycle = [](int i) {
    std::unique_ptr<TorchModel> model = Load(i % 2 == 0 ? "constant_1.pt" : "constant_2.pt");
    ASSERT_NE(model, nullptr);
    const std::vector<float> result = RunOne(*model, {1, 2, 3, 4});
    ASSERT_EQ(result[0], i % 2 == 0 ? 1 : 2);
  };
  for (int i = 0; i < 50; ++i) cycle(i);
  const size_t before = ResidentBytes();
  for (int i = 0; i < 200; ++i) cycle(i);
  const size_t after = ResidentBytes();
  // LibTorch itself keeps about 150 bytes for each load.
  EXPECT_LT(after, before + 200 * 2048) << "grew " << after - before << " bytes in 200 cycles";
}

}  // namespace
}  // namespace graft::models
