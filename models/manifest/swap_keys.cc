#include "models/manifest/swap_keys.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "models/manifest/local_path.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;

constexpr int64_t kHourInMilliseconds = 3'600'000;
constexpr int64_t kMaxKeep = 16;
constexpr size_t kMaxDigests = 4096;
constexpr size_t kMaxStates = 64;
constexpr double kMost = 1e30;

void ReadNumber(const json& object, absl::string_view path, const char* key, double low,
                double high, absl::string_view expected, ManifestChecker* check, double* out) {
  const auto it = object.find(key);
  if (it == object.end()) return;
  const double value = it->is_number() ? it->get<double>() : std::nan("");
  if (!(value >= low && value <= high)) {
    return check->Expect(ManifestChecker::Join(path, key), expected, *it);
  }
  *out = value;
}

void ReadMilliseconds(const json& swap, const char* key, int64_t low, ManifestChecker* check,
                      absl::Duration* out) {
  int64_t ms = absl::ToInt64Milliseconds(*out);
  check->Integer(swap, "swap", key, low, kHourInMilliseconds, "milliseconds", &ms);
  *out = absl::Milliseconds(ms);
}

// One of two words: sets *out to whether it is the second.
template <typename Bool>
void ReadEither(const json& object, absl::string_view path, const char* key,
                absl::string_view first, absl::string_view second, ManifestChecker* check,
                Bool* out) {
  const auto it = object.find(key);
  if (it == object.end()) return;
  const std::string word = it->is_string() ? it->get<std::string>() : "";
  if (word != first && word != second) {
    return check->Expect(ManifestChecker::Join(path, key),
                         absl::StrCat("\"", first, "\" or \"", second, "\""), *it);
  }
  *out = word == second;
}

void ReadPath(const json& value, const char* key, absl::string_view directory,
              ManifestChecker* check, std::string* out) {
  absl::StatusOr<std::string> path = LocalPath(value.get<std::string>(), directory);
  if (check->Check(ManifestChecker::Join("swap", key), path.status())) *out = *std::move(path);
}

void ReadTolerance(const json& swap, ManifestChecker* check, SwapPolicy* out) {
  const auto it = swap.find("tolerance");
  if (it == swap.end()) return;
  SwapPolicy::Tolerance tolerance;
  if (it->is_number()) {
    ReadNumber(swap, "swap", "tolerance", 0, kMost, "a number from 0", check, &tolerance.atol);
    tolerance.rtol = tolerance.atol;
  } else if (it->is_object()) {
    check->CheckKeys(*it, "swap.tolerance", {"rtol", "atol"}, {});
    ReadNumber(*it, "swap.tolerance", "rtol", 0, kMost, "a number from 0", check, &tolerance.rtol);
    ReadNumber(*it, "swap.tolerance", "atol", 0, kMost, "a number from 0", check, &tolerance.atol);
  } else {
    return check->Expect("swap.tolerance", "a number, or an object {\"rtol\", \"atol\"}", *it);
  }
  out->tolerance = tolerance;
}

void ReadDigests(const json& swap, absl::string_view directory, ManifestChecker* check,
                 SwapPolicy* out) {
  const auto it = swap.find("sha256");
  if (it == swap.end()) return;
  if (it->is_string()) return ReadPath(*it, "sha256", directory, check, &out->sha256_path);
  check->StringsOf(*it, "swap.sha256", kMaxDigests,
                   "a list of SHA-256 sums, or the path of a file of them", &out->sha256);
  for (std::string& digest : out->sha256) {
    absl::AsciiStrToLower(&digest);
    const bool hexadecimal =
        digest.size() == 64 && std::all_of(digest.begin(), digest.end(), absl::ascii_isxdigit);
    if (!hexadecimal) {
      check->Add("swap.sha256", "has a sum that is not 64 hexadecimal digits");
    }
  }
}

void ReadTrial(const json& swap, ManifestChecker* check, SwapPolicy* out) {
  const auto it = swap.find("trial");
  if (it == swap.end()) return;
  if (!it->is_object()) {
    return check->Expect("swap.trial", "an object like {\"fraction\": 0.1, \"seconds\": 10}", *it);
  }
  check->CheckKeys(*it, "swap.trial", {"fraction", "seconds", "rows", "max_difference"}, {});
  SwapPolicy::Trial trial;
  double seconds = absl::ToDoubleSeconds(trial.duration);
  ReadNumber(*it, "swap.trial", "fraction", 0, 1, "a number from 0 to 1", check, &trial.fraction);
  ReadNumber(*it, "swap.trial", "seconds", 0, 86400, "a number of seconds up to a day", check,
             &seconds);
  ReadNumber(*it, "swap.trial", "max_difference", 0, kMost, "a number from 0", check,
             &trial.max_difference);
  check->Integer(*it, "swap.trial", "rows", 0, INT64_MAX, "rows", &trial.rows);
  trial.duration = absl::Seconds(seconds);
  out->trial = trial;
}

// The text at `key` of entry `path`, which must be there.
std::string Name(const json& entry, const std::string& path, const char* key,
                 ManifestChecker* check) {
  const auto it = entry.find(key);
  if (it != entry.end() && it->is_string()) return it->get<std::string>();
  check->Add(path, absl::StrCat("\"", key, "\" is missing; give the name of an ", key));
  return "";
}

}  // namespace

void ReadSwap(const json& root, absl::string_view directory, ManifestChecker* check,
              SwapPolicy* swap) {
  const auto it = root.find("swap");
  if (it == root.end()) return;
  if (!it->is_object()) return check->Expect("swap", "an object", *it);
  check->CheckKeys(*it, "swap",
                   {"watch", "commit", "keep", "poll_ms", "stable_ms", "blend_ms", "blend_curve",
                    "state", "golden", "tolerance", "max_slowdown", "pace", "sha256", "trial"},
                   {});
  check->Boolean(*it, "swap", "watch", &swap->watch);
  bool manual = false;
  ReadEither(*it, "swap", "commit", "auto", "manual", check, &manual);
  if (manual) swap->commit = SwapPolicy::Commit::kManual;
  int64_t keep = swap->keep;
  check->Integer(*it, "swap", "keep", 0, kMaxKeep, "versions", &keep);
  swap->keep = static_cast<int>(keep);
  ReadMilliseconds(*it, "poll_ms", 1, check, &swap->poll);
  ReadMilliseconds(*it, "stable_ms", 0, check, &swap->stable);
  ReadMilliseconds(*it, "blend_ms", 0, check, &swap->blend);
  bool smooth = true;
  ReadEither(*it, "swap", "blend_curve", "linear", "smoothstep", check, &smooth);
  if (!smooth) swap->blend_curve = SwapPolicy::BlendCurve::kLinear;
  ReadEither(*it, "swap", "state", "carry", "reset", check, &swap->reset_states);
  if (const auto golden = it->find("golden"); golden != it->end()) {
    if (golden->is_string()) {
      ReadPath(*golden, "golden", directory, check, &swap->golden_path);
    } else {
      check->Expect("swap.golden", "the path of a safetensors file", *golden);
    }
  }
  ReadTolerance(*it, check, swap);
  ReadNumber(*it, "swap", "max_slowdown", 1, kMost, "a number from 1", check, &swap->max_slowdown);
  ReadNumber(*it, "swap", "pace", 1, kMost, "a number from 1", check, &swap->pace);
  ReadDigests(*it, directory, check, swap);
  ReadTrial(*it, check, swap);
}

void ReadStates(const json& root, ManifestChecker* check, SwapPolicy* swap) {
  const auto it = root.find("state");
  if (it == root.end()) return;
  if (!it->is_array() || it->size() > kMaxStates) {
    return check->Expect(
        "state", "a list of at most 64 pairs like {\"input\": \"h\", \"output\": \"h_next\"}", *it);
  }
  for (size_t i = 0; i < it->size(); ++i) {
    const json& entry = (*it)[i];
    const std::string path = absl::StrCat("state[", i, "]");
    if (!entry.is_object()) {
      check->Expect(path, "an object {\"input\", \"output\"}", entry);
      continue;
    }
    check->CheckKeys(entry, path, {"input", "output", "swap"}, {});
    SwapPolicy::State state;
    state.input = Name(entry, path, "input", check);
    state.output = Name(entry, path, "output", check);
    ReadEither(entry, path, "swap", "carry", "reset", check, &state.reset);
    swap->states.push_back(std::move(state));
  }
}

void ReadBlends(const json& root, ManifestChecker* check, SwapPolicy* swap) {
  using Blend = SwapPolicy::Blend;
  constexpr std::pair<const char*, Blend> kWords[] = {{"none", Blend::kNone},
                                                      {"linear", Blend::kLinear},
                                                      {"quaternion", Blend::kQuaternion},
                                                      {"angle", Blend::kAngle}};
  const auto outputs = root.find("outputs");
  if (outputs == root.end() || !outputs->is_array()) return;
  for (size_t i = 0; i < outputs->size(); ++i) {
    const json& output = (*outputs)[i];
    if (!output.is_object() || !output.contains("blend")) continue;
    const json& blend = output["blend"];
    const auto* word = std::find_if(std::begin(kWords), std::end(kWords),
                                    [&](const auto& known) { return blend == known.first; });
    if (word == std::end(kWords)) {
      check->Expect(absl::StrCat("outputs[", i, "].blend"),
                    "\"none\", \"linear\", \"quaternion\" or \"angle\"", blend);
    } else if (output.contains("name") && output["name"].is_string()) {
      swap->blends.emplace_back(output["name"].get<std::string>(), word->second);
    }
  }
}

}  // namespace graft::models
