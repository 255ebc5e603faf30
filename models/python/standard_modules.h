// The modules of the standard library that natives make, each in its own file; the others are
// Python sources in stdlib/.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_STANDARD_MODULES_H_
#define GRAFT_MODELS_PYTHON_STANDARD_MODULES_H_

#include "models/python/evaluator.h"

namespace graft::models::python {

void DefineMath(Evaluator& ev);
void DefineItertools(Evaluator& ev);
void DefineEnum(Evaluator& ev);
void DefineCopy(Evaluator& ev);
// `_library`: what the sources in stdlib/ are written with.
void DefineLibrarySupport(Evaluator& ev);

// Of collections.namedtuple: the class itself.
Value NamedTupleFunction(Evaluator& ev, CallArgs& args);
// typing.NamedTuple: classes derived from it get the fields that they annotate.
ClassObject* NamedTupleBase(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_STANDARD_MODULES_H_
