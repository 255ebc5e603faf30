#include "models/python/union_object.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

bool AddMembers(Value type, std::vector<Value>* members) {
  if (const auto* joined = type.As<UnionObject>()) {
    members->insert(members->end(), joined->members.begin(), joined->members.end());
    return true;
  }
  if (!type.IsNone() && type.As<ClassObject>() == nullptr) return false;
  members->push_back(type);
  return true;
}

}  // namespace

std::optional<Value> JoinTypes(Evaluator& ev, Value left, Value right) {
  std::vector<Value> members;
  if (!AddMembers(left, &members) || !AddMembers(right, &members)) return std::nullopt;
  ev.heap().Charge(ev, members.size() * sizeof(Value));
  return ev.heap().New<UnionObject>(ev, std::move(members));
}

ClassObject* UnionObject::Class(Evaluator& ev) const { return ev.classes().object; }

std::optional<Value> UnionObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "__args__") return ev.Tuple(members);
  return std::nullopt;
}

std::optional<Value> UnionObject::Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) {
  if (op != BinaryOp::kBitOr) return std::nullopt;
  return reflected ? JoinTypes(ev, other, this) : JoinTypes(ev, this, other);
}

std::string UnionObject::Repr(Evaluator& ev) {
  std::string text;
  for (const Value& member : members) {
    const auto* cls = member.As<ClassObject>();
    absl::StrAppend(&text, text.empty() ? "" : " | ", cls == nullptr ? ev.Repr(member) : cls->name);
  }
  return text;
}

}  // namespace graft::models::python
