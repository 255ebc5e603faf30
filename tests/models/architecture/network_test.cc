// What is in a network, and surgery on it, before anything is bound or recorded.
#include "models/architecture/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/architecture/source_session.h"
#include "models/manifest/architecture_spec.h"
#include "models/torch/deep_stack.h"
#include "tests/models/file/scratch_file.h"

namespace graft::models::architecture {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kSource[] = R"(
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.downsample = None
        self.register_buffer("steps", torch.zeros(1), persistent=False)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))
        self.body = nn.Sequential(Block(), nn.ReLU(), nn.Dropout())
        self.head = nn.Linear(4, 2, bias=False)
        self.same_head = self.head
        self.parts = nn.ModuleDict({"a": nn.Linear(2, 2, bias=False)})


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 3)
        self.out = nn.Linear(3, 5, bias=False)
        self.out.weight = self.embed.weight
        self.other = nn.Linear(3, 5, bias=False)


class Endless(nn.Module):
    def __init__(self):
        super().__init__()
        self.again = self


def make(net=Net):
    return net()
)";

class NetworkTest : public ::testing::Test {
 protected:
  // What went wrong while the network of `expression` was made and used; "" for nothing.
  std::string With(const std::string& expression,
                   const std::function<void(Network&, SourceSession&)>& use) {
    std::string problem;
    const absl::Status started = RunOnDeepStack([&] {
      SourceSessionOptions options;
      options.architecture =
          ParseArchitecture(absl::StrCat(source_.path(), ":", expression), "").value();
      auto session = SourceSession::Open(options);
      ASSERT_TRUE(session.ok()) << session.status();
      const absl::Status status = (*session)->ev().Guard([&] {
        Network network((*session)->ev(), (*session)->MakeArchitecture());
        use(network, **session);
      });
      problem = std::string(status.message());
    });
    EXPECT_TRUE(started.ok()) << started;
    return problem;
  }

  static std::vector<std::string> Paths(Network& network) {
    std::vector<std::string> paths;
    for (const NetworkModule& module : network.Modules()) paths.push_back(module.path);
    return paths;
  }
  static std::vector<std::string> Names(Network& network) {
    std::vector<std::string> names;
    for (const NetworkTensor& tensor : network.Tensors()) names.push_back(tensor.facts.name);
    return names;
  }
  // Paths of the modules in training mode.
  static std::vector<std::string> Training(Network& network) {
    std::vector<std::string> paths;
    for (const NetworkModule& module : network.Modules()) {
      if (module.instance->FindOwn("training")->AsBool()) paths.push_back(module.path);
    }
    return paths;
  }
  static std::vector<NamePattern> Pattern(const std::string& text) {
    return {NamePattern::Parse(text).value()};
  }

  const ScratchFile source_{kSource, ".py"};
};

TEST_F(NetworkTest, ListsEveryModuleOnceParentsFirst) {
  EXPECT_EQ(With("Net()",
                 [](Network& network, SourceSession&) {
                   EXPECT_THAT(Paths(network),
                               ElementsAre("", "body", "body.0", "body.0.conv", "body.0.norm",
                                           "body.1", "body.2", "head", "parts", "parts.a"));
                 }),
            "");
}

TEST_F(NetworkTest, ListsTensorsInTheOrderOfStateDict) {
  EXPECT_EQ(With("Net()",
                 [](Network& network, SourceSession&) {
                   EXPECT_THAT(Names(network),
                               ElementsAre("scale", "body.0.steps", "body.0.conv.weight",
                                           "body.0.norm.weight", "body.0.norm.bias",
                                           "body.0.norm.running_mean", "body.0.norm.running_var",
                                           "body.0.norm.num_batches_tracked", "head.weight",
                                           "same_head.weight", "parts.a.weight"));
                   const std::vector<NetworkTensor> tensors = network.Tensors();
                   EXPECT_FALSE(tensors[1].facts.persistent);
                   EXPECT_EQ(tensors[1].facts.role, ArchitectureTensor::Role::kBuffer);
                   EXPECT_THAT(tensors[2].facts.shape, ElementsAre(4, 3, 1, 1));
                   EXPECT_FALSE(tensors[2].in_batch_norm);
                   EXPECT_TRUE(tensors[3].in_batch_norm);
                   EXPECT_EQ(tensors[7].facts.dtype, DType::kInt64);
                   EXPECT_EQ(tensors[8].facts.tied_group, 0);
                   EXPECT_EQ(tensors[9].facts.tied_group, 0);
                   EXPECT_EQ(tensors[10].facts.tied_group, ArchitectureTensor::kNotTied);
                 }),
            "");
}

TEST_F(NetworkTest, WeightsOfTwoModulesThatAreOneAreTied) {
  EXPECT_EQ(With("Tied()",
                 [](Network& network, SourceSession&) {
                   const std::vector<NetworkTensor> tensors = network.Tensors();
                   ASSERT_EQ(tensors.size(), 3U);
                   EXPECT_EQ(tensors[0].facts.tied_group, 0);
                   EXPECT_EQ(tensors[1].facts.tied_group, 0);
                   EXPECT_EQ(tensors[2].facts.tied_group, ArchitectureTensor::kNotTied);
                 }),
            "");
}

TEST_F(NetworkTest, ReplacesAModuleWhereverItIs) {
  EXPECT_EQ(
      With("Net()",
           [](Network& network, SourceSession& session) {
             network.Replace("head", session.Evaluate("nn.Linear(4, 7)", "replace"));
             network.Replace("body.1", session.Evaluate("nn.PReLU", "replace"));
             network.Replace("parts.a", session.Evaluate("Block()", "replace"));
             network.Replace("body.0.downsample", session.Evaluate("nn.Linear(1, 1)", "replace"));
             EXPECT_THAT(Names(network), ::testing::IsSupersetOf(
                                             {"head.weight", "head.bias", "body.1.weight",
                                              "parts.a.conv.weight", "body.0.downsample.weight"}));
           }),
      "");
}

TEST_F(NetworkTest, SaysWhatIsThereWhereNothingCanBeReplaced) {
  const auto error = [&](const std::string& path, const std::string& with) {
    return With("Net()", [&](Network& network, SourceSession& session) {
      network.Replace(path, session.Evaluate(with, "replace"));
    });
  };
  EXPECT_THAT(error("tail", "nn.ReLU()"), AllOf(HasSubstr("no module \"tail\""),
                                                HasSubstr("the network (Net) has body, head")));
  EXPECT_THAT(error("body.3", "nn.ReLU()"), HasSubstr("\"body\" (Sequential) has 0, 1, 2"));
  EXPECT_THAT(error("head.weight", "nn.ReLU()"), HasSubstr("\"head\" (Linear) has no children"));
  EXPECT_THAT(error("body.0.downsample.0", "nn.ReLU()"), HasSubstr("downsample"));
  EXPECT_THAT(error("", "nn.ReLU()"), HasSubstr("no module \"\""));
  EXPECT_THAT(error("head", "7"), HasSubstr("is of type int, not a torch.nn.Module"));
}

TEST_F(NetworkTest, RemovesFromContainersAndLeavesIdentityElsewhere) {
  EXPECT_EQ(With("Net()",
                 [](Network& network, SourceSession&) {
                   network.Remove("body.1");
                   network.Remove("head");
                   network.Remove("parts.a");
                   // Later members keep their names: those of the file.
                   EXPECT_THAT(Paths(network),
                               ElementsAre("", "body", "body.0", "body.0.conv", "body.0.norm",
                                           "body.2", "head", "same_head", "parts"));
                   EXPECT_EQ(network.Modules()[6].instance->cls->name, "Identity");
                 }),
            "");
}

TEST_F(NetworkTest, TrainsWhatAPatternCovers) {
  EXPECT_EQ(With("Net()",
                 [](Network& network, SourceSession&) {
                   network.SetModes({});
                   EXPECT_THAT(Training(network), ElementsAre());
                   network.SetModes(Pattern("body.2"));
                   EXPECT_THAT(Training(network), ElementsAre("body.2"));
                   network.SetModes(Pattern("body.0"));
                   EXPECT_THAT(Training(network),
                               ElementsAre("body.0", "body.0.conv", "body.0.norm"));
                 }),
            "");
  EXPECT_THAT(
      With("Net()", [](Network& network, SourceSession&) { network.SetModes(Pattern("boddy.*")); }),
      AllOf(HasSubstr("\"train\""), HasSubstr("\"boddy.*\""), HasSubstr("body, head")));
}

TEST_F(NetworkTest, PatternsMayNameTensors) {
  EXPECT_EQ(With("Net()",
                 [](Network& network, SourceSession&) {
                   network.RequireCovered("freeze", Pattern("**.running_*"));
                   network.RequireCovered("freeze", Pattern("scale"));
                 }),
            "");
}

TEST_F(NetworkTest, TakesClassesAndFunctionsThatMakeAModule) {
  for (const char* expression : {"Net", "make", "make(Tied)"}) {
    EXPECT_EQ(With(expression, [](Network& network,
                                  SourceSession&) { EXPECT_GT(network.Modules().size(), 3U); }),
              "")
        << expression;
  }
  EXPECT_THAT(With("make(int)", [](Network&, SourceSession&) {}), HasSubstr("TypeError"));
}

TEST_F(NetworkTest, AModuleThatHoldsItselfIsRefused) {
  EXPECT_THAT(With("Endless()", [](Network& network, SourceSession&) { network.Modules(); }),
              AllOf(HasSubstr("RecursionError"), HasSubstr("hold itself")));
}

}  // namespace
}  // namespace graft::models::architecture
