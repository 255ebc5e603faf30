// What an attribute of a class becomes when it is asked of an instance: functions become methods,
// properties their values; and calls of the methods with two underscores that operators stand for.
//
//   std::optional<Value> length = CallSpecial(ev, self, "__len__", {});
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_CLASS_LOOKUP_H_
#define GRAFT_MODELS_PYTHON_CLASS_LOOKUP_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

// `self` is an instance of `cls`; nullopt: the attribute is asked of `cls` itself.
Value Bind(Evaluator& ev, const ClassObject::Attribute& attribute, std::optional<Value> self,
           ClassObject* cls);

// Whether a call of the attribute through an instance is a call of its value with the instance put
// before the arguments.
bool IsMethod(const ClassObject::Attribute& attribute);

// Whether an assignment to an instance's attribute goes to this one rather than beside it.
bool IsDataDescriptor(Evaluator& ev, Value attribute);

// What `object.attribute = value` is where `found`, of its class, is a data descriptor. False: it
// cannot be set.
bool SetDescriptor(Evaluator& ev, Value found, Value object, absl::string_view attribute,
                   Value value);
bool DeleteDescriptor(Evaluator& ev, Value found, Value object, absl::string_view attribute);

// object.name as object.__getattribute__ gives it: without those of a source, and __getattr__.
std::optional<Value> FindAttribute(Evaluator& ev, Value object, absl::string_view name);

// type(self).name, but for what every object has; nullopt: there is none, or it is None.
std::optional<ClassObject::Attribute> FindSpecial(Evaluator& ev, Value self,
                                                  absl::string_view name);

// type(self).name(self, args...); nullopt: the class has none.
std::optional<Value> CallSpecial(Evaluator& ev, Value self, absl::string_view name,
                                 std::vector<Value> args);

// The function to call for object.name(...). True: with `object` before the arguments. Raises
// AttributeError.
bool FindMethod(Evaluator& ev, Value object, absl::string_view name, Value* function);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_CLASS_LOOKUP_H_
