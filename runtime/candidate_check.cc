#include "runtime/candidate_check.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "models/tensor/finite.h"
#include "models/tensor/pacing.h"
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
  // Outputs that hold an infinity or NaN, of those in `among`.
  std::vector<size_t> NonFiniteOutputs(const std::vector<size_t>& among) const {
    std::vector<size_t> found;
    for (const size_t output : among) {
      const models::TensorSpec& spec = schema_.outputs[output];
      const auto count = static_cast<size_t>(rows_ * spec.RowElements());
      const void* values = staging_.outputs[output];
      if (models::CountNonFinite(spec.dtype, values, count, models::NonFinite::kAny) > 0) {
        found.push_back(output);
      }
    }
    return found;
  }

 private:
  const models::ModelSchema& schema_;
  const uint32_t rows_;
  Staging staging_;
};

}  // namespace

absl::Status WarmUp(const Executable& candidate, const Executable* serving,
                    const std::vector<uint32_t>& rows, const CancelToken& cancel) {
  std::vector<size_t> outputs(candidate.schema().outputs.size());
  std::iota(outputs.begin(), outputs.end(), size_t{0});
  const int passes = serving != nullptr && candidate.RunsLike(*serving) ? 1 : 2;
  for (const uint32_t row_count : rows) {
    ZeroForward forward(candidate.schema(), row_count);
    for (int pass = 0; pass < passes; ++pass) {
      if (cancel.cancelled()) return absl::CancelledError("cancelled");
      models::PacingPoint();
      if (absl::Status status = forward.Run(candidate); !status.ok()) {
        return absl::Status(status.code(),
                            absl::StrCat("the first forward failed: ", status.message()));
      }
    }
    const std::vector<size_t> bad = forward.NonFiniteOutputs(outputs);
    if (bad.empty() || serving == nullptr) continue;
    if (!forward.Run(*serving).ok()) continue;  // nothing to compare with
    const std::vector<size_t> bad_before = forward.NonFiniteOutputs(bad);
    const auto worse = std::find_if(bad.begin(), bad.end(), [&](size_t output) {
      return std::find(bad_before.begin(), bad_before.end(), output) == bad_before.end();
    });
    if (worse == bad.end()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the output \"", candidate.schema().outputs[*worse].name,
        "\" is infinite or NaN over an input of zeros; the serving version's is finite"));
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
      models::PacingPoint();
      const models::PacedScope measured(nullptr);
      const int64_t begin_ns = clock.NowNs();
      if (absl::Status status = forward.Run(*executables[i]); !status.ok()) return status;
      best_ns[i] = std::min(best_ns[i], clock.NowNs() - begin_ns);
    }
  }
  return static_cast<double>(best_ns[1]) / static_cast<double>(std::max<int64_t>(best_ns[0], 1));
}

}  // namespace graft::runtime
