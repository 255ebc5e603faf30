// Real weights of the case collection (GRAFT_CASES; by default ../shared/cases beside the source
// tree) with their architecture, beside what PyTorch computed. Skipped where it is absent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/element_value.h"
#include "models/file/file_bytes.h"
#include "models/file/model_file.h"
#include "models/file/safetensors.h"
#include "models/loading/load_model.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/case_files.h"
#include "tests/models/file/scratch_file.h"
#include "tests/models/loading/listed_network.h"

namespace graft::models {
namespace {

using nlohmann::json;

// Networks of versions/mynet.py by the names that cases give them.
const std::map<std::string, std::string> kOwnNetworks = {{"net", "Net()"},
                                                         {"seq", "std_seq()"},
                                                         {"tied", "Tied()"},
                                                         {"rnn", "Seq2()"},
                                                         {"enc", "Enc()"}};

// Networks that the collection does not list whole, by the names of their cases.
struct WrittenNetwork {
  std::string file;  // "": the zoo's
  std::string expression;
};
const std::map<std::string, WrittenNetwork> kWrittenNetworks = {
    {"et_llama_demo", {"tests/fixtures/written/llama.py", "Transformer()"}},
    {"sb3_ppo", {"tests/fixtures/written/actor_critic.py", "Policy()"}},
    {"sb3_ppo.policy.pth", {"tests/fixtures/written/actor_critic.py", "Policy()"}},
    {"tv_vit_s",
     {"",
      "VisionTransformer(image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=32, "
      "mlp_dim=64, num_classes=10)"}}};

// What a manifest for these files says under "weights", as their refusals advise.
WeightRules RulesOf(const std::string& name) {
  WeightRules rules;
  if (absl::StrContains(name, "lightning")) rules.strip_prefix = {"model."};
  if (absl::StrContains(name, "lpips")) {
    rules.strip_prefix = {"lin0.model."};
    rules.allow_unexpected.all = true;
  }
  return rules;
}

struct Golden {
  explicit Golden(const std::string& path)
      : bytes(ReadWholeFile(path).value()),
        file(SafetensorsFile::Open(bytes->bytes(), path).value()) {}

  std::vector<HostTensor> Inputs() const {
    std::vector<HostTensor> inputs;
    while (const SafetensorsTensor* tensor = file.Find(absl::StrCat("in", inputs.size()))) {
      HostTensor host{tensor->name, tensor->dtype, tensor->shape, {}};
      const auto* data = reinterpret_cast<const std::byte*>(tensor->bytes.data());
      host.data.assign(data, data + tensor->bytes.size());
      inputs.push_back(std::move(host));
    }
    return inputs;
  }

  std::shared_ptr<const FileBytes> bytes;
  SafetensorsFile file;
};

std::vector<TensorSpec> SpecsOf(const std::vector<HostTensor>& tensors) {
  std::vector<TensorSpec> specs;
  for (const HostTensor& tensor : tensors) {
    TensorSpec spec{tensor.name, tensor.dtype, tensor.shape};
    spec.shape[0] = TensorSpec::kAgents;
    specs.push_back(spec);
  }
  return specs;
}

void ExpectClose(const HostTensor& got, const SafetensorsTensor& want, double rtol, double atol) {
  ASSERT_EQ(got.shape, want.shape) << want.name;
  EXPECT_EQ(DTypeName(got.dtype), DTypeName(want.dtype)) << want.name;
  const size_t got_bytes = ElementBytes(got.dtype);
  const size_t want_bytes = ElementBytes(want.dtype);
  double worst = -1;
  for (size_t i = 0; i < want.bytes.size() / want_bytes; ++i) {
    const double w = ElementAsDouble(want.dtype, want.bytes.data() + i * want_bytes);
    const double g = ElementAsDouble(
        got.dtype, reinterpret_cast<const uint8_t*>(got.data.data()) + i * got_bytes);
    if (std::isnan(w) && std::isnan(g)) continue;
    const double excess = std::abs(g - w) - atol - rtol * std::abs(w);
    ASSERT_FALSE(std::isnan(excess)) << want.name << " at " << i << ": " << g << " for " << w;
    worst = std::max(worst, excess);
  }
  EXPECT_LE(worst, 0) << want.name << " is outside its tolerance by " << worst;
}

class LoadModelCases : public ::testing::Test {
 protected:
  void SetUp() override {
    if (CasesDirectory().empty()) GTEST_SKIP() << "skipped: no cases";
    folder_ = CasesDirectory();
    cases_ = ReadJson((folder_ / "manifest.json").string()).at("cases");
  }

  static bool HoldsWeights(const json& one) {
    if (!one.contains("golden") || one.at("golden").is_null()) return false;
    const std::string format = one.at("format");
    return absl::StartsWith(format, "state_dict") || absl::StartsWith(format, "checkpoint") ||
           absl::StartsWith(format, "module") || absl::StartsWith(format, "safetensors") ||
           absl::StartsWith(format, "sb3");
  }

  // Modules that forward calls are among those that are listed.
  static bool IsListedWhole(const json& arch) {
    std::set<std::string> listed;
    for (const json& module : arch.at("modules")) listed.insert(module.at(0));
    for (const json& op : arch.at("ops")) {
      if (op.at(0) == "call_module" && !listed.contains(op.at(2))) return false;
    }
    return true;
  }

  // nullopt: the case does not say how its network computes.
  std::optional<NetworkOptions> OptionsOf(const json& one, ScratchFile* source) {
    NetworkOptions options;
    if (const auto written = kWrittenNetworks.find(one.at("id"));
        written != kWrittenNetworks.end()) {
      const auto& [written_file, expression] = written->second;
      std::string prefix;
      if (!written_file.empty()) {  // a link in the sandbox, which sources may not be
        source->Write(std::string(AsText(ReadWholeFile(written_file).value()->bytes())));
        prefix = absl::StrCat(source->path(), ":");
      }
      options.architecture = ParseArchitecture(absl::StrCat(prefix, expression), "").value();
      return options;
    }
    const json arch = one.value("arch", json());
    if (arch.is_string()) {
      // Modules of PyTorch's own layers need no source.
      const bool own_layers =
          absl::StartsWith(one.at("format").get<std::string>(), "module") && arch == "seq";
      if (!own_layers) {
        options.architecture =
            ParseArchitecture("mynet.py:" + kOwnNetworks.at(arch), (folder_ / "versions").string())
                .value();
      }
      return options;
    }
    if (!arch.is_object() || !arch.contains("ops") || arch.at("ops").is_null() ||
        arch.at("ops").empty() || !IsListedWhole(arch)) {
      return std::nullopt;
    }
    std::map<std::string, std::vector<int64_t>> shapes;
    const auto file = ModelFile::Open((folder_ / one.at("file").get<std::string>()).string());
    if (file.ok()) {
      for (const WeightSource& weights : file->weight_sources()) {
        for (const Weight& weight : weights.weights) shapes[weight.name] = weight.shape;
      }
    }
    source->Write(ListedNetworkSource(arch, shapes));
    options.architecture = ParseArchitecture(source->path() + ":Net()", "").value();
    return options;
  }

  std::filesystem::path folder_;
  json cases_;
};

TEST_F(LoadModelCases, EqualPyTorchWithinTheTolerance) {
  size_t ran = 0;
  for (const json& one : cases_) {
    if (!HoldsWeights(one)) continue;
    const std::string name = one.at("file");
    SCOPED_TRACE(name);
    ScratchFile source("", ".py");
    const std::optional<NetworkOptions> network = OptionsOf(one, &source);
    EXPECT_TRUE(network.has_value()) << "its operations are not all listed";
    if (!network) continue;
    const Golden golden((folder_ / one.at("golden").get<std::string>()).string());
    const std::vector<HostTensor> inputs = golden.Inputs();
    struct Variant {
      DType precision;
      const char* suffix;
      const char* tolerance;
    };
    for (const Variant& variant :
         {Variant{DType::kFloat32, "", "fp32"}, Variant{DType::kFloat16, ".fp16", "fp16"},
          Variant{DType::kBFloat16, ".bf16", "bf16"}}) {
      if (golden.file.Find(absl::StrCat("out0", variant.suffix)) == nullptr) continue;
      SCOPED_TRACE(variant.tolerance);
      SourceModelOptions options;
      options.network = *network;
      options.network.weights = RulesOf(name);
      options.network.precision.base = variant.precision;
      options.torch.forward_only = true;
      options.torch.inputs = SpecsOf(inputs);
      const absl::StatusOr<LoadedModel> loaded = LoadModel((folder_ / name).string(), options);
      EXPECT_TRUE(loaded.ok()) << loaded.status().message();
      if (!loaded.ok()) continue;
      const auto outputs = loaded->model->Forward(inputs);
      EXPECT_TRUE(outputs.ok()) << outputs.status().message();
      if (!outputs.ok()) continue;
      const json& tolerance = one.at("tolerance").at(variant.tolerance);
      for (size_t i = 0; i < outputs->size(); ++i) {
        const SafetensorsTensor* want = golden.file.Find(absl::StrCat("out", i, variant.suffix));
        ASSERT_NE(want, nullptr);
        ExpectClose((*outputs)[i], *want, tolerance.at("rtol"), tolerance.at("atol"));
      }
      ++ran;
    }
  }
  EXPECT_GT(ran, 100u);
}

}  // namespace
}  // namespace graft::models
