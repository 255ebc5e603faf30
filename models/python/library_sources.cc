#include "models/python/library_sources.h"

#include "absl/types/span.h"
#include "models/python/interpreter.h"

namespace graft::models::python {

void DefineLibrarySources(Evaluator& ev, absl::Span<const EmbeddedSource> sources) {
  ev.interpreter().loader().Define(sources);
}

}  // namespace graft::models::python
