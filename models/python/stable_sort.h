// Sorts values as list.sort() does: stable, by `<` alone, by keys where given.
//
//   std::vector<Value> sorted = StableSort(ev, items, key, /*reverse=*/false);
//
// The order stays in bounds whatever a program's __lt__ answers, which std::stable_sort does not
// promise.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_STABLE_SORT_H_
#define GRAFT_MODELS_PYTHON_STABLE_SORT_H_

#include <vector>

#include "models/python/value.h"

namespace graft::models::python {

// `key`: a callable, or None.
std::vector<Value> StableSort(Evaluator& ev, std::vector<Value> items, Value key, bool reverse);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_STABLE_SORT_H_
