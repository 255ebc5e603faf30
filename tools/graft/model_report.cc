#include "tools/graft/model_report.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/manifest/manifest.h"
#include "tools/graft/plugin_library.h"

namespace graft::tools {
namespace {

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

absl::Status ToStatus(const ErrorInfo& error) {
  return absl::Status(absl::StatusCode::kUnknown, error.message);
}

}  // namespace

absl::StatusOr<ModelReport> ReportModel(const SingleForwardOptions& options) {
  Result<Library> library = LoadPluginLibrary();
  if (!library.ok()) return ToStatus(library.error());
  const graft_tools* tools = PluginTools(library.value());
  if (tools == nullptr) {
    return absl::UnimplementedError(absl::StrCat(PluginLibraryPath(), ": Graft ",
                                                 library.value().version(),
                                                 " has no extension " GRAFT_TOOLS_ID));
  }
  std::string text;
  graft_error* error = tools->report(
      options.model.c_str(), OrNull(options.device), OrNull(options.precision),
      [](void* user, const char* json) { *static_cast<std::string*>(user) = json; }, &text);
  ModelReport report;
  if (error != nullptr) report.error = internal::Take(library.value().api(), error).message;
  if (text.empty()) return absl::UnknownError(report.error);
  report.json = nlohmann::ordered_json::parse(text);
  report.loads = report.json.at("loads");
  return report;
}

absl::StatusOr<std::string> FindPrecision(const SingleForwardOptions& options,
                                          std::string* choice) {
  std::string precision = options.precision;
  if (precision.empty()) {
    precision = "float32";
    if (absl::EndsWithIgnoreCase(options.model, ".json")) {
      const absl::StatusOr<models::Manifest> manifest = models::LoadManifest(options.model);
      if (!manifest.ok()) return manifest.status();
      precision = manifest->precision.automatic
                      ? "auto"
                      : std::string(models::DTypeName(manifest->precision.base));
    }
  }
  if (precision != "auto") return precision;
  const absl::StatusOr<ModelReport> report = ReportModel(options);
  if (!report.ok()) return report.status();
  if (!report->loads) return absl::UnknownError(report->error);
  *choice = report->json.at("precision_choice");
  return report->json.at("precision").get<std::string>();
}

}  // namespace graft::tools
