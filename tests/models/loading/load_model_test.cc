// Which road a file takes, and what a manifest's mistakes are answered with on it.
#include "models/loading/load_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/file/safetensors.h"
#include "models/manifest/architecture_spec.h"
#include "tests/models/file/scratch_file.h"

namespace graft::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string BranchingNet(const std::string& forward) {
  return R"(import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)
        self.register_buffer("row", torch.ones(1, 4), persistent=False)
    def forward(self, obs):
        )" +
         forward + "\n";
}

constexpr char kScript[] = "tests/fixtures/torchscript/policy_scripted.pt";

class LoadModelTest : public ::testing::Test {
 protected:
  LoadModelTest() {
    const std::vector<float> values(32, 0.5F);
    const auto bytes = [&](size_t count) {
      return ByteSpan(reinterpret_cast<const uint8_t*>(values.data()), count * sizeof(float));
    };
    const std::vector<SafetensorsTensor> tensors = {
        {"body.weight", DType::kFloat32, {8, 4}, bytes(32)},
        {"body.bias", DType::kFloat32, {8}, bytes(8)},
        {"head.weight", DType::kFloat32, {2, 8}, bytes(16)},
        {"head.bias", DType::kFloat32, {2}, bytes(2)}};
    EXPECT_TRUE(WriteSafetensors(weights_.path(), tensors).ok());
    options_.network.architecture = ParseArchitecture(source_.path() + ":Net()", "").value();
  }

  std::string Error() const {
    const auto loaded = LoadModel(weights_.path(), options_);
    return loaded.ok() ? "" : std::string(loaded.status().message());
  }
  static std::vector<NamePattern> Patterns(const std::string& text) {
    return {NamePattern::Parse(text).value()};
  }

  ScratchFile weights_{"", ".safetensors"};
  ScratchFile source_{R"(
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, obs):
        return self.head(self.body(obs).relu())
)",
                      ".py"};
  SourceModelOptions options_;
};

TEST_F(LoadModelTest, BindsWeightsToTheArchitectureAndTellsHow) {
  const auto loaded = LoadModel(weights_.path(), options_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_TRUE(loaded->plan.has_value());
  EXPECT_EQ(loaded->plan->CountTensors(PlannedTensor::Fate::kBound), 4U);
  EXPECT_NE(loaded->prior, nullptr);
  EXPECT_EQ(loaded->freeze.kept.tensors, 0U);
  EXPECT_EQ(loaded->freeze.live.bytes, (32 + 8 + 16 + 2) * sizeof(float));
}

TEST_F(LoadModelTest, ComputesInFloat64WhatTheSourceMadeSo) {
  options_.network.architecture = ParseArchitecture(source_.path() + ":Net().double()", "").value();
  options_.torch.inputs = {{"obs", DType::kFloat64, {TensorSpec::kAgents, 4}}};
  options_.torch.pool = MakeTensorPool();
  for (int version = 0; version < 2; ++version) {
    const auto loaded = LoadModel(weights_.path(), options_);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ASSERT_EQ(loaded->model->schema().outputs[0].dtype, DType::kFloat64);
    const std::vector<double> observation(4, 1.0 / 3);
    std::vector<double> actions(2);
    const void* inputs[] = {observation.data()};
    void* outputs[] = {actions.data()};
    ASSERT_TRUE(loaded->model->Run(1, inputs, outputs).ok());
    const double hidden = 0.5 * 4 / 3 + 0.5;
    EXPECT_NEAR(actions[0], 0.5 * 8 * hidden + 0.5, 1e-14);
    options_.prior = loaded->prior;
  }
}

TEST_F(LoadModelTest, RunsTorchScriptAsItIs) {
  const auto loaded = LoadModel(kScript, {});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_FALSE(loaded->plan.has_value());
  EXPECT_EQ(loaded->prior, nullptr);
}

TEST_F(LoadModelTest, TakesTheWeightsOfTorchScriptWhereAnArchitectureIsGiven) {
  const ScratchFile source(
      "from torch import nn\n\n\nclass Policy(nn.Module):\n"
      "    def __init__(self):\n        super().__init__()\n"
      "        self.layer = nn.Linear(4, 3)\n\n"
      "    def forward(self, obs):\n        return self.layer(obs)\n",
      ".py");
  SourceModelOptions options;
  options.network.architecture = ParseArchitecture(source.path() + ":Policy()", "").value();
  const auto loaded = LoadModel(kScript, options);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_TRUE(loaded->plan.has_value());
  EXPECT_EQ(loaded->plan->CountTensors(PlannedTensor::Fate::kBound), 2U);
}

TEST_F(LoadModelTest, TellsThePlanAlsoOfWeightsThatDoNotFit) {
  size_t tensors = 0;
  options_.on_plan = [&](const WeightPlan& plan) { tensors = plan.tensors.size(); };
  options_.network.weights.into = "body";
  EXPECT_THAT(Error(), HasSubstr("do not fit the architecture"));
  EXPECT_EQ(tensors, 4U);
}

TEST_F(LoadModelTest, SaysWhichKeysNeedTheSourceOfTorchScript) {
  const auto error = [](const auto& change) {
    SourceModelOptions options;
    change(options.network);
    return std::string(LoadModel(kScript, options).status().message());
  };
  EXPECT_THAT(error([](NetworkOptions& network) { network.surgery.remove = {"layer"}; }),
              AllOf(HasSubstr("\"surgery\" names modules"), HasSubstr("\"architecture\"")));
  EXPECT_THAT(error([](NetworkOptions& network) { network.train = Patterns("**"); }),
              HasSubstr("\"train\" names modules"));
  EXPECT_THAT(error([](NetworkOptions& network) { network.freeze.keep = Patterns("**"); }),
              HasSubstr("\"freeze\" names modules"));
}

TEST_F(LoadModelTest, SaysThatWeightsNeedAnArchitecture) {
  options_.network.architecture.reset();
  EXPECT_THAT(Error(),
              AllOf(HasSubstr("holds weights only (4 tensors"), HasSubstr("\"architecture\"")));
}

TEST_F(LoadModelTest, RefusesNamesThatNothingInTheNetworkHas) {
  options_.network.freeze.keep = Patterns("boddy");
  EXPECT_THAT(Error(), HasSubstr("\"freeze\": nothing in the network is covered by \"boddy\"; its "
                                 "modules are body, head and what is in them"));
  options_.network.freeze.keep = Patterns("body.weight");
  options_.network.precision.layers = {{NamePattern::Parse("**.norm*").value(), DType::kFloat32}};
  EXPECT_THAT(Error(), HasSubstr("\"precision\": nothing in the network is covered by "));
  options_.network.precision.layers.clear();
  options_.network.train = Patterns("dropout");
  EXPECT_THAT(Error(), HasSubstr("\"train\": nothing in the network is covered by \"dropout\""));
  options_.network.train.clear();
  options_.network.taps = {"body.3"};
  EXPECT_THAT(Error(), HasSubstr("there is no module \"body.3\": \"body\" (Linear) has no "
                                 "children"));
  options_.network.taps.clear();
  EXPECT_EQ(Error(), "");
}

TEST_F(LoadModelTest, SaysThatTheSourceDefinesNoSuchClass) {
  options_.network.architecture = ParseArchitecture(source_.path() + ":Nett(3)", "").value();
  EXPECT_THAT(Error(), HasSubstr(source_.path() + " has no 'Nett'; it defines Net"));
}

TEST_F(LoadModelTest, ShowsTheInputsThatForwardFailedOn) {
  options_.torch.inputs = {{"obs", DType::kFloat32, {TensorSpec::kAgents, 5}}};
  EXPECT_THAT(Error(),
              AllOf(HasSubstr("shapes cannot be multiplied"),
                    HasSubstr("while forward was given obs: float32 [agents, 5], as \"inputs\" "
                              "declares")));
}

// A branch that one agent takes and more do not is decided as for more; the graph must then do for
// one what forward does.
TEST_F(LoadModelTest, DecidesABranchOnOneAgentWhereBothWaysDoTheSame) {
  const auto error = [&](const std::string& body) {
    const ScratchFile source(BranchingNet(body), ".py");
    options_.network.architecture = ParseArchitecture(source.path() + ":Net()", "").value();
    return Error();
  };
  EXPECT_EQ(error("row = self.row\n"
                  "        if obs.shape[0] != row.shape[0]: row = row.expand(obs.shape[0], -1)\n"
                  "        return self.head(self.body(obs + row).relu())"),
            "");
  EXPECT_THAT(error("return self.head(self.body(obs if obs.shape[0] > 1 else -obs).relu())"),
              AllOf(HasSubstr(":11:43: a branch that depends on the number of agents is not"),
                    HasSubstr("in Net.forward")));
  EXPECT_THAT(error("y = self.head(self.body(obs).relu())\n"
                    "        return y if obs.shape[0] > 1 else y[0]"),
              HasSubstr("a branch that depends on the number of agents"));
  EXPECT_THAT(error("if obs.shape[0] == 1: raise ValueError('too few')\n"
                    "        return self.head(self.body(obs).relu())"),
              HasSubstr("a branch that depends on the number of agents"));
  EXPECT_THAT(error("return self.head(self.body(obs if obs.shape[0] > 2 else -obs).relu())"),
              HasSubstr("a branch that depends on the number of agents"));
}

TEST_F(LoadModelTest, ABranchOnAnyOneNumberOfAgentsIsTriedWithSoMany) {
  const auto error = [&](const std::string& body) {
    const ScratchFile source(BranchingNet(body), ".py");
    options_.network.architecture = ParseArchitecture(source.path() + ":Net()", "").value();
    return Error();
  };
  EXPECT_EQ(error("if obs.shape[0] == 4: obs = obs.contiguous()\n"
                  "        if 2 * obs.shape[0] == 10: obs = obs.clone()\n"
                  "        return self.head(self.body(obs).relu())"),
            "");
  for (const char* number : {"4", "5", "16", "17", "1000"}) {
    EXPECT_THAT(error(absl::StrCat("return self.head(self.body(obs if obs.shape[0] != ", number,
                                   " else -obs).relu())")),
                HasSubstr("a branch that depends on the number of agents"))
        << number;
  }
  // No number of agents makes these equal.
  EXPECT_EQ(error("if obs.shape[0] == 0: raise ValueError('none')\n"
                  "        if 2 * obs.shape[0] == 7: raise ValueError('odd')\n"
                  "        return self.head(self.body(obs).relu())"),
            "");
}

TEST_F(LoadModelTest, GivesInputsByNameToAForwardBelowDecorators) {
  const ScratchFile source(R"(
import functools
from torch import nn


def logged(f):
    @functools.wraps(f)
    def wrapper(self, *args, **kwargs):
        return f(self, *args, **kwargs)
    return wrapper


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    @logged
    @logged
    def forward(self, ids=None, obs=None, *, scale=None):
        assert ids is None
        return self.head(self.body(obs).relu()) * scale
)",
                           ".py");
  options_.network.architecture = ParseArchitecture(source.path() + ":Net()", "").value();
  options_.torch.inputs = {{"obs", DType::kFloat32, {TensorSpec::kAgents, 4}},
                           {"scale", DType::kFloat32, {TensorSpec::kAgents, 1}}};
  EXPECT_EQ(Error(), "");
}

}  // namespace
}  // namespace graft::models
