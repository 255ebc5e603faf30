// The class object, above all others.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_OBJECT_CLASS_H_
#define GRAFT_MODELS_PYTHON_OBJECT_CLASS_H_

#include "models/python/evaluator.h"

namespace graft::models::python {

// Before every other class.
void DefineObject(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_OBJECT_CLASS_H_
