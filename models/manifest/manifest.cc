#include "models/manifest/manifest.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "models/file/bounded_json.h"
#include "models/file/file_bytes.h"
#include "models/file/printable_name.h"
#include "models/manifest/architecture_keys.h"
#include "models/manifest/local_path.h"
#include "models/manifest/manifest_checker.h"
#include "models/manifest/module_keys.h"
#include "models/manifest/swap_keys.h"
#include "models/manifest/weight_keys.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;

constexpr uint64_t kMaxManifestBytes = 1 << 20;
constexpr size_t kMaxNameBytes = 128;
constexpr size_t kMaxTensors = 256;
constexpr size_t kMaxRank = 16;
constexpr int64_t kMaxRowBytes = int64_t{1} << 30;
constexpr int64_t kMaxBatch = int64_t{1} << 20;
constexpr int64_t kHourInMicroseconds = 3'600'000'000;

// nullptr when `name` serves as a name, else what is wrong with it.
const char* NameProblem(const std::string& name) {
  if (name.empty()) return "must not be empty";
  if (name.size() > kMaxNameBytes) return "must not exceed 128 bytes";
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return control ? "must not contain control characters" : nullptr;
}

void ReadName(const json& root, ManifestChecker* check, std::string* name) {
  const auto it = root.find("name");
  if (it == root.end()) return;
  if (!it->is_string()) return check->Expect("name", "a string", *it);
  if (const char* problem = NameProblem(it->get<std::string>())) return check->Add("name", problem);
  *name = it->get<std::string>();
}

void ReadSource(const json& root, absl::string_view directory, ManifestChecker* check,
                Manifest* manifest) {
  const auto it = root.find("source");
  if (it == root.end()) {
    return check->Add("source",
                      "is missing; name the model file or the directory of checkpoints, "
                      "relative to the manifest");
  }
  if (!it->is_string() || it->get<std::string>().empty()) {
    return check->Expect("source", "the path of a file or directory", *it);
  }
  absl::StatusOr<std::string> path = LocalPath(it->get<std::string>(), directory);
  if (!check->Check("source", path.status())) return;
  manifest->source = it->get<std::string>();
  manifest->source_path = *std::move(path);
}

void ReadDevice(const json& root, ManifestChecker* check, std::string* device) {
  const auto it = root.find("device");
  if (it == root.end()) return;
  const std::string text = it->is_string() ? it->get<std::string>() : "";
  absl::string_view number = text;
  int index = 0;
  const bool numbered = absl::ConsumePrefix(&number, "cuda:") && !number.empty() &&
                        number.size() <= 4 && absl::ascii_isdigit(number[0]) &&
                        absl::SimpleAtoi(number, &index);
  if (text != "auto" && text != "cpu" && text != "cuda" && !numbered) {
    return check->Expect("device", "\"auto\", \"cpu\", \"cuda\" or \"cuda:N\"", *it);
  }
  *device = text;
}

bool HostDType(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
    case DType::kFloat64:
    case DType::kFloat16:
    case DType::kBFloat16:
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kInt16:
    case DType::kInt32:
    case DType::kInt64:
    case DType::kBool:
      return true;
    default:
      return false;
  }
}

void ReadShape(const json& value, const std::string& path, ManifestChecker* check,
               TensorSpec* spec) {
  constexpr char kExpected[] =
      "a list like [\"agents\", 48]: \"agents\" first, then whole numbers from 1";
  if (!value.is_array() || value.empty() || value[0] != "agents") {
    return check->Expect(path, kExpected, value.is_array() && !value.empty() ? value[0] : value);
  }
  if (value.size() > kMaxRank) {
    return check->Add(path, absl::StrCat("has ", value.size(), " dimensions, at most ", kMaxRank,
                                         " are supported"));
  }
  spec->shape = {TensorSpec::kAgents};
  int64_t row_bytes = static_cast<int64_t>(ElementBytes(spec->dtype));
  for (size_t i = 1; i < value.size(); ++i) {
    const json& dimension = value[i];
    const bool fits = dimension.is_number_unsigned() && dimension.get<uint64_t>() >= 1 &&
                      dimension.get<uint64_t>() <= static_cast<uint64_t>(kMaxRowBytes);
    if (!fits) {
      check->Expect(absl::StrCat(path, "[", i, "]"),
                    absl::StrCat("a whole number from 1 to ", kMaxRowBytes), dimension);
      return;
    }
    const int64_t n = dimension.get<int64_t>();
    if (row_bytes > kMaxRowBytes / n) {
      return check->Add(path, absl::StrCat("one agent's row exceeds ", kMaxRowBytes, " bytes"));
    }
    row_bytes *= n;
    spec->shape.push_back(n);
  }
}

void ReadTensors(const json& root, const char* key, ManifestChecker* check,
                 std::vector<TensorSpec>* out) {
  const auto it = root.find(key);
  if (it == root.end()) return;
  if (!it->is_array() || it->empty() || it->size() > kMaxTensors) {
    return check->Expect(
        key,
        "a list of 1 to 256 tensors {\"name\", \"dtype\", \"shape\"} (leave the key out to take "
        "them from the model)",
        *it);
  }
  absl::flat_hash_set<std::string> names;
  for (size_t i = 0; i < it->size(); ++i) {
    const json& item = (*it)[i];
    const std::string path = absl::StrCat(key, "[", i, "]");
    if (!item.is_object()) {
      check->Expect(path, "an object {\"name\", \"dtype\", \"shape\"}", item);
      continue;
    }
    if (absl::string_view(key) == "outputs") {
      check->CheckKeys(item, path, {"name", "dtype", "shape", "blend"}, {});
    } else {
      check->CheckKeys(item, path, {"name", "dtype", "shape"}, {});
    }
    TensorSpec spec;
    const auto name = item.find("name");
    if (name == item.end()) {
      check->Add(path, "\"name\" is missing");
    } else if (!name->is_string()) {
      check->Expect(absl::StrCat(path, ".name"), "a string", *name);
    } else if (const char* problem = NameProblem(name->get<std::string>())) {
      check->Add(absl::StrCat(path, ".name"), problem);
    } else if (!names.insert(name->get<std::string>()).second) {
      check->Add(absl::StrCat(path, ".name"),
                 absl::StrCat("\"", name->get<std::string>(), "\" is given twice in ", key));
    } else {
      spec.name = name->get<std::string>();
    }
    if (const auto dtype = item.find("dtype"); dtype != item.end()) {
      const std::optional<DType> parsed =
          dtype->is_string() ? ParseDType(dtype->get<std::string>()) : std::nullopt;
      if (!parsed || !HostDType(*parsed)) {
        check->Expect(absl::StrCat(path, ".dtype"),
                      "one of float32, float64, float16, bfloat16, int8, uint8, int16, int32, "
                      "int64, bool",
                      *dtype);
      } else {
        spec.dtype = *parsed;
      }
    }
    const auto shape = item.find("shape");
    if (shape == item.end()) {
      check->Add(path, "\"shape\" is missing; give it as [\"agents\", ...]");
    } else {
      ReadShape(*shape, absl::StrCat(path, ".shape"), check, &spec);
    }
    out->push_back(std::move(spec));
  }
}

void ReadBatch(const json& root, ManifestChecker* check, int64_t* batch_max) {
  const auto it = root.find("batch");
  if (it == root.end()) return;
  if (!it->is_object()) return check->Expect("batch", "an object {\"max\": rows}", *it);
  check->CheckKeys(*it, "batch", {"max"}, {"sizes", "delay_us"});
  check->Integer(*it, "batch", "max", 1, kMaxBatch, "rows", batch_max);
}

void ReadVersion(const json& root, ManifestChecker* check) {
  const auto it = root.find("graft");
  if (it == root.end()) {
    return check->Add("graft",
                      "is missing; write \"graft\": 1, the version of the manifest's format");
  }
  if (*it != 1 || !it->is_number_integer()) {
    check->Expect("graft", "1, the version of the manifest's format", *it);
  }
}

absl::string_view DirectoryOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// "walker" of "models/walker.json".
std::string StemOf(absl::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash != absl::string_view::npos && slash + 1 < path.size()) path.remove_prefix(slash + 1);
  const size_t dot = path.rfind('.');
  if (dot != absl::string_view::npos && dot > 0) path = path.substr(0, dot);
  return std::string(path.substr(0, kMaxNameBytes));
}

}  // namespace

absl::StatusOr<Manifest> ParseManifest(absl::string_view text, absl::string_view label,
                                       absl::string_view directory) {
  absl::StatusOr<json> root =
      ParseBoundedJson(text, label, {.max_bytes = kMaxManifestBytes, .max_depth = 32});
  if (!root.ok()) return root.status();
  if (!root->is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat(label, ": a manifest is a JSON object, found ", DescribeJson(*root)));
  }
  Manifest manifest;
  manifest.name = StemOf(label);
  ManifestChecker check;
  check.CheckKeys(*root, "",
                  {"graft", "name", "source", "architecture", "source_roots", "weights", "surgery",
                   "seed", "train", "taps", "freeze", "device", "precision", "inputs", "outputs",
                   "batch", "deadline_us", "state", "swap"},
                  {"priority"});
  ReadVersion(*root, &check);
  ReadName(*root, &check, &manifest.name);
  ReadSource(*root, directory, &check, &manifest);
  ReadArchitecture(*root, directory, &check, &manifest.architecture);
  ReadSourceRoots(*root, directory, &check, &manifest.source_roots);
  ReadWeights(*root, &check, &manifest.weights);
  ReadSurgery(*root, &check, &manifest.surgery);
  check.Integer(*root, "", "seed", 0, INT64_MAX, "", &manifest.seed);
  check.Patterns(*root, "", "train", &manifest.train);
  ReadTaps(*root, &check, &manifest.taps);
  ReadFreeze(*root, &check, &manifest.freeze);
  ReadDevice(*root, &check, &manifest.device);
  ReadPrecision(*root, &check, &manifest.precision);
  ReadTensors(*root, "inputs", &check, &manifest.inputs);
  ReadTensors(*root, "outputs", &check, &manifest.outputs);
  ReadBatch(*root, &check, &manifest.batch_max);
  int64_t deadline_us = 0;
  check.Integer(*root, "", "deadline_us", 0, kHourInMicroseconds, "microseconds", &deadline_us);
  manifest.deadline = absl::Microseconds(deadline_us);
  ReadSwap(*root, directory, &check, &manifest.swap);
  ReadStates(*root, &check, &manifest.swap);
  ReadBlends(*root, &check, &manifest.swap);
  CheckBurnIn(*root, manifest.swap, &check);
  if (!check.problems().empty()) {
    const size_t n = check.problems().size();
    return absl::InvalidArgumentError(absl::StrCat(
        label, ": ", n, n == 1 ? " mistake" : " mistakes",
        " in the manifest (docs/manifest.md):\n  ", absl::StrJoin(check.problems(), "\n  ")));
  }
  return manifest;
}

absl::StatusOr<Manifest> LoadManifest(const std::string& path) {
  absl::StatusOr<std::shared_ptr<const FileBytes>> file =
      ReadWholeFile(path, {.max_bytes = kMaxManifestBytes});
  if (!file.ok()) return file.status();
  return ParseManifest(AsText((*file)->bytes()), path, DirectoryOf(path));
}

Manifest ManifestForModel(const std::string& path) {
  Manifest manifest;
  manifest.name = StemOf(path);
  manifest.source = path;
  manifest.source_path = path;
  return manifest;
}

}  // namespace graft::models
