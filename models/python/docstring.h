// The text that the body of a function or class starts with: what __doc__ is.
//
//   Value doc = DocOf(ev, definition.body);
//
// Threads: value.h.
#ifndef GRAFT_MODELS_PYTHON_DOCSTRING_H_
#define GRAFT_MODELS_PYTHON_DOCSTRING_H_

#include "models/python/ast.h"
#include "models/python/evaluator.h"
#include "models/python/value.h"

namespace graft::models::python {

// None: there is none.
inline Value DocOf(Evaluator& ev, const Body& body) {
  if (body.empty() || body.front()->kind != StmtKind::kExpr) return {};
  const Expr& value = *static_cast<const ExprStmt&>(*body.front()).value;
  if (value.kind != ExprKind::kConstant) return {};
  const auto& constant = static_cast<const ConstantExpr&>(value);
  return constant.type == ConstantExpr::Type::kStr ? Value(ev.Str(constant.text)) : Value();
}

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_DOCSTRING_H_
