#include "models/manifest/swap_keys.h"

#include <algorithm>
#include <cmath>
#include <optional>
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
constexpr int64_t kMaxBurnInFrames = 10'000;
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

// The word at `key`, if it is there, must be one of `words`.
template <typename Value, size_t kCount>
void ReadWord(const json& object, absl::string_view path, const char* key,
              const std::pair<const char*, Value> (&words)[kCount], ManifestChecker* check,
              std::optional<Value>* out) {
  const auto it = object.find(key);
  if (it == object.end()) return;
  std::string expected;
  for (size_t i = 0; i < kCount; ++i) {
    if (*it == words[i].first) {
      *out = words[i].second;
      return;
    }
    const char* before = i == 0 ? "" : i + 1 == kCount ? " or " : ", ";
    absl::StrAppend(&expected, before, "\"", words[i].first, "\"");
  }
  check->Expect(ManifestChecker::Join(path, key), expected, *it);
}

constexpr std::pair<const char*, SwapPolicy::StateSwap> kStateSwaps[] = {
    {"carry", SwapPolicy::StateSwap::kCarry},
    {"reset", SwapPolicy::StateSwap::kReset},
    {"burn_in", SwapPolicy::StateSwap::kBurnIn}};
constexpr std::pair<const char*, SwapPolicy::Commit> kCommits[] = {
    {"auto", SwapPolicy::Commit::kAuto}, {"manual", SwapPolicy::Commit::kManual}};
constexpr std::pair<const char*, SwapPolicy::BlendCurve> kBlendCurves[] = {
    {"linear", SwapPolicy::BlendCurve::kLinear},
    {"smoothstep", SwapPolicy::BlendCurve::kSmoothstep}};
constexpr std::pair<const char*, SwapPolicy::Blend> kBlends[] = {
    {"none", SwapPolicy::Blend::kNone},
    {"linear", SwapPolicy::Blend::kLinear},
    {"quaternion", SwapPolicy::Blend::kQuaternion},
    {"angle", SwapPolicy::Blend::kAngle}};

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
  check->CheckKeys(
      *it, "swap",
      {"watch", "commit", "keep", "poll_ms", "stable_ms", "blend_ms", "blend_curve", "state",
       "burn_in_frames", "golden", "tolerance", "max_slowdown", "pace", "sha256", "trial"},
      {});
  check->Boolean(*it, "swap", "watch", &swap->watch);
  std::optional<SwapPolicy::Commit> commit;
  ReadWord(*it, "swap", "commit", kCommits, check, &commit);
  swap->commit = commit.value_or(swap->commit);
  int64_t keep = swap->keep;
  check->Integer(*it, "swap", "keep", 0, kMaxKeep, "versions", &keep);
  swap->keep = static_cast<int>(keep);
  ReadMilliseconds(*it, "poll_ms", 1, check, &swap->poll);
  ReadMilliseconds(*it, "stable_ms", 0, check, &swap->stable);
  ReadMilliseconds(*it, "blend_ms", 0, check, &swap->blend);
  std::optional<SwapPolicy::BlendCurve> curve;
  ReadWord(*it, "swap", "blend_curve", kBlendCurves, check, &curve);
  swap->blend_curve = curve.value_or(swap->blend_curve);
  std::optional<SwapPolicy::StateSwap> state;
  ReadWord(*it, "swap", "state", kStateSwaps, check, &state);
  swap->state_swap = state.value_or(swap->state_swap);
  int64_t frames = swap->burn_in_frames;
  check->Integer(*it, "swap", "burn_in_frames", 1, kMaxBurnInFrames, "frames", &frames);
  swap->burn_in_frames = static_cast<int>(frames);
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
    ReadWord(entry, path, "swap", kStateSwaps, check, &state.swap);
    swap->states.push_back(std::move(state));
  }
}

void CheckBurnIn(const json& root, const SwapPolicy& swap, ManifestChecker* check) {
  const auto it = root.find("swap");
  if (it == root.end() || !it->is_object() || !it->contains("burn_in_frames")) return;
  if (swap.burns_in()) return;
  check->Add("swap.burn_in_frames",
             "has no effect, for no state is burned in; give \"state\": \"burn_in\" in \"swap\", "
             "or \"swap\": \"burn_in\" in a pair of \"state\"");
}

void ReadBlends(const json& root, ManifestChecker* check, SwapPolicy* swap) {
  const auto outputs = root.find("outputs");
  if (outputs == root.end() || !outputs->is_array()) return;
  for (size_t i = 0; i < outputs->size(); ++i) {
    const json& output = (*outputs)[i];
    if (!output.is_object() || !output.contains("blend")) continue;
    std::optional<SwapPolicy::Blend> blend;
    ReadWord(output, absl::StrCat("outputs[", i, "]"), "blend", kBlends, check, &blend);
    if (blend && output.contains("name") && output["name"].is_string()) {
      swap->blends.emplace_back(output["name"].get<std::string>(), *blend);
    }
  }
}

}  // namespace graft::models
