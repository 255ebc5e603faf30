// Any bytes as a Python module and as an expression: every place that the tree or the error names
// is looked up in the text.
#include <memory>
#include <string>

#include "models/python/parser.h"
#include "tests/models/python/ast_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::python::DumpExpr;
  using graft::models::python::DumpModule;
  using graft::models::python::ExprPtr;
  using graft::models::python::ParsedModule;
  using graft::models::python::ParseExpression;
  using graft::models::python::ParseModule;
  using graft::models::python::SourceFile;
  using graft::models::python::StmtPtr;
  const auto source = std::make_shared<SourceFile>(
      "fuzz.py", std::string(reinterpret_cast<const char*>(data), size));
  const absl::StatusOr<std::unique_ptr<ParsedModule>> module = ParseModule(source);
  if (module.ok()) {
    DumpModule(**module);
    for (const StmtPtr& statement : (*module)->body) source->Underline(statement->range);
  }
  const absl::StatusOr<ExprPtr> expr = ParseExpression(source);
  if (expr.ok()) {
    DumpExpr(**expr);
    source->Underline((*expr)->range);
  }
  return 0;
}
