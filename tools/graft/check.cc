#include "tools/graft/check.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/graft/model_report.h"

namespace graft::tools {
namespace {

using nlohmann::ordered_json;

std::string ShapeText(const ordered_json& shape) {
  return absl::StrCat(
      "[",
      absl::StrJoin(shape, ", ",
                    [](std::string* out, const ordered_json& dim) {
                      absl::StrAppend(out, dim.is_string() ? dim.get<std::string>() : dim.dump());
                    }),
      "]");
}

// "obs float32 [agents, 48], ..."
std::string SpecsText(const ordered_json& specs) {
  return absl::StrJoin(specs, ", ", [](std::string* out, const ordered_json& spec) {
    absl::StrAppend(out, spec.at("name").get<std::string>(), " ",
                    spec.at("dtype").get<std::string>(), " ", ShapeText(spec.at("shape")));
  });
}

std::string BytesText(uint64_t bytes) {
  if (bytes < 10'000) return absl::StrCat(bytes, " B");
  if (bytes < 10'000'000) return absl::StrFormat("%.1f KiB", static_cast<double>(bytes) / 1024);
  return absl::StrFormat("%.1f MiB", static_cast<double>(bytes) / (1024 * 1024));
}

std::string ShareText(const ordered_json& report, const std::string& which) {
  const uint64_t tensors = report.at(which + "_tensors");
  return absl::StrCat(tensors, tensors == 1 ? " tensor, " : " tensors, ",
                      BytesText(report.at(which + "_bytes")));
}

// A line for each tensor, then one for each key that fills none.
std::string EachTensor(const ordered_json& binding) {
  size_t widest = 0;
  for (const ordered_json& tensor : binding.at("tensors")) {
    widest = std::max(widest, tensor.at("name").get_ref<const std::string&>().size());
  }
  std::string text = "tensors:\n";
  for (const ordered_json& tensor : binding.at("tensors")) {
    absl::StrAppendFormat(&text, "  %-*s  %-11s  %s %s", static_cast<int>(widest),
                          tensor.at("name").get<std::string>(),
                          tensor.at("fate").get<std::string>(),
                          tensor.at("dtype").get<std::string>(), ShapeText(tensor.at("shape")));
    const std::string key = tensor.value("key", "");
    if (!key.empty() && key != tensor.at("name")) absl::StrAppend(&text, "  from ", key);
    if (tensor.contains("tied_to")) {
      absl::StrAppend(&text, "  is ", tensor.at("tied_to").get<std::string>());
    }
    text += "\n";
  }
  for (const ordered_json& key : binding.at("keys")) {
    if (key.at("fate") == "used") continue;
    absl::StrAppend(&text, "  ", key.at("key").get<std::string>(),
                    " of the file: ", key.at("fate").get<std::string>());
    if (key.contains("reason")) absl::StrAppend(&text, ", ", key.at("reason").get<std::string>());
    text += "\n";
  }
  return text;
}

}  // namespace

std::string CheckText(const ordered_json& report, bool with_tensors) {
  std::string text = absl::StrCat(report.at("file").get<std::string>(), ": loads\n");
  const auto line = [&text](absl::string_view title, const std::string& value) {
    absl::StrAppend(&text, title, ": ", value, "\n");
  };
  line("inputs", SpecsText(report.at("inputs")));
  line("outputs", SpecsText(report.at("outputs")));
  line("device", report.at("device").get<std::string>());
  line("precision", report.contains("precision_choice")
                        ? absl::StrCat("auto: ", report.at("precision_choice").get<std::string>())
                        : report.at("precision").get<std::string>());
  line("weights", BytesText(report.at("weight_bytes")));
  if (!report.contains("binding_report")) return text;
  line("kept across versions", ShareText(report, "kept"));
  line("new with each version", ShareText(report, "live"));
  line("binding", report.at("binding_text").get<std::string>());
  text.pop_back();  // the text ends its own line
  if (with_tensors) text += EachTensor(report.at("binding_report"));
  return text;
}

void AddCheckCommand(CLI::App& app, int* exit_code) {
  struct Arguments {
    SingleForwardOptions model;
    bool tensors = false;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "check", "Load a model as a host would, and show which weight fills which tensor");
  command
      ->add_option("MODEL", arguments->model.model,
                   "A manifest (.json), a model file, or a directory of them")
      ->required();
  command
      ->add_option("--device", arguments->model.device,
                   "auto, cpu, cuda or cuda:N; default: the manifest's")
      ->type_name("NAME");
  command
      ->add_option("--precision", arguments->model.precision,
                   "float32, bfloat16, float16 or auto; default: the manifest's")
      ->type_name("NAME");
  command->add_flag("--tensors", arguments->tensors,
                    "List every tensor of the network, and every key of the file that fills none");
  command->add_flag("--json", arguments->json, "Print one JSON object (docs/formats.md)");
  command->footer(
      "Golden values that the manifest names are checked too. Exit code: 0 when the model loads, "
      "else 1.\n"
      "Examples:\n"
      "  graft check walker.json\n"
      "  graft check walker.json --tensors\n");
  command->callback([arguments, exit_code] {
    const absl::StatusOr<ModelReport> report = ReportModel(arguments->model);
    if (!report.ok()) {
      std::cerr << "graft check: " << std::string(report.status().message()) << "\n";
      *exit_code = 1;
      return;
    }
    *exit_code = report->loads ? 0 : 1;
    if (arguments->json) {
      std::cout << report->json.dump() << "\n";
    } else if (report->loads) {
      std::cout << CheckText(report->json, arguments->tensors);
    }
    if (!report->loads) std::cerr << "graft check: " << report->error << "\n";
  });
}

}  // namespace graft::tools
