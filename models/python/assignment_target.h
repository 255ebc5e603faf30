// What may stand left of '=', after `for`, `del` and `as`: names, attributes, subscripts, and
// tuples and lists of them.
//
//   if (const auto wrong = FindNonTarget(*expr, TargetUse::kAssign)) Fail(wrong->range, ...);
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_ASSIGNMENT_TARGET_H_
#define GRAFT_MODELS_PYTHON_ASSIGNMENT_TARGET_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "models/python/ast.h"

namespace graft::models::python {

enum class TargetUse : uint8_t {
  kAssign,  // =, for, with ... as; * within tuples and lists
  kDelete,  // no *
  kSingle,  // +=, x: int; no tuple, no list, no *
};

// The part of `expr` that is no target; null if there is none.
const Expr* FindNonTarget(const Expr& expr, TargetUse use);

// What an expression is called in messages: "a function call", "None".
absl::string_view NameOf(const Expr& expr);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_ASSIGNMENT_TARGET_H_
