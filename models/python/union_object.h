// int | None: what isinstance and annotations take in place of a class.
//
//   if (auto* joined = value.As<UnionObject>()) ForEach(joined->members);
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_UNION_OBJECT_H_
#define GRAFT_MODELS_PYTHON_UNION_OBJECT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class UnionObject final : public Object {
 public:
  explicit UnionObject(std::vector<Value> m) : members(std::move(m)) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // __args__
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::string Repr(Evaluator& ev) override;

  const std::vector<Value> members;  // classes, and None
};

// `left | right`; nullopt: not both are classes, unions or None.
std::optional<Value> JoinTypes(Evaluator& ev, Value left, Value right);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_UNION_OBJECT_H_
