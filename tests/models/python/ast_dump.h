// A syntax tree as text: what tests/fixtures/syntax/make_trees.py prints of CPython's own tree.
//
//   EXPECT_EQ(DumpModule(**ParseModule(source)), ReadFile("functions.tree"));
//   // If@1:0 Compare@1:3-9([<], [Name@1:3-4(x), Int@1:7-8(0)])
//   //   Return@2:4-12 Name@2:11-12(x)
//
// Threads: free functions without state.
#ifndef GRAFT_TESTS_MODELS_PYTHON_AST_DUMP_H_
#define GRAFT_TESTS_MODELS_PYTHON_AST_DUMP_H_

#include <string>

#include "models/python/ast.h"

namespace graft::models::python {

std::string DumpModule(const ParsedModule& module);
std::string DumpExpr(const Expr& expr);

}  // namespace graft::models::python

#endif  // GRAFT_TESTS_MODELS_PYTHON_AST_DUMP_H_
