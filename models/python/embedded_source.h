// A Python source that is part of the library (embed.bzl).
#ifndef GRAFT_MODELS_PYTHON_EMBEDDED_SOURCE_H_
#define GRAFT_MODELS_PYTHON_EMBEDDED_SOURCE_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace graft::models::python {

struct EmbeddedSource {
  absl::string_view path;  // "torch/nn/functional.py"
  absl::string_view text;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_EMBEDDED_SOURCE_H_
