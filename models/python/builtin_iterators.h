// The built-in functions that give iterators: enumerate, filter, iter, map, next, reversed, zip.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_BUILTIN_ITERATORS_H_
#define GRAFT_MODELS_PYTHON_BUILTIN_ITERATORS_H_

#include <vector>

#include "models/python/evaluator.h"
#include "models/python/value.h"

namespace graft::models::python {

void DefineBuiltinIterators(Evaluator& ev);

// map(function, *iterables): stops at the shortest.
IteratorObject* MapOver(Evaluator& ev, Value function, const std::vector<Value>& iterables);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_BUILTIN_ITERATORS_H_
