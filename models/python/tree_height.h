// How high an expression's tree is above its children: the parser's measure to keep trees within
// kMaxTreeDepth.
//
//   expr->height = 1 + ChildrenHeight(*expr);
//
// Threads: a free function without state. Time is linear in the number of children.
#ifndef GRAFT_MODELS_PYTHON_TREE_HEIGHT_H_
#define GRAFT_MODELS_PYTHON_TREE_HEIGHT_H_

#include "models/python/ast.h"

namespace graft::models::python {

// The largest `height` among the expressions directly within `expr`; 0 without any.
int ChildrenHeight(const Expr& expr);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_TREE_HEIGHT_H_
