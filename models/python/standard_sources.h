// The modules of the standard library that are written in Python (stdlib/).
//
//   DefineLibrarySources(ev, StandardSources());
//
// Threads: any. Ownership: the sources live as long as the process.
#ifndef GRAFT_MODELS_PYTHON_STANDARD_SOURCES_H_
#define GRAFT_MODELS_PYTHON_STANDARD_SOURCES_H_

#include "absl/types/span.h"
#include "models/python/embedded_source.h"

namespace graft::models::python {

absl::Span<const EmbeddedSource> StandardSources();

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_STANDARD_SOURCES_H_
