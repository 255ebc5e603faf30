// Real and hostile files of the case collection (GRAFT_CASES; by default ../shared/cases beside the
// source tree). Skipped where it is absent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "models/torch/torch_model.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// The source tree, through a fixture that Bazel links to its real place.
std::filesystem::path CasesFolder() {
  if (const char* given = std::getenv("GRAFT_CASES"); given != nullptr && *given != '\0')
    return given;
  const std::filesystem::path fixture =
      std::filesystem::canonical("tests/fixtures/torchscript/policy_scripted.pt");
  return fixture.parent_path().parent_path().parent_path().parent_path() / "../shared/cases";
}

class TorchModelCases : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = CasesFolder();
    std::ifstream file(folder_ / "manifest.json");
    if (!file) GTEST_SKIP() << "skipped: no cases";
    cases_ = json::parse(file).at("cases");
  }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  static bool IsTorchScript(const json& one) {
    return absl::StartsWith(one.at("format").get<std::string>(), "torchscript");
  }

  std::filesystem::path folder_;
  json cases_;
};

struct Golden {
  explicit Golden(const std::string& path)
      : bytes(ReadWholeFile(path).value()),
        file(SafetensorsFile::Open(bytes->bytes(), path).value()) {}
  std::shared_ptr<const FileBytes> bytes;
  SafetensorsFile file;
};

HostTensor ToHost(const SafetensorsTensor& tensor) {
  HostTensor host;
  host.name = tensor.name;
  host.dtype = tensor.dtype;
  host.shape = tensor.shape;
  host.data.resize(tensor.bytes.size());
  std::memcpy(host.data.data(), tensor.bytes.data(), tensor.bytes.size());
  return host;
}

std::vector<HostTensor> Inputs(const SafetensorsFile& golden) {
  std::vector<HostTensor> inputs;
  while (const SafetensorsTensor* tensor = golden.Find(absl::StrCat("in", inputs.size()))) {
    inputs.push_back(ToHost(*tensor));
  }
  return inputs;
}

float HalfToFloat(uint16_t bits) {
  const float sign = (bits & 0x8000) != 0 ? -1.0f : 1.0f;
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  return sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

template <typename T>
T Element(const void* data, size_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + index * sizeof(T), sizeof(T));
  return value;
}

double Number(DType dtype, const void* data, size_t index) {
  switch (dtype) {
    case DType::kFloat32:
      return Element<float>(data, index);
    case DType::kFloat64:
      return Element<double>(data, index);
    case DType::kFloat16:
      return HalfToFloat(Element<uint16_t>(data, index));
    case DType::kBFloat16: {
      const uint32_t bits = static_cast<uint32_t>(Element<uint16_t>(data, index)) << 16;
      return Element<float>(&bits, 0);
    }
    case DType::kInt64:
      return static_cast<double>(Element<int64_t>(data, index));
    case DType::kInt32:
      return Element<int32_t>(data, index);
    case DType::kBool:
    case DType::kUInt8:
      return Element<uint8_t>(data, index);
    default:
      ADD_FAILURE() << "unexpected dtype " << DTypeName(dtype);
      return NAN;
  }
}

void ExpectClose(const HostTensor& got, const SafetensorsTensor& want, double rtol, double atol) {
  ASSERT_EQ(got.shape, want.shape) << want.name;
  EXPECT_EQ(DTypeName(got.dtype), DTypeName(want.dtype)) << want.name;
  const size_t count = want.bytes.size() / ElementBytes(want.dtype);
  double worst = 0;
  for (size_t i = 0; i < count; ++i) {
    const double w = Number(want.dtype, want.bytes.data(), i);
    const double g = Number(got.dtype, got.data.data(), i);
    if (std::isnan(w) && std::isnan(g)) continue;
    worst = std::max(worst, std::abs(g - w) - atol - rtol * std::abs(w));
  }
  EXPECT_LE(worst, 0) << want.name << " is outside its tolerance by " << worst;
}

// Runs a model on a golden file's inputs; `suffix` chooses its outputs ("", ".fp16", ".bf16").
void ExpectGolden(const std::string& model_path, const SafetensorsFile& golden, DType precision,
                  const std::string& suffix, double rtol, double atol) {
  TorchLoadOptions options;
  options.forward_only = true;
  options.precision = precision;
  absl::StatusOr<std::unique_ptr<TorchModel>> model =
      TorchModel::LoadTorchScript(model_path, options);
  ASSERT_TRUE(model.ok()) << model.status();
  absl::StatusOr<std::vector<HostTensor>> outputs = (*model)->Forward(Inputs(golden));
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  for (size_t i = 0; i < outputs->size(); ++i) {
    const SafetensorsTensor* want = golden.Find(absl::StrCat("out", i, suffix));
    ASSERT_NE(want, nullptr) << "the golden file has no out" << i << suffix;
    ExpectClose((*outputs)[i], *want, rtol, atol);
  }
  EXPECT_EQ(golden.Find(absl::StrCat("out", outputs->size(), suffix)), nullptr);
}

TEST_F(TorchModelCases, EveryTorchScriptFileGivesItsGoldenResult) {
  int compared = 0;
  for (const json& one : cases_) {
    if (!IsTorchScript(one) || one.at("expect") != "load" ||
        one.value("golden", json()).is_null()) {
      continue;
    }
    const std::string file = one.at("file");
    SCOPED_TRACE(file);
    if (one.at("format") == "torchscript/lite-flatbuffer") continue;  // see the next test
    const Golden golden(Path(one.at("golden")));
    const json& tolerance = one.at("tolerance").at("fp32");
    ExpectGolden(Path(file), golden.file, DType::kFloat32, "", tolerance.at("rtol"),
                 tolerance.at("atol"));
    ++compared;
  }
  EXPECT_GE(compared, 30);
}

TEST_F(TorchModelCases, SchemasFollowTheRowsOrSayWhyNot) {
  for (const json& one : cases_) {
    if (!IsTorchScript(one) || one.at("expect") != "load" ||
        one.value("golden", json()).is_null() ||
        one.at("format") == "torchscript/lite-flatbuffer") {
      continue;
    }
    const std::string file = one.at("file");
    SCOPED_TRACE(file);
    const Golden golden(Path(one.at("golden")));
    TorchLoadOptions options;
    for (const HostTensor& input : Inputs(golden.file)) {
      TensorSpec spec;
      spec.name = input.name;
      spec.dtype = input.dtype;
      spec.shape = input.shape;
      if (!spec.shape.empty()) spec.shape[0] = TensorSpec::kAgents;
      options.inputs.push_back(spec);
    }
    const auto declared = TorchModel::LoadTorchScript(Path(file), options);
    // The one input of this file is a single vector.
    EXPECT_EQ(declared.ok(), file != "real/tsharp_scripted.dat") << declared.status();
    const auto inferred = TorchModel::LoadTorchScript(Path(file), {});
    if (inferred.ok()) {
      EXPECT_EQ((*inferred)->schema().inputs.size(), options.inputs.size());
    } else {
      EXPECT_THAT(std::string(inferred.status().message()), HasSubstr("manifest"));
    }
  }
}

TEST_F(TorchModelCases, MobileFlatbuffersAreNamedAndRefused) {
  for (const json& one : cases_) {
    if (one.at("format") != "torchscript/lite-flatbuffer") continue;
    const absl::Status status = TorchModel::LoadTorchScript(Path(one.at("file")), {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("flatbuffer"));
  }
}

// TorchScript cases have no half-precision golden; the state_dict case of the same architecture and
// weights has.
TEST_F(TorchModelCases, HalfPrecisionStaysWithinTheToleranceOfTheSameWeights) {
  int compared = 0;
  for (const json& script : cases_) {
    if (!IsTorchScript(script) || !script.contains("arch") || !script.at("arch").is_string() ||
        script.value("golden", json()).is_null() ||
        script.at("format") == "torchscript/lite-flatbuffer") {
      continue;
    }
    const std::string file = script.at("file");
    const std::string version = file.substr(0, file.rfind('/') + 1);
    for (const json& weights : cases_) {
      const std::string other = weights.at("file");
      if (other != absl::StrCat(version, "sd_", script.at("arch").get<std::string>(), ".pt") ||
          weights.value("golden", json()).is_null()) {
        continue;
      }
      const Golden golden(Path(weights.at("golden")));
      const Golden own(Path(script.at("golden")));
      const SafetensorsTensor* a = golden.file.Find("out0");
      const SafetensorsTensor* b = own.file.Find("out0");
      if (a == nullptr || b == nullptr || a->bytes != b->bytes) continue;
      for (const auto& [name, precision] :
           {std::pair("fp16", DType::kFloat16), std::pair("bf16", DType::kBFloat16)}) {
        if (golden.file.Find(absl::StrCat("out0.", name)) == nullptr) continue;
        SCOPED_TRACE(absl::StrCat(file, " in ", name));
        const json& tolerance = weights.at("tolerance").at(name);
        ExpectGolden(Path(file), golden.file, precision, absl::StrCat(".", name),
                     tolerance.at("rtol"), tolerance.at("atol"));
        ++compared;
      }
    }
  }
  EXPECT_GE(compared, 10);
}

TEST_F(TorchModelCases, HostileTorchScriptIsRefusedOrRunsAndNeverCrashes) {
  int seen = 0;
  for (const json& one : cases_) {
    const std::string file = one.at("file");
    if (!absl::StartsWith(file, "hostile/ts_")) continue;
    SCOPED_TRACE(file);
    ++seen;
    TorchLoadOptions options;
    options.forward_only = true;
    options.forward_limit = absl::Milliseconds(200);
    absl::StatusOr<std::unique_ptr<TorchModel>> model =
        TorchModel::LoadTorchScript(Path(file), options);
    const std::string expect = one.at("expect");
    EXPECT_TRUE(expect == "either" || model.ok() == (expect == "load")) << model.status();
    if (!model.ok()) {
      EXPECT_THAT(std::string(model.status().message()), HasSubstr(file.substr(8)));
      EXPECT_LT(model.status().message().size(), 1200u) << model.status();
      std::cout << model.status() << "\n";
      continue;
    }
    HostTensor x;
    x.shape = {2, 3};
    x.data.resize(6 * sizeof(float));
    std::cout << file << ": " << (*model)->Forward({x}).status() << "\n";
  }
  EXPECT_GE(seen, 15);
}

TEST_F(TorchModelCases, EveryOtherFileIsRefusedWithItsName) {
  int refused = 0;
  for (const json& one : cases_) {
    const std::string file = one.at("file");
    if (IsTorchScript(one) || absl::StartsWith(file, "hostile/ts_")) continue;
    SCOPED_TRACE(file);
    TorchLoadOptions options;
    options.forward_limit = absl::Milliseconds(200);
    absl::StatusOr<std::unique_ptr<TorchModel>> model =
        TorchModel::LoadTorchScript(Path(file), options);
    if (model.ok()) {
      std::cout << file << ": loads (" << one.at("expect") << ")\n";
      continue;
    }
    ++refused;
    EXPECT_THAT(std::string(model.status().message()),
                HasSubstr(std::filesystem::path(file).filename().string()));
  }
  EXPECT_GE(refused, 600);
  for (const auto& entry : std::filesystem::directory_iterator("/tmp")) {
    EXPECT_EQ(entry.path().string().find("NN_CANARY"), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace graft::models
