#include "models/architecture/operator_family.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace graft::models::architecture {
namespace {

// Python cannot mean these: they write to out=, name dimensions, or differ from another overload
// only for TorchScript.
bool IsForOthers(const torch::jit::Operator& op) {
  const c10::FunctionSchema& schema = op.schema();
  if (!op.isC10Op() || schema.is_vararg()) return true;
  const absl::string_view overload = schema.overload_name();
  if (absl::StrContains(overload, "names") || absl::StrContains(overload, "imname") ||
      absl::StrContains(overload, "hacked_twin")) {
    return true;
  }
  return std::any_of(schema.arguments().begin(), schema.arguments().end(),
                     [](const c10::Argument& argument) {
                       const c10::AliasInfo* alias = argument.alias_info();
                       return argument.kwarg_only() && alias != nullptr && alias->isWrite();
                     });
}

}  // namespace

OperatorFamily::OperatorFamily(absl::string_view name) : name_(name) {
  const c10::Symbol symbol = c10::Symbol::fromQualString(absl::StrCat("aten::", name));
  for (const std::shared_ptr<torch::jit::Operator>& op : torch::jit::getAllOperatorsFor(symbol)) {
    if (IsForOthers(*op)) continue;
    const std::vector<c10::Argument>& arguments = op->schema().arguments();
    is_method_ = is_method_ || std::any_of(arguments.begin(), arguments.end(), [](const auto& a) {
                   return a.name() == "self" && a.type()->kind() == c10::TypeKind::TensorType;
                 });
    overloads_.push_back(op);
  }
}

}  // namespace graft::models::architecture
