// Which top-level statements of a module bind or change which of its names.
//
//   FindUnits(module);   // its units, binders, star_imports, hints
//
//   import torch                     one unit of `torch`
//   from a import b, c               a unit of `b`, another of `c`
//   N = []                           of `N`
//   N.append(1), N["x"] = 2          of `N` too; likewise N += .., N.attr = ..
//   if/for/while/try/with            of all names bound or changed anywhere within
//
//   if TYPE_CHECKING                 of none; its imports are hints
//
// A statement that may store something by way of a function, a decorator, an import or a base class
// is a unit as well: registrations.h finds out of what. Other statements (print, assert, raise)
// never run. A change of what was imported (`torch.backends.cudnn.benchmark = True`,
// `torch.manual_seed(0)`) is a unit of the import only where it needs nothing but the import and
// literals, and an optional one: it may fail.
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_PYTHON_MODULE_UNITS_H_
#define GRAFT_MODELS_PYTHON_MODULE_UNITS_H_

#include <cstddef>
#include <vector>

#include "models/python/objects.h"
#include "models/python/registrations.h"

namespace graft::models::python {

struct UnitStore {
  size_t unit = 0;
  Store store;
};

// Returns what the units store elsewhere, in order. @pre module->parsed is set.
std::vector<UnitStore> FindUnits(ModuleObject* module);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_MODULE_UNITS_H_
