#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/interpreter.h"
#include "models/python/objects.h"

namespace graft::models::python {

ClassObject* ModuleObject::Class(Evaluator& ev) const { return ev.classes().module; }

std::optional<Value> ModuleObject::GetAttr(Evaluator& ev, absl::string_view attribute) {
  return ev.interpreter().loader().Attribute(*this, attribute);
}

bool ModuleObject::SetAttr(Evaluator& ev, absl::string_view attribute, Value value) {
  // What the file's own statements make of the name comes first, as if it had run whole.
  if (binders.contains(attribute)) ev.interpreter().loader().Global(*this, attribute);
  const auto [it, inserted] = globals.insert_or_assign(std::string(attribute), value);
  if (inserted) ev.heap().Charge(ev, attribute.size() + sizeof(*it));
  return true;
}

bool ModuleObject::DelAttr(Evaluator& ev, absl::string_view attribute) {
  if (binders.contains(attribute)) ev.interpreter().loader().Global(*this, attribute);
  return globals.erase(attribute) > 0;
}

std::string ModuleObject::Repr(Evaluator&) { return absl::StrCat("<module '", name, "'>"); }

}  // namespace graft::models::python
