// Finds for each name of a syntax tree where its variable lives, by Python's rules: functions,
// lambdas and comprehensions have variables of their own, class bodies have attributes that
// functions within do not see, everything else is the module's. Also writes `__name` within a class
// as `_Class__name`.
//
//   ResolveScopes(&module);   // each NameExpr's binding and each function's layout are set
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_SCOPES_H_
#define GRAFT_MODELS_PYTHON_SCOPES_H_

#include "models/python/ast.h"

namespace graft::models::python {

void ResolveScopes(ParsedModule* module);

// An expression in a module's namespace.
void ResolveScopes(Expr* expression);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SCOPES_H_
