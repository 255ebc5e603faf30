// Modules that are Python sources within the library (embed.bzl): the evaluator imports them as if
// they were files of the host's, and errors point past them at the user's source.
//
//   DefineLibrarySources(ev, StandardSources());   // "collections/abc.py" is collections.abc
//
// Threads, ownership: value.h; the sources must outlive the evaluator.
#ifndef GRAFT_MODELS_PYTHON_LIBRARY_SOURCES_H_
#define GRAFT_MODELS_PYTHON_LIBRARY_SOURCES_H_

#include "absl/types/span.h"
#include "models/python/embedded_source.h"
#include "models/python/evaluator.h"

namespace graft::models::python {

// Each is parsed when it is first imported.
void DefineLibrarySources(Evaluator& ev, absl::Span<const EmbeddedSource> sources);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_LIBRARY_SOURCES_H_
