// The dunder methods of built-in types, for programs that name them: `super().__setitem__(k, v)`
// in a class derived from dict, `list.__len__`, `int.__add__`.
//
//   AddOperatorMethods(ev, ev.classes().dict, {"__getitem__", "__setitem__", "__len__"});
//
// Each does what the operator does on the built-in value itself (underlying.h).
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_OPERATOR_METHODS_H_
#define GRAFT_MODELS_PYTHON_OPERATOR_METHODS_H_

#include <initializer_list>

#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"

namespace graft::models::python {

// @pre the names are among those that operator_methods.cc lists.
void AddOperatorMethods(Evaluator& ev, ClassObject* cls,
                        std::initializer_list<absl::string_view> names);

// Every arithmetic one, also reflected: of int, float, bool.
void AddArithmeticMethods(Evaluator& ev, ClassObject* cls);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_OPERATOR_METHODS_H_
