// Every layer of torch.nn, the functions of torch.nn.functional and common idioms of tensor code,
// from source through the evaluator and the recorder, beside what PyTorch computed
// (tests/fixtures/nn/make_fixtures.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/file/element_value.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "models/loading/load_model.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/scratch_file.h"

namespace graft::models {
namespace {

using json = nlohmann::ordered_json;  // results are in the order of their keys

struct Fixtures {
  std::shared_ptr<const FileBytes> bytes;
  SafetensorsFile tensors;
  json entries;
};

const Fixtures& AllFixtures() {
  static const auto* const fixtures = [] {
    auto* made = new Fixtures;
    made->bytes = ReadWholeFile("tests/fixtures/nn/layers.safetensors").value();
    made->tensors = SafetensorsFile::Open(made->bytes->bytes(), "layers.safetensors").value();
    std::ifstream file("tests/fixtures/nn/layers.json");
    made->entries = json::parse(file);
    return made;
  }();
  return *fixtures;
}

HostTensor ToHost(const SafetensorsTensor& tensor) {
  HostTensor host{tensor.name, tensor.dtype, tensor.shape, {}};
  const auto* data = reinterpret_cast<const std::byte*>(tensor.bytes.data());
  host.data.assign(data, data + tensor.bytes.size());
  return host;
}

// Names of the tensors in a result, in order.
void NamesIn(const json& result, std::vector<std::string>* names) {
  if (result.is_string()) names->push_back(result);
  if (result.is_structured()) {
    for (const json& item : result) NamesIn(item, names);
  }
}

std::string Difference(const HostTensor& got, const SafetensorsTensor& want) {
  if (got.shape != want.shape) return absl::StrCat(want.name, " has another shape");
  if (got.dtype != want.dtype) {
    return absl::StrCat(want.name, " is ", std::string(DTypeName(got.dtype)), ", not ",
                        std::string(DTypeName(want.dtype)));
  }
  const size_t bytes = ElementBytes(want.dtype);
  for (size_t i = 0; i < want.bytes.size() / bytes; ++i) {
    const double w = ElementAsDouble(want.dtype, want.bytes.data() + i * bytes);
    const double g =
        ElementAsDouble(got.dtype, reinterpret_cast<const uint8_t*>(got.data.data()) + i * bytes);
    if (g == w || (std::isnan(g) && std::isnan(w))) continue;
    if (!(std::abs(g - w) <= 1e-5 + 1e-4 * std::abs(w))) {
      return absl::StrCat(want.name, " at ", i, ": ", g, " for ", w);
    }
  }
  return "";
}

// "" when Graft computes what PyTorch did.
std::string Problem(const json& entry) {
  const Fixtures& fixtures = AllFixtures();
  const std::string source =
      entry.contains("source")
          ? entry.at("source").get<std::string>()
          : absl::StrCat(
                "import math\nfrom collections import OrderedDict, namedtuple\n\nimport torch\n"
                "import torch.nn.functional as F\nfrom torch import nn\n\n\n"
                "def Case():\n    return ",
                entry.at("expr").get<std::string>(), "\n");
  const ScratchFile code(source, ".py");
  const ScratchFile weights("", ".safetensors");
  std::vector<SafetensorsTensor> state;
  for (const auto& [key, name] : entry.at("state").items()) {
    SafetensorsTensor tensor = *fixtures.tensors.Find(name.get<std::string>());
    tensor.name = key;
    state.push_back(tensor);
  }
  if (const absl::Status status = WriteSafetensors(weights.path(), state); !status.ok()) {
    return std::string(status.message());
  }
  SourceModelOptions options;
  options.network.architecture = ParseArchitecture(code.path() + ":Case()", "").value();
  if (entry.at("train")) options.network.train = {NamePattern::Parse("**").value()};
  options.torch.forward_only = true;
  std::vector<HostTensor> inputs;
  for (const json& name : entry.at("inputs")) {
    inputs.push_back(ToHost(*fixtures.tensors.Find(name.get<std::string>())));
    TensorSpec spec{absl::StrCat("in", inputs.size()), inputs.back().dtype, inputs.back().shape};
    spec.shape[0] = TensorSpec::kAgents;
    options.torch.inputs.push_back(spec);
  }
  const absl::StatusOr<LoadedModel> loaded = LoadModel(weights.path(), options);
  if (!loaded.ok()) return std::string(loaded.status().message());
  const auto outputs = loaded->model->Forward(inputs);
  if (!outputs.ok()) return std::string(outputs.status().message());
  std::vector<std::string> names;
  NamesIn(entry.at("result"), &names);
  if (names.size() != outputs->size()) {
    return absl::StrCat("gives ", outputs->size(), " tensors for ", names.size());
  }
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string difference = Difference((*outputs)[i], *fixtures.tensors.Find(names[i]));
    if (!difference.empty()) return difference;
  }
  return "";
}

TEST(Layers, ComputeWhatPyTorchComputes) {
  size_t ran = 0;
  for (const json& entry : AllFixtures().entries) {
    // Without a dimension of agents a network cannot be an agent's.
    if (!entry.at("agents")) continue;
    ++ran;
    const std::string problem = Problem(entry);
    EXPECT_EQ(problem, "") << entry.at("name") << " "
                           << entry.value("expr", entry.value("source", ""));
  }
  EXPECT_GT(ran, 400u);
}

}  // namespace
}  // namespace graft::models
