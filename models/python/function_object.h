// A function of a source: def or lambda, with the variables of the functions around it.
//
//   auto* function = value.As<FunctionObject>();
//   for (const Parameter& p : function->parameters->positional) Describe(p.name);
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_FUNCTION_OBJECT_H_
#define GRAFT_MODELS_PYTHON_FUNCTION_OBJECT_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/ast.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

// A variable that functions share.
class CellObject final : public Object {
 public:
  ClassObject* Class(Evaluator& ev) const override;

  static Value Unbound() { return Value(static_cast<Object*>(nullptr)); }
  static bool IsUnbound(const Value& v) { return v.IsObject() && v.object() == nullptr; }

  Value value = Unbound();
};

class FunctionObject final : public Object {
 public:
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  bool SetAttr(Evaluator& ev, absl::string_view name, Value value) override;
  bool DelAttr(Evaluator& ev, absl::string_view name) override;
  Value Call(Evaluator& ev, CallArgs& args) override;
  std::string Repr(Evaluator& ev) override;

  std::string name;      // __name__
  std::string qualname;  // "Net.forward"
  const Parameters* parameters = nullptr;
  const ScopeLayout* layout = nullptr;
  const FunctionDefStmt* definition = nullptr;  // null: of a lambda
  const LambdaExpr* lambda = nullptr;           // null: of a def
  ModuleObject* module = nullptr;
  std::shared_ptr<const SourceFile> file;
  std::vector<Value> defaults;                            // of the last positional parameters
  std::vector<std::optional<Value>> keyword_defaults;     // of parameters->keyword_only
  std::vector<CellObject*> closure;                       // as layout->captured says
  ClassObject* owner = nullptr;                           // the class around it: super(), __class__
  std::vector<std::pair<std::string, Value>> attributes;  // set from outside
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_FUNCTION_OBJECT_H_
