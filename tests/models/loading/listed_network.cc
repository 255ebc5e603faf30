#include "tests/models/loading/listed_network.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace graft::models {
namespace {

using nlohmann::json;

// "operator.add" of "_operator.add": forward calls what Python code would.
std::string FunctionName(std::string target) {
  if (absl::StartsWith(target, "_operator.")) return target.substr(1);
  if (absl::StartsWith(target, "builtins.")) return target.substr(9);
  return target;
}

std::string Keywords(const json& text) {
  const std::string kwargs = text.get<std::string>();
  return kwargs.empty() ? "" : absl::StrCat(", **", kwargs);
}

}  // namespace

std::string ListedNetworkSource(const json& arch,
                                const std::map<std::string, std::vector<int64_t>>& shapes) {
  std::string init;
  for (const json& module : arch.at("modules")) {
    const std::string made = module.at(1);
    // Printed by its class's name, which torch.nn does not have.
    const bool inner = absl::StartsWith(made, "NonDynamicallyQuantizableLinear");
    absl::StrAppend(&init, "        self.put('", module.at(0).get<std::string>(),
                    inner ? "', nn.modules.linear." : "', nn.", made, ")\n");
  }
  std::string forward;
  std::vector<std::string> inputs;
  for (const json& op : arch.at("ops")) {
    const std::string kind = op.at(0);
    const std::string name = op.at(1);
    const std::string target = op.at(2);
    const std::string args = op.at(3);
    const std::string kwargs = Keywords(op.at(4));
    if (kind == "placeholder") {
      inputs.push_back(name);
    } else if (kind == "get_attr") {
      absl::StrAppend(&forward, "        ", name, " = self.get('", target, "')\n");
      if (const auto shape = shapes.find(target); shape != shapes.end()) {
        absl::StrAppend(&init, "        self.put('", target, "', nn.Parameter(torch.zeros(",
                        absl::StrJoin(shape->second, ", "), ")))\n");
      }
    } else if (kind == "call_module") {
      absl::StrAppend(&forward, "        ", name, " = self.get('", target, "')(*", args, kwargs,
                      ")\n");
    } else if (kind == "call_function") {
      absl::StrAppend(&forward, "        ", name, " = ", FunctionName(target), "(*", args, kwargs,
                      ")\n");
    } else if (kind == "call_method") {
      absl::StrAppend(&forward, "        args = ", args, "\n        ", name, " = args[0].", target,
                      "(*args[1:]", kwargs, ")\n");
    } else if (kind == "output") {
      absl::StrAppend(&forward, "        return ", args, "[0]\n");
    }
  }
  return absl::StrCat(R"(import operator

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
)",
                      init, R"(
    def put(self, path, value):
        *levels, last = path.split('.')
        parent = self
        for level in levels:
            if not hasattr(parent, level):
                parent.add_module(level, nn.Module())
            parent = getattr(parent, level)
        setattr(parent, last, value)

    def get(self, path):
        value = self
        for level in path.split('.'):
            value = getattr(value, level)
        return value

    def forward(self, )",
                      absl::StrJoin(inputs, ", "), "):\n", forward);
}

}  // namespace graft::models
