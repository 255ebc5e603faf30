#include "models/manifest/architecture_keys.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/printable_name.h"
#include "models/manifest/local_path.h"
#include "models/manifest/python_literal.h"
#include "models/manifest/suggestion.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;

constexpr size_t kMaxExpressionBytes = 16 * 1024;
constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kMaxSourceRoots = 32;

// The text at `key` of "architecture", which must be there.
std::optional<std::string> Text(const json& object, const char* key, absl::string_view expected,
                                ManifestChecker* check) {
  const auto it = object.find(key);
  if (it == object.end()) {
    check->Add("architecture", absl::StrCat("\"", key, "\" is missing; give ", expected));
    return std::nullopt;
  }
  if (!it->is_string() || it->get<std::string>().empty() ||
      it->get<std::string>().size() > kMaxPathBytes) {
    check->Expect(absl::StrCat("architecture.", key), expected, *it);
    return std::nullopt;
  }
  return it->get<std::string>();
}

// Names of torch.nn.functional and torch, without arguments.
void ReadActivation(const json& mlp, const char* key, ManifestChecker* check, std::string* out) {
  const std::initializer_list<absl::string_view> activations = {
      "identity", "relu",      "relu6",       "elu",        "selu",       "celu",      "gelu",
      "silu",     "mish",      "tanh",        "sigmoid",    "leaky_relu", "softplus",  "softsign",
      "hardtanh", "hardswish", "hardsigmoid", "logsigmoid", "softmax",    "tanhshrink"};
  const auto it = mlp.find(key);
  if (it == mlp.end()) return;
  const std::string path = absl::StrCat("architecture.mlp.", key);
  const std::string name = it->is_string() ? it->get<std::string>() : "";
  if (std::find(activations.begin(), activations.end(), name) == activations.end()) {
    const std::optional<absl::string_view> near = ClosestWord(name, activations, {});
    return check->Expect(path,
                         absl::StrCat("one of ", absl::StrJoin(activations, ", "),
                                      near ? absl::StrCat(" (did you mean \"", *near, "\"?)") : ""),
                         *it);
  }
  *out = name;
}

void ReadMlp(const json& mlp, ManifestChecker* check, ArchitectureSpec* spec) {
  spec->kind = ArchitectureSpec::Kind::kMlp;
  if (!mlp.is_object()) {
    return check->Expect("architecture.mlp", "an object like {\"activation\": \"elu\"}", mlp);
  }
  check->CheckKeys(mlp, "architecture.mlp", {"activation", "output_activation"}, {});
  ReadActivation(mlp, "activation", check, &spec->activation);
  ReadActivation(mlp, "output_activation", check, &spec->output_activation);
}

// "Net" or "models.Net"
bool IsDottedName(absl::string_view text) {
  while (true) {
    const size_t dot = text.find('.');
    if (!IsPythonIdentifier(text.substr(0, dot))) return false;
    if (dot == absl::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// "10, 'relu', width=64"
std::string Arguments(const json& object, ManifestChecker* check) {
  std::vector<std::string> arguments;
  if (const auto args = object.find("args"); args != object.end()) {
    if (!args->is_array()) check->Expect("architecture.args", "a list of values", *args);
    for (const json& value : args->is_array() ? *args : json::array()) {
      arguments.push_back(PythonLiteral(value));
    }
  }
  if (const auto kwargs = object.find("kwargs"); kwargs != object.end()) {
    if (!kwargs->is_object()) {
      check->Expect("architecture.kwargs", "an object of names and values", *kwargs);
      return "";
    }
    for (const auto& [name, value] : kwargs->items()) {
      if (!IsPythonIdentifier(name)) {
        check->Add(ManifestChecker::Join("architecture.kwargs", name),
                   "is no name that a Python argument can have");
        continue;
      }
      arguments.push_back(absl::StrCat(name, "=", PythonLiteral(value)));
    }
  }
  return absl::StrJoin(arguments, ", ");
}

void ReadArchitectureObject(const json& object, absl::string_view directory, ManifestChecker* check,
                            ArchitectureSpec* spec) {
  if (const auto mlp = object.find("mlp"); mlp != object.end()) {
    check->CheckKeys(object, "architecture", {"mlp"}, {});
    return ReadMlp(*mlp, check, spec);
  }
  check->CheckKeys(object, "architecture", {"source", "class", "args", "kwargs"}, {"mlp"});
  const std::optional<std::string> source =
      Text(object, "source", "the path of a Python file", check);
  const std::optional<std::string> name = Text(object, "class", "the name of a class in it", check);
  const std::string arguments = Arguments(object, check);
  if (name && !IsDottedName(*name)) {
    check->Add("architecture.class",
               absl::StrCat("\"", PrintableName(*name),
                            "\" is no name of a class; give its arguments as \"args\" and "
                            "\"kwargs\", or write the architecture as one string"));
  } else if (name) {
    spec->expression = absl::StrCat(*name, "(", arguments, ")");
    if (spec->expression.size() > kMaxExpressionBytes) {
      check->Add("architecture", "has arguments of more than 16 KiB");
    }
  }
  if (!source) return;
  absl::StatusOr<std::string> path = LocalPath(*source, directory);
  if (!check->Check("architecture.source", path.status())) return;
  spec->source = *source;
  spec->source_path = *std::move(path);
}

}  // namespace

void ReadArchitecture(const json& root, absl::string_view directory, ManifestChecker* check,
                      std::optional<ArchitectureSpec>* architecture) {
  const auto it = root.find("architecture");
  if (it == root.end()) return;
  ArchitectureSpec spec;
  if (it->is_object()) {
    ReadArchitectureObject(*it, directory, check, &spec);
  } else if (it->is_string()) {
    absl::StatusOr<ArchitectureSpec> parsed = ParseArchitecture(it->get<std::string>(), directory);
    if (!check->Check("architecture", parsed.status())) return;
    spec = *std::move(parsed);
  } else {
    return check->Expect("architecture",
                         "a string like \"net.py:Net(num_classes=10)\", or an object {\"source\", "
                         "\"class\", \"args\", \"kwargs\"}",
                         *it);
  }
  *architecture = std::move(spec);
}

void ReadSourceRoots(const json& root, absl::string_view directory, ManifestChecker* check,
                     std::vector<std::string>* source_roots) {
  std::vector<std::string> written;
  check->Strings(root, "", "source_roots", kMaxSourceRoots,
                 "a list of directories with Python packages in them", &written);
  for (const std::string& text : written) {
    absl::StatusOr<std::string> path = LocalPath(text, directory);
    if (check->Check("source_roots", path.status())) source_roots->push_back(*std::move(path));
  }
}

}  // namespace graft::models
