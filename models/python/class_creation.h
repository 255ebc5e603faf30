// What makes a class of a name, its bases and its attributes: the order of its bases, and what
// those want to do with every class that derives from them.
//
//   ClassObject* cls = ev.NewClass("Point", {base});
//   cls->SetOwn("x", Value::Int(0));
//   FinishClass(ev, cls, {});            // as at the end of a class statement
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_CLASS_CREATION_H_
#define GRAFT_MODELS_PYTHON_CLASS_CREATION_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

// C3 linearisation (docs.python.org, "The Python 2.3 Method Resolution Order"). Raises TypeError.
std::vector<ClassObject*> Linearise(Evaluator& ev, ClassObject* cls);

// The most derived metaclass of `explicit_one` (null: none is given) and the bases; null: type.
// Raises TypeError where there is no such one.
ClassObject* MetaclassOf(Evaluator& ev, ClassObject* explicit_one,
                         const std::vector<ClassObject*>& bases);

// The name under which the namespace of a class statement carries the class whose body has run, as
// CPython's carries the cell of __class__: what a metaclass makes of the namespace is that class.
inline constexpr absl::string_view kClassCell = "__classcell__";

// type.__new__(metaclass, name, bases, namespace, **keywords). `names` is changed: see kClassCell.
ClassObject* MakeClass(Evaluator& ev, ClassObject* metaclass, absl::string_view name,
                       std::vector<ClassObject*> bases, DictObject* names,
                       std::vector<Keyword> keywords);

// Runs __set_name__ of attributes, on_subclass of natives and __init_subclass__, with the class
// statement's keywords.
void FinishClass(Evaluator& ev, ClassObject* cls, std::vector<Keyword> keywords);

// cls.__new__(cls, args...) where no class of a source has one: asks natives, else makes a plain
// instance.
Value MakeInstance(Evaluator& ev, ClassObject* cls, CallArgs& args);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_CLASS_CREATION_H_
