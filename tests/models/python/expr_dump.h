// An expression as text, for ast_dump.h: Kind@line:column-end(parts).
//
//   std::string out;
//   ExprDump(&out).Add(expr);   // Binary@1:0-5(+, Name@1:0-1(a), Int@1:4-5(2))
//
// The tree may be deep: each step of the way down takes little stack, and what is not on the way
// stays out of the steps' frames.
//
// Threads: one at a time. Ownership: the string must outlive the dump.
#ifndef GRAFT_TESTS_MODELS_PYTHON_EXPR_DUMP_H_
#define GRAFT_TESTS_MODELS_PYTHON_EXPR_DUMP_H_

#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/ast.h"

namespace graft::models::python {

class ExprDump {
 public:
  explicit ExprDump(std::string* out) : out_(*out) {}

  void Add(const Expr* expr);  // "-" for null
  void Add(const ExprPtr& expr) { Add(expr.get()); }
  void Add(const std::vector<ExprPtr>& exprs);
  void Add(const std::vector<KeywordArg>& keywords);
  void Add(const Parameters& parameters);
  void Add(BinaryOp op);

  // "@1:0" and "@1:0-5".
  ABSL_ATTRIBUTE_NOINLINE void Begin(const SourceRange& range);
  ABSL_ATTRIBUTE_NOINLINE void Place(const SourceRange& range);

 private:
  void Text(absl::string_view text) { out_.append(text.data(), text.size()); }
  void Open(absl::string_view kind, const Expr& expr) {
    Text(kind);
    Place(expr.range);
    Text("(");
  }
  void OneParameter(const Parameter& parameter);
  ABSL_ATTRIBUTE_NOINLINE void Constant(const ConstantExpr& constant);
  ABSL_ATTRIBUTE_NOINLINE void Comprehension(const ComprehensionExpr& comprehension);
  void FormatParts(const Expr& joined);
  ABSL_ATTRIBUTE_NOINLINE void Formatted(const FormattedValueExpr& field);
  void Composite(const Expr& expr);

  std::string& out_;
};

}  // namespace graft::models::python

#endif  // GRAFT_TESTS_MODELS_PYTHON_EXPR_DUMP_H_
