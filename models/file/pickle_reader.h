// Reads Python pickles, protocols 0 to 5, as data: no constructor is called, no module imported.
//
//   uint64_t position = 0;
//   absl::StatusOr<PickleValues> values = ReadPickle(bytes, &position, "walker.pt: data.pkl");
//
// A pickle is a program for a stack machine. This one runs the opcodes that build data, and keeps
// everything that would run code as an inert object that remembers its name. Files that name what
// no model needs (os.system, subprocess, eval ...) or call functions of unknown effect are refused,
// with the name in the error. The model is torch/_weights_only_unpickler.py; opcodes:
// pickletools.py.
//
// Time and memory are bounded by the pickle's size: every length is checked before use, the stack,
// the memo and the values are counted, nothing recurses.
//
// TorchScript's pickles are run a second time by LibTorch, which understands them in its own way:
// PickleDialect::kLibTorch reads them as it does (models/torch/pickle_check.h).
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_FILE_PICKLE_READER_H_
#define GRAFT_MODELS_FILE_PICKLE_READER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"
#include "models/file/pickle_values.h"

namespace graft::models {

enum class PickleDialect {
  kPython,
  // Of torch/csrc/jit/serialization/unpickler.cpp, and nothing that it would not take: protocol 2,
  // the opcodes that it knows, integers of 8 bytes, text of any bytes. NEWOBJ leaves the class as
  // it is; REDUCE and BUILD both call, with any one argument; every call stays a kObject. A memo
  // index is below the pickle's size, because LibTorch allocates that many.
  kLibTorch,
};

struct PickleOptions {
  PickleDialect dialect = PickleDialect::kPython;
  // Whether the pickle may name this; an error's message says what is wrong with the name, its code
  // is kept. Without it, JudgeGlobal (pickle_globals.h) decides, on Python 3's names.
  std::function<absl::Status(absl::string_view module, absl::string_view name)> judge_global = {};
};

// Reads one pickle from `*position` on and leaves `*position` behind its STOP. `label` names file
// and record in errors. The result points into `bytes`. Errors: kInvalidArgument (broken: where and
// what), kPermissionDenied (contains code: which), kResourceExhausted (more values than any model
// file has).
absl::StatusOr<PickleValues> ReadPickle(ByteSpan bytes, uint64_t* position, absl::string_view label,
                                        const PickleOptions& options = {});

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PICKLE_READER_H_
