// The architectures that Graft brings along, as Python sources.
//
//   tree.AddEmbedded(ZooSources());      // "resnet.py", "vit.py" ...
//
// Threads: any. Ownership: the text is part of the library.
#ifndef GRAFT_MODELS_ZOO_ZOO_SOURCES_H_
#define GRAFT_MODELS_ZOO_ZOO_SOURCES_H_

#include "absl/types/span.h"
#include "models/python/embedded_source.h"

namespace graft::models::python {

absl::Span<const EmbeddedSource> ZooSources();

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_ZOO_ZOO_SOURCES_H_
