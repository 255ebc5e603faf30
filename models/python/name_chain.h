// Chains of attributes, subscripts and calls that start with a name: x.a.b[c].d(...).
//
//   std::vector<std::string> attributes;
//   const NameExpr* root = RootName(e, &attributes);   // x; "d", "b", "a"
//
// Threads: free functions without state. Ownership: pointers are into the tree.
#ifndef GRAFT_MODELS_PYTHON_NAME_CHAIN_H_
#define GRAFT_MODELS_PYTHON_NAME_CHAIN_H_

#include <string>
#include <vector>

#include "models/python/ast.h"

namespace graft::models::python {

// Null: the chain starts with something else. `attributes`: those on the way are added, the last of
// the chain first; may be null.
const NameExpr* RootName(const Expr* e, std::vector<std::string>* attributes = nullptr);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_NAME_CHAIN_H_
