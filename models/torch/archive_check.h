// Whether a TorchScript archive may be handed to LibTorch: everything that is checked before a byte
// of it is parsed there.
//
//   absl::Status status = CheckScriptArchive(file->bytes(), "walker.pt");
//
// What is checked: that it is a TorchScript archive at all (else the message says what it is and
// what to do), the zip's structure, every record's CRC-32, that no two records could be taken for
// one another, how much memory the records claim, the code's nesting and names (code_check.h), the
// pickles (pickle_check.h).
//
// Threads: a free function without state; takes about a second per gigabyte. No LibTorch.
#ifndef GRAFT_MODELS_TORCH_ARCHIVE_CHECK_H_
#define GRAFT_MODELS_TORCH_ARCHIVE_CHECK_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"

namespace graft::models {

// `cancelled` is polled between records; may be empty. Errors: kInvalidArgument (not TorchScript,
// damaged, refused), kResourceExhausted, kCancelled. Messages begin with `label`.
absl::Status CheckScriptArchive(ByteSpan file, absl::string_view label,
                                const std::function<bool()>& cancelled);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_ARCHIVE_CHECK_H_
