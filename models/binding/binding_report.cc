#include "models/binding/binding_report.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/binding/binding_advice.h"
#include "models/binding/name_list.h"
#include "models/file/printable_name.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::ordered_json;
using TensorFate = PlannedTensor::Fate;
using KeyFate = PlannedKey::Fate;

constexpr size_t kMaxShapes = 8;  // listed one by one
constexpr size_t kMaxNotes = 8;

const char* FateName(TensorFate fate) {
  switch (fate) {
    case TensorFate::kBound:
      return "bound";
    case TensorFate::kSliced:
      return "sliced";
    case TensorFate::kTied:
      return "tied";
    case TensorFate::kInitialised:
      return "initialised";
    case TensorFate::kKept:
      return "kept";
    case TensorFate::kComputed:
      return "computed";
    case TensorFate::kMissing:
      return "missing";
    case TensorFate::kMismatched:
      return "mismatched";
  }
  return "";
}

const char* FateName(KeyFate fate) {
  switch (fate) {
    case KeyFate::kUsed:
      return "used";
    case KeyFate::kFiltered:
      return "filtered";
    case KeyFate::kUnexpected:
      return "unexpected";
    case KeyFate::kRefused:
      return "refused";
  }
  return "";
}

using Names = std::vector<absl::string_view>;

Names TensorNames(const WeightPlan& plan, TensorFate fate) {
  Names names;
  for (const PlannedTensor& planned : plan.tensors) {
    if (planned.fate == fate) names.push_back(planned.tensor.name);
  }
  return names;
}

// The keys' own names of those that no tensor has, or "" for none.
Names KeysNoTensorHas(const WeightPlan& plan, KeyFate fate) {
  Names names;
  for (const PlannedKey& key : plan.keys) {
    if (key.fate == fate && key.reason.empty()) names.push_back(key.name);
  }
  return names;
}

std::string Count(size_t n, absl::string_view one, absl::string_view many) {
  return absl::StrCat(n, " ", n == 1 ? one : many);
}

// "fc.weight: [10, 512] in the architecture, [1000, 512] in the file"
std::string Difference(const PlannedTensor& planned, const PlannedKey& key) {
  std::string text = PrintableName(planned.tensor.name);
  if (key.shape != planned.tensor.shape) {
    absl::StrAppend(&text, ": ", ShapeText(planned.tensor.shape), " in the architecture, ",
                    ShapeText(key.shape), " in the file");
  } else {
    absl::StrAppend(&text, ": ", DTypeName(planned.tensor.dtype), " in the architecture, ",
                    DTypeName(key.dtype), " in the file");
  }
  if (key.key != planned.tensor.name) absl::StrAppend(&text, " (", PrintableName(key.key), ")");
  return text;
}

// A line for each tensor of `fate` that differs from its weight.
std::string Differences(const WeightPlan& plan, TensorFate fate, absl::string_view title) {
  std::string text;
  size_t found = 0;
  for (const PlannedTensor& planned : plan.tensors) {
    if (planned.fate != fate || planned.weight == kNoIndex) continue;
    if (++found > kMaxShapes) continue;
    absl::StrAppend(&text, "\n  ", title, ": ", Difference(planned, plan.keys[planned.weight]));
    if (fate == TensorFate::kSliced) {
      absl::StrAppend(&text, "; the first ", ShapeText(planned.extents), " are taken");
    }
  }
  if (found > kMaxShapes) absl::StrAppend(&text, "\n  ", title, ": ", found - kMaxShapes, " more");
  return text;
}

void AppendNames(std::string* text, absl::string_view title, const Names& names) {
  if (!names.empty()) absl::StrAppend(text, "\n  ", title, ": ", NameList(names));
}

// "cast: float16 to float32 (60)"
std::string Casts(const WeightPlan& plan) {
  std::map<std::pair<std::string, std::string>, size_t> casts;
  for (const PlannedTensor& planned : plan.tensors) {
    if (!planned.IsFromFile()) continue;
    const DType from = plan.keys[planned.weight].dtype;
    if (from == planned.tensor.dtype) continue;
    ++casts[{std::string(DTypeName(from)), std::string(DTypeName(planned.tensor.dtype))}];
  }
  if (casts.empty()) return "";
  return absl::StrCat(
      "\n  cast: ", absl::StrJoin(casts, ", ", [](std::string* out, const auto& cast) {
        absl::StrAppend(out, cast.first.first, " to ", cast.first.second, " (", cast.second, ")");
      }));
}

std::string Notes(const WeightPlan& plan) {
  std::string text;
  for (size_t i = 0; i < plan.notes.size() && i < kMaxNotes; ++i) {
    absl::StrAppend(&text, "\n  note: ", plan.notes[i]);
  }
  if (plan.notes.size() > kMaxNotes) {
    absl::StrAppend(&text, "\n  note: ", plan.notes.size() - kMaxNotes, " more");
  }
  return text;
}

// Keys that stand in the way for a reason of their own: two for one tensor.
std::string RefusedForAReason(const WeightPlan& plan) {
  std::string text;
  size_t found = 0;
  for (const PlannedKey& key : plan.keys) {
    if (key.fate != KeyFate::kRefused || key.reason.empty() || key.tensor != kNoIndex) continue;
    if (++found > kMaxShapes) continue;
    absl::StrAppend(&text, "\n  ambiguous: ", PrintableName(key.key), ": ", key.reason);
  }
  if (found > kMaxShapes) absl::StrAppend(&text, "\n  ambiguous: ", found - kMaxShapes, " more");
  return text;
}

// What is refused, a line each.
std::string Refusals(const WeightPlan& plan) {
  std::string text;
  for (const std::string& error : plan.errors) absl::StrAppend(&text, "\n  ", error);
  AppendNames(&text, "missing in the file", TensorNames(plan, TensorFate::kMissing));
  AppendNames(&text, "unexpected in the file", KeysNoTensorHas(plan, KeyFate::kRefused));
  absl::StrAppend(&text, Differences(plan, TensorFate::kMismatched, "does not fit"),
                  RefusedForAReason(plan));
  return text;
}

}  // namespace

std::string BindingSummary(const WeightPlan& plan) {
  const size_t found = plan.CountTensors(TensorFate::kBound) +
                       plan.CountTensors(TensorFate::kSliced) +
                       plan.CountTensors(TensorFate::kTied);
  const size_t computed = plan.CountTensors(TensorFate::kComputed);
  std::string text = absl::StrCat(found, " of ", plan.tensors.size() - computed, " tensors ",
                                  found == 1 ? "comes" : "come", " from the file");
  auto append = [&text](size_t n, absl::string_view one, absl::string_view many) {
    if (n > 0) absl::StrAppend(&text, ", ", Count(n, one, many));
  };
  append(plan.CountTensors(TensorFate::kSliced), "of them in part", "of them in part");
  append(plan.CountTensors(TensorFate::kInitialised), "is initialised", "are initialised");
  append(plan.CountTensors(TensorFate::kKept), "is kept", "are kept");
  append(plan.CountTensors(TensorFate::kMissing), "is missing", "are missing");
  append(plan.CountTensors(TensorFate::kMismatched), "does not fit", "do not fit");
  append(plan.CountKeys(KeyFate::kFiltered) + plan.CountKeys(KeyFate::kUnexpected),
         "key is left out", "keys are left out");
  append(KeysNoTensorHas(plan, KeyFate::kRefused).size(), "key is unexpected",
         "keys are unexpected");
  return text;
}

std::string BindingText(const WeightPlan& plan) {
  std::string text = BindingSummary(plan);
  AppendNames(&text, "from the file", TensorNames(plan, TensorFate::kBound));
  absl::StrAppend(&text, Casts(plan), Differences(plan, TensorFate::kSliced, "in part"));
  AppendNames(&text, "tied to another", TensorNames(plan, TensorFate::kTied));
  AppendNames(&text, "initialised", TensorNames(plan, TensorFate::kInitialised));
  absl::StrAppend(
      &text, Differences(plan, TensorFate::kInitialised, "initialised, since it does not fit"));
  AppendNames(&text, "kept from before", TensorNames(plan, TensorFate::kKept));
  AppendNames(&text, "left out, since no tensor has the name",
              KeysNoTensorHas(plan, KeyFate::kUnexpected));
  std::map<absl::string_view, Names> filtered;
  for (const PlannedKey& key : plan.keys) {
    if (key.fate == KeyFate::kFiltered) filtered[key.reason].push_back(key.key);
  }
  for (const auto& [reason, names] : filtered) {
    AppendNames(&text, absl::StrCat("left out, ", reason), names);
  }
  absl::StrAppend(&text, Notes(plan), Refusals(plan), "\n");
  return text;
}

ordered_json BindingJson(const WeightPlan& plan) {
  ordered_json json;
  json["summary"] = BindingSummary(plan);
  json["fits"] = CheckPlan(plan, "").ok();
  ordered_json tensors = ordered_json::array();
  for (const PlannedTensor& planned : plan.tensors) {
    const ArchitectureTensor& tensor = planned.tensor;
    ordered_json entry = {
        {"name", tensor.name},
        {"role", tensor.role == ArchitectureTensor::Role::kParameter ? "parameter" : "buffer"},
        {"dtype", DTypeName(tensor.dtype)},
        {"shape", tensor.shape},
        {"fate", FateName(planned.fate)}};
    if (planned.weight != kNoIndex) entry["key"] = plan.keys[planned.weight].key;
    if (planned.fate == TensorFate::kSliced) entry["extents"] = planned.extents;
    if (planned.tied_to != kNoIndex) entry["tied_to"] = plan.tensors[planned.tied_to].tensor.name;
    tensors.push_back(std::move(entry));
  }
  json["tensors"] = std::move(tensors);
  ordered_json keys = ordered_json::array();
  for (const PlannedKey& key : plan.keys) {
    ordered_json entry = {{"key", key.key},
                          {"dtype", DTypeName(key.dtype)},
                          {"shape", key.shape},
                          {"fate", FateName(key.fate)},
                          {"name", key.name}};
    if (!key.reason.empty()) entry["reason"] = key.reason;
    keys.push_back(std::move(entry));
  }
  json["keys"] = std::move(keys);
  json["notes"] = plan.notes;
  json["errors"] = plan.errors;
  json["advice"] = BindingAdvice(plan);
  return json;
}

absl::Status CheckPlan(const WeightPlan& plan, absl::string_view label) {
  const std::string refusals = Refusals(plan);
  if (refusals.empty()) return absl::OkStatus();
  std::string text =
      absl::StrCat(label, ": the weights do not fit the architecture: ", BindingSummary(plan),
                   refusals, Notes(plan));
  for (const std::string& advice : BindingAdvice(plan)) absl::StrAppend(&text, "\n  ", advice);
  return absl::InvalidArgumentError(text);
}

}  // namespace graft::models
