// The Python sources of `torch` as model sources see it, written over the native module `_graft`.
//
//   for (const EmbeddedSource& source : TorchPrelude()) modules.Add(source.path, source.text);
//
// Threads: any. Ownership: the text is part of the library.
#ifndef GRAFT_MODELS_ARCHITECTURE_PRELUDE_TORCH_PRELUDE_H_
#define GRAFT_MODELS_ARCHITECTURE_PRELUDE_TORCH_PRELUDE_H_

#include "absl/types/span.h"
#include "models/python/embedded_source.h"

namespace graft::models::python {

// Paths are those of modules: "torch/__init__.py", "torch/nn/modules/conv.py".
absl::Span<const EmbeddedSource> TorchPrelude();

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_ARCHITECTURE_PRELUDE_TORCH_PRELUDE_H_
