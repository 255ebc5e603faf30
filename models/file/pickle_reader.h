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
// Threads: a free function without state.
#ifndef GRAFT_MODELS_FILE_PICKLE_READER_H_
#define GRAFT_MODELS_FILE_PICKLE_READER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"
#include "models/file/pickle_values.h"

namespace graft::models {

// Reads one pickle from `*position` on and leaves `*position` behind its STOP. `label` names file
// and record in errors. The result points into `bytes`. Errors: kInvalidArgument (broken: where and
// what), kPermissionDenied (contains code: which), kResourceExhausted (more values than any model
// file has).
absl::StatusOr<PickleValues> ReadPickle(ByteSpan bytes, uint64_t* position,
                                        absl::string_view label);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PICKLE_READER_H_
