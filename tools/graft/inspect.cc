#include "tools/graft/inspect.h"

#include <iostream>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "models/file/file_bytes.h"
#include "models/file/probe.h"
#include "models/file/safetensors.h"
#include "nlohmann/json.hpp"

namespace graft::tools {
namespace {

using nlohmann::ordered_json;

// Kinds that hold a model, or weights, or belong to one.
bool HoldsModel(models::FileKind kind) {
  using models::FileKind;
  switch (kind) {
    case FileKind::kTorchScript:
    case FileKind::kTorchScriptLite:
    case FileKind::kTorchZip:
    case FileKind::kTorchLegacy:
    case FileKind::kStableBaselines3:
    case FileKind::kSafetensors:
    case FileKind::kShardedIndex:
    case FileKind::kManifest:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<ordered_json> InspectFile(const std::string& path) {
  absl::StatusOr<std::shared_ptr<const models::FileBytes>> file = models::MapFile(path);
  if (!file.ok()) return file.status();
  const models::ByteSpan bytes = (*file)->bytes();
  const models::ProbeResult found = models::Probe(bytes);
  if (!HoldsModel(found.kind)) {
    return absl::InvalidArgumentError(path + ": " + found.description + ". " + found.next_step);
  }
  ordered_json report = {{"file", path},
                         {"kind", std::string(models::FileKindName(found.kind))},
                         {"bytes", bytes.size()},
                         {"description", found.description},
                         {"next_step", found.next_step}};
  if (found.kind == models::FileKind::kSafetensors) {
    absl::StatusOr<models::SafetensorsFile> tensors = models::SafetensorsFile::Open(bytes, path);
    if (!tensors.ok()) return tensors.status();
    ordered_json& list = report["tensors"] = ordered_json::array();
    for (const models::SafetensorsTensor& tensor : tensors->tensors()) {
      list.push_back({{"name", tensor.name},
                      {"dtype", std::string(models::DTypeName(tensor.dtype))},
                      {"shape", tensor.shape},
                      {"bytes", tensor.bytes.size()}});
    }
    ordered_json& metadata = report["metadata"] = ordered_json::object();
    for (const auto& [key, value] : tensors->metadata()) metadata[key] = value;
  }
  return report;
}

std::string Line(const ordered_json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, ordered_json::error_handler_t::replace);
}

void Print(const ordered_json& report, std::ostream& out) {
  out << report["file"].get<std::string>() << ": " << report["description"].get<std::string>()
      << "\n  " << report["bytes"] << " bytes\n";
  if (report.contains("tensors")) {
    for (const ordered_json& tensor : report["tensors"]) {
      out << "  " << tensor["name"].get<std::string>() << ": " << tensor["dtype"].get<std::string>()
          << " " << Line(tensor["shape"]) << "\n";
    }
  }
  out << "  " << report["next_step"].get<std::string>() << "\n";
}

}  // namespace

int RunInspect(const InspectOptions& options, std::ostream& out, std::ostream& err) {
  int exit_code = 0;
  for (const std::string& path : options.files) {
    const absl::StatusOr<ordered_json> report = InspectFile(path);
    if (report.ok()) {
      options.json ? void(out << Line(*report) << "\n") : Print(*report, out);
      continue;
    }
    exit_code = 1;
    if (options.json) {
      out << Line({{"file", path},
                   {"error",
                    {{"code", absl::StatusCodeToString(report.status().code())},
                     {"message", std::string(report.status().message())}}}})
          << "\n";
    } else {
      err << std::string(report.status().message()) << "\n";
    }
  }
  return exit_code;
}

void AddInspectCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand("inspect", "Say what model files are and what they hold");
  command->add_option("FILE", options->files, "Model files of any kind")->required();
  command->add_flag("--json", options->json, "One JSON object a line for each file");
  command->callback(
      [options, exit_code] { *exit_code = RunInspect(*options, std::cout, std::cerr); });
}

}  // namespace graft::tools
