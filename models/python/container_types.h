// The built-in containers: what DefineSequences and DefineMappings are made of, each in its own
// file, and what those files share.
//
//   UpdateDict(ev, *dict, ev.Evaluate(...));   // dict.update(...)
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_CONTAINER_TYPES_H_
#define GRAFT_MODELS_PYTHON_CONTAINER_TYPES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/python/evaluator.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

void DefineTuple(Evaluator& ev);
void DefineList(Evaluator& ev);
void DefineRange(Evaluator& ev);  // and slice
void DefineDict(Evaluator& ev);   // and OrderedDict, defaultdict
void DefineSet(Evaluator& ev);    // and frozenset

// A tuple, or an instance of the class derived from tuple. `fields`: of named tuples; else null.
Value NewTuple(Evaluator& ev, ClassObject* cls,
               std::shared_ptr<const std::vector<std::string>> fields, std::vector<Value> items);

[[noreturn]] void RaiseKeyError(Evaluator& ev, Value key);

// What dict(x), d.update(x) and d |= x read: a mapping, something with keys(), or pairs.
void UpdateDict(Evaluator& ev, DictObject& dict, Value from);

// Every item becomes an element, as set(iterable) does.
SetObject* MakeSet(Evaluator& ev, ClassObject* cls, std::optional<Value> iterable = std::nullopt);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_CONTAINER_TYPES_H_
