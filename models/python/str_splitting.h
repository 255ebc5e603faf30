// The methods of str that take a text apart: split, rsplit, splitlines, partition, rpartition.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_STR_SPLITTING_H_
#define GRAFT_MODELS_PYTHON_STR_SPLITTING_H_

#include "models/python/evaluator.h"

namespace graft::models::python {

// @pre classes().str is defined.
void AddSplitting(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_STR_SPLITTING_H_
