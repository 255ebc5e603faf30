// What a file is, in words that a newcomer understands, from its bytes alone: names and endings
// lie.
//
//   ProbeResult found = Probe(bytes);
//   // found.kind == FileKind::kTorchScript
//   // found.description: "a TorchScript model (version 3 archive): structure and weights"
//   // found.next_step:   "Graft runs it as it is."
//
// Probing recognises; it does not validate. A file called TorchScript may still be refused by its
// reader.
//
// Threads: free functions without state; nothing blocks. Memory: a zip's directory at most.
#ifndef GRAFT_MODELS_FILE_PROBE_H_
#define GRAFT_MODELS_FILE_PROBE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"

namespace graft::models {

enum class FileKind {
  kTorchScript,       // torch.jit.save: code and weights
  kTorchScriptLite,   // ... with mobile bytecode beside the code (.ptl)
  kTorchScriptFlat,   // mobile flatbuffer (.ptl, ExecuTorch's ancestor)
  kTorchZip,          // torch.save since 1.6: state_dict, checkpoint or pickled module
  kTorchLegacy,       // torch.save before 1.6, or _use_new_zipfile_serialization=False
  kTorchTar,          // torch.save of 0.1
  kTorchPackage,      // torch.package
  kPt2,               // torch.export.save, AOTInductor packages
  kStableBaselines3,  // a zip with policy.pth and others inside
  kTorchServe,        // .mar
  kSafetensors,
  kShardedIndex,  // *.index.json: which tensor is in which file
  kManifest,      // Graft's own
  kJson,          // some other JSON
  kOnnx,
  kTensorFlow,  // SavedModel, frozen graph, checkpoint, TFLite
  kKeras,       // .keras zip
  kHdf5,
  kGguf,
  kNumPy,      // .npy, .npz
  kPickle,     // a pickle that torch.save did not write
  kZip,        // some other zip
  kBrokenZip,  // begins as a zip and has no usable directory: cut off or still being written
  kGzip,       // and other compressed files
  kTar,
  kHtml,  // an error or log-in page saved under a model's name
  kGitLfsPointer,
  kText,
  kExecutable,
  kZeros,
  kEmpty,
  kUnknown,
};

struct ProbeResult {
  FileKind kind = FileKind::kUnknown;
  std::string description;  // a noun phrase: "a safetensors file: named tensors, no code"
  std::string next_step;    // a sentence
  // The zip's root folder with its slash ("archive/"); empty for other files.
  std::string root;
};

ProbeResult Probe(ByteSpan bytes);

// Stable identifier for programs: "torchscript", "torch_zip", "safetensors" ...
absl::string_view FileKindName(FileKind kind);

// Whether a byte sequence is a whole file of its format.
struct Completeness {
  enum class State {
    kComplete,    // the format's own end marks and sizes agree
    kIncomplete,  // they do not: a writer may still be at work
    kUnknown,     // the format has no such marks; only stability over time can tell
  };
  State state = State::kUnknown;
  std::string reason;
};
Completeness CompletenessOfFile(ByteSpan bytes);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PROBE_H_
