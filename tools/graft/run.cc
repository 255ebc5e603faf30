#include "tools/graft/run.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "models/manifest/manifest.h"
#include "plugin/dtype.h"
#include "tools/graft/plugin_library.h"

namespace graft::tools {
namespace {

using models::SafetensorsFile;
using models::SafetensorsTensor;

std::string TensorText(const SafetensorsTensor& tensor) {
  return absl::StrCat(tensor.name, " ", std::string(models::DTypeName(tensor.dtype)), " [",
                      absl::StrJoin(tensor.shape, ", "), "]");
}

std::string ContentsText(const SafetensorsFile& file) {
  if (file.tensors().empty()) return "It holds no tensors.";
  return absl::StrCat("It holds: ",
                      absl::StrJoin(file.tensors(), ", ", [](std::string* out, const auto& tensor) {
                        out->append(TensorText(tensor));
                      }));
}

std::vector<std::string> NamesOf(const std::vector<models::TensorSpec>& specs) {
  std::vector<std::string> names;
  names.reserve(specs.size());
  for (const models::TensorSpec& spec : specs) names.push_back(spec.name);
  return names;
}

// in0, in1 ... as far as they go.
std::vector<std::string> NumberedNames(const SafetensorsFile& file) {
  std::vector<std::string> names;
  while (file.Find(absl::StrCat("in", names.size())) != nullptr) {
    names.push_back(absl::StrCat("in", names.size()));
  }
  return names;
}

// The names in the file of the model's inputs, in order. Refuses a file that holds a tensor which
// would go nowhere: a misspelt name is an error, not a silent default.
absl::StatusOr<std::vector<std::string>> InputNames(const SafetensorsFile& file,
                                                    const std::string& path,
                                                    const std::vector<std::string>& declared) {
  const bool by_manifest =
      !declared.empty() && std::any_of(declared.begin(), declared.end(), [&](const auto& name) {
        return file.Find(name) != nullptr;
      });
  const std::vector<std::string> names = by_manifest ? declared : NumberedNames(file);
  const std::string expected =
      declared.empty() ? "in0, in1 ... in the order of the model's arguments"
                       : absl::StrCat("the manifest's inputs ", absl::StrJoin(declared, ", "),
                                      ", or in0, in1 ... in the same order");
  if (names.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": no input in it. Expected ", expected, ". ", ContentsText(file)));
  }
  if (!declared.empty() && names.size() != declared.size()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": the model takes ", declared.size(),
                                                   " inputs (", absl::StrJoin(declared, ", "),
                                                   "). ", ContentsText(file)));
  }
  for (const std::string& name : names) {
    if (file.Find(name) != nullptr) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the input \"", name, "\" is missing. ", ContentsText(file)));
  }
  for (const SafetensorsTensor& tensor : file.tensors()) {
    if (absl::StartsWith(tensor.name, "out")) continue;
    if (std::find(names.begin(), names.end(), tensor.name) != names.end()) continue;
    return absl::InvalidArgumentError(absl::StrCat(path, ": \"", tensor.name,
                                                   "\" is no input of the model. Expected ",
                                                   expected, ". ", ContentsText(file)));
  }
  return names;
}

absl::StatusOr<graft_tensor> ToAbiTensor(const SafetensorsTensor& tensor, const std::string& path) {
  graft_tensor view{};
  view.struct_size = sizeof view;
  view.name = tensor.name.c_str();
  view.dtype = plugin::ToAbi(tensor.dtype);
  if (view.dtype == 0 || tensor.shape.size() > GRAFT_MAX_RANK) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", TensorText(tensor),
                                                   ": models take no input of this type or rank"));
  }
  view.rank = static_cast<uint32_t>(tensor.shape.size());
  std::copy(tensor.shape.begin(), tensor.shape.end(), view.shape);
  view.data = tensor.bytes.data();
  view.size_bytes = tensor.bytes.size();
  return view;
}

// Copies of what the library hands out during a call.
struct Results {
  std::vector<SafetensorsTensor> tensors;  // bytes point into `data`
  std::deque<std::string> data;

  static void Take(void* user, const graft_tensor* given) {
    auto* results = static_cast<Results*>(user);
    SafetensorsTensor tensor;
    tensor.name = given->name;
    tensor.dtype = plugin::FromAbi(given->dtype).value_or(models::DType::kUInt8);
    tensor.shape.assign(given->shape, given->shape + given->rank);
    const std::string& bytes =
        results->data.emplace_back(static_cast<const char*>(given->data), given->size_bytes);
    tensor.bytes = models::ByteSpan(
        reinterpret_cast<const models::ByteSpan::value_type*>(bytes.data()), bytes.size());
    results->tensors.push_back(std::move(tensor));
  }
};

absl::Status ToStatus(const ErrorInfo& error) {
  return absl::Status(absl::StatusCode::kUnknown, error.message);
}

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

absl::Status RunModel(const RunOptions& options) {
  models::Manifest manifest;
  if (absl::EndsWithIgnoreCase(options.model, ".json")) {
    absl::StatusOr<models::Manifest> loaded = models::LoadManifest(options.model);
    if (!loaded.ok()) return loaded.status();
    manifest = *std::move(loaded);
  }
  const auto bytes = models::MapFile(options.input);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<SafetensorsFile> file =
      SafetensorsFile::Open((*bytes)->bytes(), options.input);
  if (!file.ok()) return file.status();
  const absl::StatusOr<std::vector<std::string>> names =
      InputNames(*file, options.input, NamesOf(manifest.inputs));
  if (!names.ok()) return names.status();
  std::vector<graft_tensor> inputs;
  for (const std::string& name : *names) {
    const absl::StatusOr<graft_tensor> input = ToAbiTensor(*file->Find(name), options.input);
    if (!input.ok()) return input.status();
    inputs.push_back(*input);
  }

  Result<Library> library = LoadPluginLibrary();
  if (!library.ok()) return ToStatus(library.error());
  const graft_tools* tools = PluginTools(library.value());
  if (tools == nullptr) {
    return absl::UnimplementedError(absl::StrCat(PluginLibraryPath(), ": Graft ",
                                                 library.value().version(),
                                                 " has no extension " GRAFT_TOOLS_ID));
  }
  Results results;
  if (graft_error* error = tools->run_once(
          options.model.c_str(), OrNull(options.device), OrNull(options.precision), inputs.data(),
          static_cast<uint32_t>(inputs.size()), Results::Take, &results)) {
    return ToStatus(internal::Take(library.value().api(), error));
  }
  const std::vector<std::string> declared = NamesOf(manifest.outputs);
  for (size_t i = 0; i < results.tensors.size(); ++i) {
    results.tensors[i].name = i < declared.size() ? declared[i] : absl::StrCat("out", i);
  }
  return models::WriteSafetensors(options.output, results.tensors);
}

void AddRunCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Run a model once over the tensors of a file");
  command
      ->add_option("MODEL", options->model,
                   "A manifest (.json), a model file, or a directory of them")
      ->required();
  command
      ->add_option("--input", options->input,
                   "safetensors file with the inputs, named as in the manifest or in0, in1 ... in "
                   "order; tensors that begin with \"out\" are passed over")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "--output", options->output,
          "safetensors file to write the outputs to, named as in the manifest or out0, out1 "
          "...")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--device", options->device,
                   "auto, cpu, cuda or cuda:N; default: the manifest's")
      ->type_name("NAME");
  command
      ->add_option("--precision", options->precision,
                   "float32, bfloat16 or float16; default: the manifest's")
      ->type_name("NAME");
  command->footer(
      "Examples:\n"
      "  graft run walker.pt --input observations.safetensors --output actions.safetensors\n"
      "  graft run walker.json --input in.safetensors --output out.safetensors --device cuda:1\n");
  command->callback([options, exit_code] {
    const absl::Status status = RunModel(*options);
    *exit_code = status.ok() ? 0 : 1;
    if (!status.ok()) std::cerr << "graft run: " << std::string(status.message()) << "\n";
  });
}

}  // namespace graft::tools
