#include "tools/graft/single_forward.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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
                                                    const std::vector<std::string>& declared,
                                                    const std::vector<std::string>& outputs) {
  const auto is_in = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
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
    if (absl::StartsWith(tensor.name, "out") || is_in(outputs, tensor.name)) continue;
    if (is_in(names, tensor.name)) continue;
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

void TakeOutput(void* user, const graft_tensor* given) {
  auto* results = static_cast<ForwardResults*>(user);
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

const char* OrNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

absl::Status ToStatus(const ErrorInfo& error) {
  return absl::Status(absl::StatusCode::kUnknown, error.message);
}

}  // namespace

absl::StatusOr<ForwardResults> RunSingleForward(const SingleForwardOptions& options,
                                                const SafetensorsFile& file,
                                                const std::string& file_path) {
  models::Manifest manifest;
  if (absl::EndsWithIgnoreCase(options.model, ".json")) {
    absl::StatusOr<models::Manifest> loaded = models::LoadManifest(options.model);
    if (!loaded.ok()) return loaded.status();
    manifest = *std::move(loaded);
  }
  const absl::StatusOr<std::vector<std::string>> names =
      InputNames(file, file_path, NamesOf(manifest.inputs), NamesOf(manifest.outputs));
  if (!names.ok()) return names.status();
  std::vector<graft_tensor> inputs;
  for (const std::string& name : *names) {
    const absl::StatusOr<graft_tensor> input = ToAbiTensor(*file.Find(name), file_path);
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
  ForwardResults results;
  if (graft_error* error = tools->run_once(
          options.model.c_str(), OrNull(options.device), OrNull(options.precision), inputs.data(),
          static_cast<uint32_t>(inputs.size()), TakeOutput, &results)) {
    return ToStatus(internal::Take(library.value().api(), error));
  }
  const std::vector<std::string> declared = NamesOf(manifest.outputs);
  for (size_t i = 0; i < results.tensors.size(); ++i) {
    results.tensors[i].name = i < declared.size() ? declared[i] : absl::StrCat("out", i);
  }
  return results;
}

}  // namespace graft::tools
