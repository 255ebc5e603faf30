#include "tools/graft/inspect.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "models/file/model_file.h"
#include "models/file/printable_name.h"
#include "models/file/replace_file.h"
#include "nlohmann/json.hpp"
#include "tools/graft/inspect_manifest.h"
#include "tools/graft/inspect_report.h"

namespace graft::tools {
namespace {

using models::ModelFile;
using models::PrintableName;
using models::PrintableText;
using models::Weight;
using models::WeightSource;
using nlohmann::ordered_json;

std::string Line(const ordered_json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, ordered_json::error_handler_t::replace);
}

// "1.5 MiB"
std::string SizeText(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  while (size >= 1024 && unit + 1 < std::size(kUnits)) {
    size /= 1024;
    ++unit;
  }
  return unit == 0 ? absl::StrCat(bytes, " B") : absl::StrFormat("%.1f %s", size, kUnits[unit]);
}

// "1,234,567"
std::string Thousands(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

void PrintRow(std::ostream& out, absl::string_view name, absl::string_view value) {
  out << absl::StrFormat("  %-11s %s\n", name, value);
}

// A sentence or more, broken at 80 columns below its own beginning.
void PrintProse(std::ostream& out, absl::string_view name, absl::string_view text) {
  constexpr size_t kIndent = 14;
  constexpr size_t kColumns = 80;
  std::string lines;
  size_t column = kIndent;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (column > kIndent && column + 1 + word.size() > kColumns) {
      absl::StrAppend(&lines, "\n", std::string(kIndent, ' '));
      column = kIndent;
    }
    absl::StrAppend(&lines, column > kIndent ? " " : "", word);
    column += word.size() + (column > kIndent ? 1 : 0);
  }
  PrintRow(out, name, lines);
}

// "1 tensor", "2 tensors"
std::string TensorCount(size_t count) {
  return absl::StrCat(count, count == 1 ? " tensor" : " tensors");
}

// "version 1: 5 modules; version 2: body.1"
std::string VersionsText(const std::vector<models::ModuleVersion>& modules) {
  std::map<int64_t, std::vector<std::string>> by_version;
  for (const models::ModuleVersion& module : modules) {
    by_version[module.version].push_back(module.path.empty() ? "(root)"
                                                             : PrintableName(module.path));
  }
  return absl::StrJoin(by_version, "; ", [](std::string* out, const auto& item) {
    constexpr size_t kMaxNamed = 3;
    const auto& [version, names] = item;
    absl::StrAppend(out, "version ", version, ": ",
                    names.size() > kMaxNamed ? absl::StrCat(names.size(), " modules")
                                             : absl::StrJoin(names, ", "));
  });
}

// "2 settings of cloudpickle, which would run code in Python: data.lr_schedule, data.policy_class"
std::string UnreadText(const ordered_json& settings) {
  constexpr size_t kMaxNamed = 5;
  std::string text = absl::StrCat(settings.size(), settings.size() == 1 ? " setting" : " settings",
                                  " of cloudpickle, which would run code in Python: ");
  for (size_t i = 0; i < std::min(settings.size(), kMaxNamed); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", PrintableName(settings[i].get<std::string>()));
  }
  if (settings.size() > kMaxNamed) {
    absl::StrAppend(&text, " and ", settings.size() - kMaxNamed, " more (--json)");
  }
  return text;
}

// The weights so that those with a common prefix follow each other; otherwise in their order
// (safetensors sorts by element type first).
std::vector<const Weight*> Grouped(const std::vector<Weight>& weights) {
  absl::flat_hash_map<absl::string_view, size_t> first;  // prefix -> its first weight
  std::vector<std::pair<std::vector<size_t>, const Weight*>> keyed;
  for (size_t i = 0; i < weights.size(); ++i) {
    const absl::string_view name = weights[i].name;
    std::vector<size_t> key;
    for (size_t dot = name.find('.'); dot != absl::string_view::npos; dot = name.find('.', dot + 1))
      key.push_back(first.try_emplace(name.substr(0, dot + 1), i).first->second);
    key.push_back(i);
    keyed.emplace_back(std::move(key), &weights[i]);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Weight*> out;
  out.reserve(keyed.size());
  for (const auto& [key, weight] : keyed) out.push_back(weight);
  return out;
}

// Names as a tree: a line for each part that several weights share, with what lies below it.
void PrintWeightTree(const WeightSource& source, std::ostream& out) {
  constexpr size_t kMaxLines = 200;
  std::map<std::string, std::pair<size_t, uint64_t>> below;  // prefix -> weights, bytes
  for (const Weight& weight : source.weights) {
    for (size_t dot = weight.name.find('.'); dot != std::string::npos;
         dot = weight.name.find('.', dot + 1)) {
      auto& [count, bytes] = below[weight.name.substr(0, dot + 1)];
      ++count;
      bytes += weight.LogicalBytes();
    }
  }
  std::string open;  // the prefix whose line was printed last
  size_t lines = 0;
  for (const Weight* grouped : Grouped(source.weights)) {
    const Weight& weight = *grouped;
    if (++lines > kMaxLines) {
      out << "    ... and " << source.weights.size() - lines + 1 << " more (--tensors)\n";
      return;
    }
    std::string printed;
    size_t depth = 0;
    size_t start = 0;
    for (size_t dot = weight.name.find('.'); dot != std::string::npos;
         dot = weight.name.find('.', dot + 1)) {
      const std::string prefix = weight.name.substr(0, dot + 1);
      const auto& [count, bytes] = below[prefix];
      if (count > 1) {
        if (!absl::StartsWith(open, prefix)) {
          out << std::string(4 + 2 * depth, ' ')
              << PrintableName(weight.name.substr(start, dot + 1 - start)) << "  "
              << TensorCount(count) << ", " << SizeText(bytes) << "\n";
        }
        printed = prefix;
        start = dot + 1;
        ++depth;
      }
    }
    open = printed;
    out << std::string(4 + 2 * depth, ' ')
        << absl::StrFormat("%-*s  %s %s\n", depth < 15 ? static_cast<int>(32 - 2 * depth) : 0,
                           PrintableName(weight.name.substr(start)), DTypeName(weight.dtype),
                           Line(weight.shape));
  }
}

std::string StructureText(const ordered_json& report) {
  const std::string structure = report["structure"];
  if (structure == "code") return "structure and weights: it can run as it is";
  if (structure == "modules") {
    return "structure as class names and weights; running it needs the classes' source";
  }
  if (structure == "weights") return "weights only: running them needs the model's source";
  return "no weights";
}

// "body.0  torch.nn.modules.linear.Linear(in_features=2, out_features=3)"
void PrintModules(const ordered_json& modules, std::ostream& out) {
  constexpr size_t kMaxLines = 100;
  PrintRow(out, "modules", absl::StrCat(modules.size()));
  for (size_t i = 0; i < modules.size(); ++i) {
    if (i == kMaxLines) {
      out << "    ... and " << modules.size() - i << " more (--json)\n";
      return;
    }
    const std::string name = modules[i]["name"];
    out << "    " << (name.empty() ? "(root)" : PrintableName(name)) << "  "
        << PrintableName(modules[i]["class"].get<std::string>()) << "(";
    bool first = true;
    for (const auto& [key, value] : modules[i]["attributes"].items()) {
      if (key == "training") continue;
      out << (first ? "" : ", ") << PrintableName(key) << "="
          << PrintableName(value.get<std::string>());
      first = false;
    }
    out << ")\n";
  }
}

std::string PlaceText(absl::string_view path) {
  return path.empty() ? "the file itself" : absl::StrCat("\"", PrintableName(path), "\"");
}

void PrintReport(const ModelFile& file, const ordered_json& report, std::ostream& out) {
  out << PrintableText(file.label()) << ": " << file.probe().description << "\n";
  PrintRow(out, "size", SizeText(file.file_bytes()));
  PrintRow(out, "holds", StructureText(report));
  if (report.contains("class") && !report["class"].get<std::string>().empty()) {
    PrintRow(out, "class", PrintableName(report["class"].get<std::string>()));
  }
  if (report.contains("methods")) {
    for (const ordered_json& method : report["methods"]) {
      PrintRow(out, "method", PrintableName(method.get<std::string>()));
    }
    if (report["constant_tensors"] != 0) {
      PrintRow(out, "constants",
               absl::StrCat(TensorCount(report["constant_tensors"]), ", ",
                            SizeText(report["constant_bytes"])));
    }
  }
  PrintRow(out, "optimizer", report["optimizer"].get<bool>() ? "its state is in the file" : "none");
  for (const auto& [key, value] : report["metadata"].items()) {
    PrintRow(out, "metadata", absl::StrCat(PrintableName(key), " = ", PrintableName(Line(value))));
  }
  if (report.contains("unread")) PrintRow(out, "unread", UnreadText(report["unread"]));
  if (report.contains("checksums") && report["checksums"] != "none") {
    PrintRow(out, "checksums",
             report.contains("checksum_error")
                 ? absl::StrCat("WRONG: ", report["checksum_error"].get<std::string>())
                 : "right");
  }
  for (const WeightSource& source : file.weight_sources()) {
    PrintRow(out, "weights",
             absl::StrCat(PlaceText(source.path), ": ", TensorCount(source.weights.size()), ", ",
                          Thousands(source.ParameterCount()),
                          source.ParameterCount() == 1 ? " number, " : " numbers, ",
                          SizeText(source.LogicalBytes()),
                          source.module_class.empty() || file.torchscript() != nullptr
                              ? ""
                              : absl::StrCat(", class ", PrintableName(source.module_class))));
    if (const std::string prefix = SharedPrefix(source.weights); !prefix.empty()) {
      PrintRow(out, "prefix",
               absl::StrCat("every name begins with \"", PrintableName(prefix), "\""));
    }
    if (!source.versions.empty()) PrintRow(out, "versions", VersionsText(source.versions));
    PrintWeightTree(source, out);
    for (const std::string& name : source.left_out) PrintRow(out, "left out", PrintableName(name));
  }
  if (file.weight_sources().size() > 1) {
    const absl::StatusOr<const WeightSource*> chosen = file.ChooseWeights("");
    PrintProse(out, "taken",
               chosen.ok() ? absl::StrCat(PlaceText((*chosen)->path), ", unless another is named")
                           : "none of these by itself: name one, with convert --from or with "
                             "\"weights\": {\"from\": ...} in a manifest");
  }
  if (report.contains("modules")) PrintModules(report["modules"], out);
  PrintProse(out, "next", file.probe().next_step);
}

// "0.0123457": as many digits as a person compares.
std::string ShortNumber(const ordered_json& number) {
  return number.is_number() ? absl::StrFormat("%.6g", number.get<double>()) : "none";
}

void PrintTensors(const ordered_json& report, std::ostream& out) {
  for (const ordered_json& tensor : report["tensors"]) {
    out << "  " << PrintableName(tensor["name"].get<std::string>()) << "  "
        << tensor["dtype"].get<std::string>() << " " << Line(tensor["shape"]) << "  min "
        << ShortNumber(tensor["min"]) << "  max " << ShortNumber(tensor["max"]) << "  mean "
        << ShortNumber(tensor["mean"]) << "  NaN " << tensor["nan"] << "  inf "
        << tensor["infinite"];
    if (tensor.contains("sha256")) out << "  " << tensor["sha256"].get<std::string>();
    out << "\n";
  }
}

void PrintDiff(const ordered_json& diff, std::ostream& out) {
  std::map<std::string, int> counts;
  for (const ordered_json& item : diff) {
    const std::string change = item["change"];
    ++counts[change];
    if (change == "equal") continue;
    out << "  " << PrintableName(item["name"].get<std::string>()) << ": " << change;
    if (item.contains("before")) {
      const bool names = item["before"].is_string();  // of dtypes; else shapes
      out << " " << (names ? item["before"].get<std::string>() : Line(item["before"])) << " -> "
          << (names ? item["after"].get<std::string>() : Line(item["after"]));
    }
    if (item.contains("largest")) {
      out << ", by at most " << ShortNumber(item["largest"]);
      // None where all was 0 before.
      if (item["relative"].is_number()) {
        out << absl::StrFormat(", %.3g%% of its norm", 100 * item["relative"].get<double>());
      }
    }
    if (item.contains("nan")) out << ", NaN in " << item["nan"] << " places where it was a number";
    out << "\n";
  }
  out << "  in all: " << absl::StrJoin(counts, ", ", [](std::string* text, const auto& item) {
    absl::StrAppend(text, item.second, " ", item.first);
  }) << "\n";
}

absl::Status InspectOne(const std::string& path, const InspectOptions& options, std::ostream& out) {
  absl::StatusOr<ModelFile> file = ModelFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<ordered_json> report = InspectReport(
      *file, {.hash = options.hash || options.tensors, .statistics = options.tensors});
  if (!report.ok()) return report.status();
  if (!options.manifest.empty()) {
    absl::StatusOr<ManifestSuggestion> suggested = SuggestManifest(*file);
    if (!suggested.ok()) return suggested.status();
    const std::string text = suggested->manifest.dump(2) + "\n";
    if (absl::Status status = models::ReplaceFile(options.manifest, {models::AsBytes(text)});
        !status.ok()) {
      return status;
    }
    (*report)["manifest"] = {{"file", options.manifest}, {"to_do", suggested->to_do}};
  }
  if (!options.diff.empty()) {
    absl::StatusOr<ModelFile> other = ModelFile::Open(options.diff);
    if (!other.ok()) return other.status();
    absl::StatusOr<ordered_json> diff = DiffReport(*file, *other);
    if (!diff.ok()) return diff.status();
    (*report)["diff"] = *std::move(diff);
  }
  if (options.json) {
    out << Line(*report) << "\n";
    return absl::OkStatus();
  }
  PrintReport(*file, *report, out);
  if (report->contains("manifest")) {
    PrintRow(out, "manifest", PrintableText(options.manifest));
    for (const ordered_json& line : (*report)["manifest"]["to_do"]) {
      PrintProse(out, "to do", PrintableText(line.get<std::string>()));
    }
  } else if ((*report)["structure"] == "weights" || (*report)["structure"] == "modules") {
    PrintProse(out, "manifest",
               "--manifest FILE.json begins one: it says how the weights become a model.");
  }
  if (options.tensors) PrintTensors(*report, out);
  if (report->contains("diff")) {
    out << "from " << PrintableText(path) << " to " << PrintableText(options.diff) << ":\n";
    PrintDiff((*report)["diff"], out);
  }
  return absl::OkStatus();
}

}  // namespace

int RunInspect(const InspectOptions& options, std::ostream& out, std::ostream& err) {
  int exit_code = 0;
  for (const std::string& path : options.files) {
    const absl::Status status = InspectOne(path, options, out);
    if (status.ok()) continue;
    exit_code = 1;
    const std::string message(status.message());
    if (options.json) {
      const ordered_json error = {{"code", absl::StatusCodeToString(status.code())},
                                  {"message", message}};
      out << Line({{"file", path}, {"error", error}}) << "\n";
    } else {
      err << PrintableText(message) << "\n";
    }
  }
  return exit_code;
}

void AddInspectCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand("inspect", "Say what model files are and what they hold");
  command->add_option("FILE", options->files, "Model files of any kind")->required();
  command->add_flag("--json", options->json,
                    "One JSON object a line for each file (docs/formats.md)");
  command->add_flag("--hash", options->hash,
                    "With --json: the SHA-256 of each tensor's elements; checksums are verified");
  command->add_flag("--tensors", options->tensors,
                    "Every tensor with minimum, maximum, mean, NaN count and hash");
  command->add_option("--diff", options->diff, "What changed from FILE to this file");
  command->add_option("--manifest", options->manifest, "Write a first manifest for FILE here");
  command->callback(
      [options, exit_code] { *exit_code = RunInspect(*options, std::cout, std::cerr); });
}

}  // namespace graft::tools
