// The formats that are not PyTorch's and that people try all the same: recognised by their bytes,
// with the next step. Part of probe.cc.
//
//   if (std::optional<ProbeResult> found = ProbeSignature(bytes)) return *found;
//
// Threads: free functions without state; nothing blocks.
#ifndef GRAFT_MODELS_FILE_FOREIGN_FORMATS_H_
#define GRAFT_MODELS_FILE_FOREIGN_FORMATS_H_

#include <optional>

#include "models/file/byte_span.h"
#include "models/file/probe.h"

namespace graft::models {

inline constexpr char kNoModel[] = "This is no model file; find the original and copy it again.";

// Formats that begin with bytes of their own: HDF5, GGUF, NumPy, compressed files, programs ...
std::optional<ProbeResult> ProbeSignature(ByteSpan bytes);

// Tar archives, PyTorch 0.1's among them.
std::optional<ProbeResult> ProbeTar(ByteSpan bytes);

// Protocol buffers: ONNX and TensorFlow, which begin with no bytes of their own.
std::optional<ProbeResult> ProbeProtocolBuffer(ByteSpan bytes);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_FOREIGN_FORMATS_H_
