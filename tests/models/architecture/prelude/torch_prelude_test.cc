#include "models/architecture/prelude/torch_prelude.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "models/python/evaluator.h"
#include "models/python/library_sources.h"
#include "models/python/parser.h"
#include "models/python/source_file.h"
#include "nlohmann/json.hpp"

namespace graft::models::python {
namespace {

std::string ReadAll(absl::string_view path) {
  std::ifstream file{std::string(path)};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Modules by name, from memory.
class Sources final : public SourceProvider {
 public:
  void Add(const std::string& module, std::string text) { texts_[module] = std::move(text); }

  absl::StatusOr<std::optional<Source>> Find(absl::string_view module) override {
    auto found = texts_.find(module);
    if (found == texts_.end()) return std::nullopt;
    return Source{std::make_shared<SourceFile>(absl::StrCat(module, ".py"), found->second)};
  }

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

// An evaluator with the prelude, over tensors that have a shape only.
class TorchPreludeTest : public testing::Test {
 protected:
  TorchPreludeTest() : evaluator_(EvaluatorOptions{.sources = &sources_}) {
    sources_.Add("_graft", ReadAll("tests/models/architecture/prelude/shapes_only.py"));
    DefineLibrarySources(evaluator_, TorchPrelude());
  }

  // Runs a source as module `name`, and gives what its function Run returns as text.
  absl::StatusOr<std::string> Run(const std::string& name, const std::string& text) {
    sources_.Add(name, text);
    std::string result;
    absl::Status status = evaluator_.Guard([&] {
      ModuleObject* module = evaluator_.ImportModule(name);
      result = evaluator_.ToStr(evaluator_.CallMethod(module, "Run", {}));
    });
    if (!status.ok()) return status;
    return result;
  }

  Sources sources_;
  Evaluator evaluator_;
};

std::vector<std::string> ModuleNames() {
  std::vector<std::string> names;
  for (const EmbeddedSource& source : TorchPrelude()) {
    absl::string_view path = absl::StripSuffix(source.path, ".py");
    names.push_back(absl::StrReplaceAll(absl::StripSuffix(path, "/__init__"), {{"/", "."}}));
  }
  return names;
}

TEST(TorchPrelude, HoldsTheModulesOfTorch) {
  const std::vector<std::string> names = ModuleNames();
  for (absl::string_view wanted : {"torch", "torch.nn", "torch.nn.modules.conv", "torch.jit"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), wanted), names.end()) << wanted;
  }
}

TEST(TorchPrelude, EverySourceParses) {
  for (const EmbeddedSource& source : TorchPrelude()) {
    auto file = std::make_shared<SourceFile>(std::string(source.path), std::string(source.text));
    EXPECT_EQ(ParseModule(file).status(), absl::OkStatus());
  }
}

TEST_F(TorchPreludeTest, EveryTopLevelStatementEvaluates) {
  int index = 0;
  for (const std::string& name : ModuleNames()) {
    const std::string text =
        absl::StrCat("import ", name, " as module\n",
                     "def Run():\n"
                     "    return len([getattr(module, name) for name in dir(module)])\n");
    EXPECT_EQ(Run(absl::StrCat("asks", ++index), text).status(), absl::OkStatus()) << name;
  }
}

TEST_F(TorchPreludeTest, LayersHaveTheKeysOfPyTorch) {
  const auto entries = nlohmann::ordered_json::parse(ReadAll("tests/fixtures/nn/layers.json"));
  int compared = 0;
  for (const auto& entry : entries) {
    if (!entry.contains("expr")) continue;
    const std::string expression = entry["expr"];
    // These compute with tensors while they are built.
    if (absl::StrContains(expression, "utils.") || absl::StrContains(expression, "torch.")) {
      continue;
    }
    const std::string text = absl::StrCat(
        "from collections import OrderedDict\n"
        "from torch import nn\n"
        "def Run():\n"
        "    module = ",
        expression,
        "\n"
        "    return ' '.join(module.state_dict())\n");
    const absl::StatusOr<std::string> keys = Run(absl::StrCat("case", ++compared), text);
    ASSERT_EQ(keys.status(), absl::OkStatus()) << expression;
    std::string expected;
    for (const auto& [key, value] : entry["state"].items()) {
      absl::StrAppend(&expected, expected.empty() ? "" : " ", key);
    }
    EXPECT_EQ(*keys, expected) << expression;
  }
  EXPECT_GE(compared, 200);
}

}  // namespace
}  // namespace graft::models::python
