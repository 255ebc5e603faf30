#include "runtime/candidate_check.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "runtime/staging.h"

namespace graft::runtime {
namespace {

// Memory of one forward over zeros.
class ZeroForward {
 public:
  ZeroForward(const models::ModelSchema& schema, uint32_t rows) : schema_(schema), rows_(rows) {
    size_t buffer = 0;
    for (const models::TensorSpec& spec : schema.inputs) {
      std::byte* zeros = staging_.Buffer(buffer++, spec.RowBytes() * rows);
      std::memset(zeros, 0, spec.RowBytes() * rows);
      staging_.inputs.push_back(zeros);
    }
    for (const models::TensorSpec& spec : schema.outputs) {
      staging_.outputs.push_back(staging_.Buffer(buffer++, spec.RowBytes() * rows));
    }
  }

  absl::Status Run(const Executable& executable) {
    return executable.Run(rows_, staging_.inputs, staging_.outputs);
  }
  // Is every floating value of the output finite?
  bool IsFinite(size_t output) const {
    const models::TensorSpec& spec = schema_.outputs[output];
    const int64_t count = rows_ * spec.RowElements();
    const void* data = staging_.outputs[output];
    switch (spec.dtype) {
      case models::DType::kFloat32:
        return AllFinite(static_cast<const float*>(data), count);
      case models::DType::kFloat64:
        return AllFinite(static_cast<const double*>(data), count);
      case models::DType::kFloat16:
        return ExponentsFinite(static_cast<const uint16_t*>(data), count, 0x7c00);
      case models::DType::kBFloat16:
        return ExponentsFinite(static_cast<const uint16_t*>(data), count, 0x7f80);
      default:
        return true;
    }
  }

 private:
  template <typename T>
  static bool AllFinite(const T* values, int64_t count) {
    return std::all_of(values, values + count, [](T value) { return std::isfinite(value); });
  }
  // Infinity and NaN have all bits of the exponent set.
  static bool ExponentsFinite(const uint16_t* values, int64_t count, uint16_t mask) {
    return std::all_of(values, values + count,
                       [mask](uint16_t value) { return (value & mask) != mask; });
  }

  const models::ModelSchema& schema_;
  const uint32_t rows_;
  Staging staging_;
};

}  // namespace

absl::Status WarmUp(const Executable& executable, const std::vector<uint32_t>& rows,
                    const CancelToken& cancel) {
  for (const uint32_t row_count : rows) {
    ZeroForward forward(executable.schema(), row_count);
    for (int pass = 0; pass < 2; ++pass) {
      if (cancel.cancelled()) return absl::CancelledError("cancelled");
      if (absl::Status status = forward.Run(executable); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFinite(const Executable& candidate, const Executable& serving, uint32_t rows) {
  ZeroForward expected(serving.schema(), rows);
  ZeroForward found(candidate.schema(), rows);
  if (!expected.Run(serving).ok()) return absl::OkStatus();  // nothing to compare with
  if (absl::Status status = found.Run(candidate); !status.ok()) return status;
  for (size_t i = 0; i < candidate.schema().outputs.size(); ++i) {
    if (found.IsFinite(i) || !expected.IsFinite(i)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the output \"", candidate.schema().outputs[i].name,
                     "\" is infinite or NaN over an input of zeros; the serving version's is "
                     "finite"));
  }
  return absl::OkStatus();
}

absl::StatusOr<double> Slowdown(const Executable& candidate, const Executable& serving,
                                uint32_t rows, const Clock& clock) {
  constexpr int kRounds = 8;
  ZeroForward forward(candidate.schema(), rows);
  const Executable* const executables[] = {&serving, &candidate};
  int64_t best_ns[] = {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::max()};
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < 2; ++i) {
      const int64_t begin_ns = clock.NowNs();
      if (absl::Status status = forward.Run(*executables[i]); !status.ok()) return status;
      best_ns[i] = std::min(best_ns[i], clock.NowNs() - begin_ns);
    }
  }
  return static_cast<double>(best_ns[1]) / static_cast<double>(std::max<int64_t>(best_ns[0], 1));
}

}  // namespace graft::runtime
