// Numbers as Python writes and reads them.
//
//   FloatRepr(1e16);                   // "1e+16"
//   ParseInt("0x_ff", 16);             // 255
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_NUMBER_TEXT_H_
#define GRAFT_MODELS_PYTHON_NUMBER_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace graft::models::python {

// The shortest text that reads back as the same float, as repr() gives it.
std::string FloatRepr(double value);

// As int(text, base): white space around it, a sign, a prefix where the base (0: from the prefix)
// allows it, underscores between digits. kInvalidArgument: is none; kOutOfRange: beyond 64 bits.
absl::StatusOr<int64_t> ParseInt(absl::string_view text, int base);

// As float(text): also "inf", "nan", "infinity". nullopt: is none.
std::optional<double> ParseFloat(absl::string_view text);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_NUMBER_TEXT_H_
