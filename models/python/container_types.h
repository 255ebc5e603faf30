// The classes that DefineSequences and DefineMappings are made of, each in its own file.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_CONTAINER_TYPES_H_
#define GRAFT_MODELS_PYTHON_CONTAINER_TYPES_H_

#include "models/python/evaluator.h"

namespace graft::models::python {

void DefineTuple(Evaluator& ev);
void DefineList(Evaluator& ev);
void DefineRange(Evaluator& ev);  // and slice
void DefineDict(Evaluator& ev);   // and OrderedDict, defaultdict
void DefineSet(Evaluator& ev);    // and frozenset

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_CONTAINER_TYPES_H_
