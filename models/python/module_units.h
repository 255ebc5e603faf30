// Which top-level statements of a module bind or change which of its names.
//
//   FindUnits(module);   // its units, binders, star_imports, hints
//
//   import torch                     one unit of `torch`
//   from a import b, c               a unit of `b`, another of `c`
//   N = []                           of `N`
//   N.append(1), N["x"] = 2          of `N` too; likewise N += .., N.attr = .., @N.register def f()
//   if/for/while/try/with            of all names bound or changed anywhere within
//
//   if TYPE_CHECKING                 of none; its imports are hints
//
// Other statements (calls for their effect, assert, raise) never run. A change of what was imported
// (`torch.backends.cudnn.benchmark = True`, `torch.manual_seed(0)`) is a unit only where it needs
// nothing but the import and literals, and an optional one: it may fail.
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_PYTHON_MODULE_UNITS_H_
#define GRAFT_MODELS_PYTHON_MODULE_UNITS_H_

#include "models/python/objects.h"

namespace graft::models::python {

// @pre module->parsed is set.
void FindUnits(ModuleObject* module);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_MODULE_UNITS_H_
