#include "tools/graft/verify.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "models/file/element_value.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "nlohmann/json.hpp"
#include "tools/graft/model_report.h"

namespace graft::tools {
namespace {

using models::SafetensorsFile;
using models::SafetensorsTensor;

std::vector<int64_t> IndexOf(uint64_t element, const std::vector<int64_t>& shape) {
  std::vector<int64_t> index(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    index[i] = static_cast<int64_t>(element % static_cast<uint64_t>(shape[i]));
    element /= static_cast<uint64_t>(shape[i]);
  }
  return index;
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

OutputCheck Check(const SafetensorsTensor& got, const SafetensorsTensor* want,
                  const models::SwapPolicy::Tolerance& tolerance) {
  OutputCheck check;
  check.name = got.name;
  check.shape = got.shape;
  if (want == nullptr) {
    check.problem = "the golden file has no values for it";
    return check;
  }
  if (got.shape != want->shape) {
    check.problem = absl::StrCat("expected the shape ", ShapeText(want->shape), ", found ",
                                 ShapeText(got.shape));
    return check;
  }
  const size_t got_bytes = models::ElementBytes(got.dtype);
  const size_t want_bytes = models::ElementBytes(want->dtype);
  check.elements = got.bytes.size() / got_bytes;
  double sum = 0;
  double worst = -1;
  for (uint64_t i = 0; i < check.elements; ++i) {
    const double g = models::ElementAsDouble(got.dtype, got.bytes.data() + i * got_bytes);
    const double w = models::ElementAsDouble(want->dtype, want->bytes.data() + i * want_bytes);
    if (g == w || (std::isnan(g) && std::isnan(w))) continue;
    const double error = std::abs(g - w);
    const double excess = error - tolerance.atol - tolerance.rtol * std::abs(w);
    // Not "excess > 0": NaN is outside too.
    if (!(excess <= 0)) ++check.outside;
    sum += error;
    if (std::isnan(error) || error > check.max_abs_error) check.max_abs_error = error;
    if (std::abs(w) > tolerance.atol) {
      check.max_rel_error = std::max(check.max_rel_error, error / std::abs(w));
    }
    const double rank = std::isnan(excess) ? HUGE_VAL : excess + tolerance.atol;
    if (rank > worst) {
      worst = rank;
      check.worst = IndexOf(i, got.shape);
      check.worst_got = g;
      check.worst_want = w;
    }
  }
  check.mean_abs_error = check.elements > 0 ? sum / static_cast<double>(check.elements) : 0;
  return check;
}

}  // namespace

bool VerifyReport::Passes() const {
  return std::all_of(outputs.begin(), outputs.end(),
                     [](const OutputCheck& check) { return check.Passes(); });
}

std::string VerifyReport::Text() const {
  std::string text;
  for (const OutputCheck& check : outputs) {
    absl::StrAppendFormat(&text, "%s %s  %s", check.Passes() ? "ok    " : "FAILED", check.name,
                          ShapeText(check.shape));
    if (!check.problem.empty()) {
      absl::StrAppend(&text, "\n         ", check.problem, "\n");
      continue;
    }
    absl::StrAppendFormat(&text,
                          "\n         error: max %.3g, mean %.3g, relative max %.3g; %d of %d "
                          "values outside the tolerance\n",
                          check.max_abs_error, check.mean_abs_error, check.max_rel_error,
                          check.outside, check.elements);
    if (check.outside > 0) {
      absl::StrAppendFormat(&text, "         worst at %s: expected %.8g, found %.8g\n",
                            ShapeText(check.worst), check.worst_want, check.worst_got);
    }
  }
  absl::StrAppendFormat(&text, "tolerance: %.3g + %.3g x |expected|\n", tolerance.atol,
                        tolerance.rtol);
  absl::StrAppend(&text, "precision: ",
                  precision_choice.empty() ? precision : absl::StrCat("auto: ", precision_choice),
                  "\n");
  return text;
}

nlohmann::ordered_json VerifyReport::Json() const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const OutputCheck& check : outputs) {
    nlohmann::ordered_json entry = {
        {"name", check.name}, {"shape", check.shape}, {"passes", check.Passes()}};
    if (!check.problem.empty()) {
      entry["problem"] = check.problem;
    } else {
      entry["elements"] = check.elements;
      entry["outside"] = check.outside;
      entry["max_abs_error"] = check.max_abs_error;
      entry["mean_abs_error"] = check.mean_abs_error;
      entry["max_rel_error"] = check.max_rel_error;
    }
    list.push_back(std::move(entry));
  }
  nlohmann::ordered_json json = {{"passes", Passes()},
                                 {"rtol", tolerance.rtol},
                                 {"atol", tolerance.atol},
                                 {"precision", precision}};
  if (!precision_choice.empty()) json["precision_choice"] = precision_choice;
  json["outputs"] = std::move(list);
  return json;
}

absl::StatusOr<VerifyReport> VerifyModel(const VerifyOptions& options) {
  const auto bytes = models::MapFile(options.golden);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<SafetensorsFile> golden =
      SafetensorsFile::Open((*bytes)->bytes(), options.golden);
  if (!golden.ok()) return golden.status();
  VerifyReport report;
  const absl::StatusOr<std::string> precision =
      FindPrecision(options.forward, &report.precision_choice);
  if (!precision.ok()) return precision.status();
  SingleForwardOptions forward = options.forward;
  if (!report.precision_choice.empty()) forward.precision = *precision;
  const absl::StatusOr<ForwardResults> results = RunSingleForward(forward, *golden, options.golden);
  if (!results.ok()) return results.status();

  report.precision = *precision;
  report.tolerance =
      models::DefaultTolerance(models::ParseDType(*precision).value_or(models::DType::kFloat32));
  if (options.rtol) report.tolerance.rtol = *options.rtol;
  if (options.atol) report.tolerance.atol = *options.atol;
  bool any = false;
  for (size_t i = 0; i < results->tensors.size(); ++i) {
    const SafetensorsTensor& got = results->tensors[i];
    const SafetensorsTensor* want = golden->Find(got.name);
    if (want == nullptr) want = golden->Find(absl::StrCat("out", i));
    any = any || want != nullptr;
    report.outputs.push_back(Check(got, want, report.tolerance));
  }
  if (!any) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.golden, ": no expected output in it. The model gives ", results->tensors.size(),
        ": name them out0, out1 ... in order",
        results->tensors.empty() ? ""
                                 : absl::StrCat(", or \"", results->tensors.front().name, "\" ..."),
        "."));
  }
  return report;
}

void AddVerifyCommand(CLI::App& app, int* exit_code) {
  struct Arguments {
    VerifyOptions options;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  VerifyOptions* options = &arguments->options;
  CLI::App* command =
      app.add_subcommand("verify", "Run a model and compare its outputs with golden values");
  command
      ->add_option("MODEL", options->forward.model,
                   "A manifest (.json), a model file, or a directory of them")
      ->required();
  command
      ->add_option("--golden", options->golden,
                   "safetensors file with the inputs (the manifest's names, or in0, in1 ...) and "
                   "the expected outputs (the manifest's names, or out0, out1 ...)")
      ->required()
      ->type_name("FILE");
  command->add_option("--rtol", options->rtol, "Relative tolerance; default: by the precision")
      ->type_name("NUMBER");
  command->add_option("--atol", options->atol, "Absolute tolerance; default: by the precision")
      ->type_name("NUMBER");
  command
      ->add_option("--device", options->forward.device,
                   "auto, cpu, cuda or cuda:N; default: the manifest's")
      ->type_name("NAME");
  command
      ->add_option("--precision", options->forward.precision,
                   "float32, bfloat16, float16 or auto; default: the manifest's")
      ->type_name("NAME");
  command->add_flag("--json", arguments->json, "Print one JSON object (docs/formats.md)");
  command->footer(
      "Default tolerances (relative, absolute): float32 1e-4, 1e-5; float16 1e-2, 5e-3;\n"
      "bfloat16 5e-2, 3e-2. Exit code: 0 when every output is within, else 1.\n"
      "Examples:\n"
      "  graft verify walker.json --golden golden.safetensors\n"
      "  graft verify walker.pt --golden golden.safetensors --precision float16\n");
  command->callback([arguments, exit_code] {
    const absl::StatusOr<VerifyReport> report = VerifyModel(arguments->options);
    if (!report.ok()) {
      std::cerr << "graft verify: " << std::string(report.status().message()) << "\n";
      *exit_code = 1;
      return;
    }
    if (arguments->json) {
      std::cout << report->Json().dump() << "\n";
    } else {
      std::cout << report->Text();
    }
    *exit_code = report->Passes() ? 0 : 1;
  });
}

}  // namespace graft::tools
