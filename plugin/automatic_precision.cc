#include "plugin/automatic_precision.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "models/file/element_value.h"
#include "models/tensor/pacing.h"
#include "plugin/output_comparison.h"
#include "runtime/staging.h"

namespace graft::plugin {
namespace {

using models::DType;
using runtime::CancelToken;
using runtime::Executable;

constexpr DType kLowerPrecisions[] = {DType::kBFloat16, DType::kFloat16};
constexpr int64_t kComparedRows = 32;
// Timing: as many rows as take float32 about so long.
constexpr int64_t kForwardNs = 20'000'000;
constexpr int kRounds = 10;
// A candidate that takes so many times as long after the first round, or after the second, is not
// going to win.
constexpr double kHopelessAtOnce = 3;
constexpr double kHopeless = 1.3;
// What rounds values must pay for it.
constexpr double kWorthIt = 0.95;

std::string NameOf(DType precision) { return std::string(models::DTypeName(precision)); }

// Memory of forwards over the same pseudo-random rows: floating values between -1 and 1, whole
// numbers 0 or 1, which any embedding has.
class RandomForward {
 public:
  RandomForward(const models::ModelSchema& schema, int64_t rows) : schema_(schema), rows_(rows) {
    size_t buffer = 0;
    uint64_t state = 0x9e3779b97f4a7c15;
    for (const models::TensorSpec& spec : schema.inputs) {
      auto* values = reinterpret_cast<uint8_t*>(staging_.Buffer(buffer++, spec.RowBytes() * rows));
      const size_t bytes = models::ElementBytes(spec.dtype);
      for (int64_t i = 0; i < rows * spec.RowElements(); ++i)
        Fill(spec.dtype, &state, values + i * bytes);
      staging_.inputs.push_back(values);
    }
    for (const models::TensorSpec& spec : schema.outputs) {
      staging_.outputs.push_back(staging_.Buffer(buffer++, spec.RowBytes() * rows));
    }
  }

  int64_t rows() const { return rows_; }
  absl::Status Run(const Executable& executable) {
    return executable.Run(rows_, staging_.inputs, staging_.outputs);
  }
  const uint8_t* output(size_t index) const {
    return static_cast<const uint8_t*>(staging_.outputs[index]);
  }
  int64_t elements(size_t index) const { return rows_ * schema_.outputs[index].RowElements(); }

 private:
  static void Fill(DType dtype, uint64_t* state, uint8_t* out) {
    // splitmix64
    uint64_t bits = (*state += 0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    bits ^= bits >> 31;
    if (models::IsComputeFloat(dtype)) {
      const double unit = static_cast<double>(bits >> 11) / static_cast<double>(1ULL << 53);
      models::StoreElement(dtype, 2 * unit - 1, out);
    } else {
      std::fill_n(out, models::ElementBytes(dtype), uint8_t{0});
      out[0] = static_cast<uint8_t>(bits & 1);  // little-endian
    }
  }

  const models::ModelSchema& schema_;
  const int64_t rows_;
  runtime::Staging staging_;
};

absl::StatusOr<int64_t> TimeOf(RandomForward& forward, const Executable& executable,
                               const runtime::Clock& clock) {
  models::PacingPoint();
  const models::PacedScope measured(nullptr);
  const int64_t begin_ns = clock.NowNs();
  if (absl::Status status = forward.Run(executable); !status.ok()) return status;
  return std::max<int64_t>(clock.NowNs() - begin_ns, 1);
}

// How many rows are worth timing. The first forward of a size may prepare what the second one uses.
absl::StatusOr<int64_t> RowsToTime(const Executable& executable, int64_t max_rows,
                                   const runtime::Clock& clock, const CancelToken& cancel) {
  for (int64_t rows = 1;; rows = std::min(rows * 2, max_rows)) {
    if (cancel.cancelled()) return absl::CancelledError("cancelled");
    RandomForward forward(executable.schema(), rows);
    if (absl::Status status = forward.Run(executable); !status.ok()) return status;
    const absl::StatusOr<int64_t> took_ns = TimeOf(forward, executable, clock);
    if (!took_ns.ok()) return took_ns.status();
    if (rows >= max_rows || *took_ns > kForwardNs / 2) return rows;
  }
}

// Of float32's time: the shortest of several each, taken in turns, so that what else the machine
// does weighs little.
absl::StatusOr<double> TimeBesideFloat32(const Executable& candidate, const Executable& float32,
                                         int64_t rows, const runtime::Clock& clock,
                                         const CancelToken& cancel) {
  RandomForward forward(float32.schema(), rows);
  const Executable* const executables[] = {&float32, &candidate};
  int64_t best_ns[] = {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::max()};
  // The candidate has not run at this size yet, and may prepare what the next forward uses.
  if (absl::Status status = forward.Run(candidate); !status.ok()) return status;
  double factor = 0;
  for (int round = 1; round <= kRounds; ++round) {
    if (cancel.cancelled()) return absl::CancelledError("cancelled");
    for (int i = 0; i < 2; ++i) {
      const absl::StatusOr<int64_t> took_ns = TimeOf(forward, *executables[i], clock);
      if (!took_ns.ok()) return took_ns.status();
      best_ns[i] = std::min(best_ns[i], *took_ns);
    }
    factor = static_cast<double>(best_ns[1]) / static_cast<double>(best_ns[0]);
    if (factor > (round == 1 ? kHopelessAtOnce : kHopeless)) break;
  }
  return factor;
}

std::string RowsText(int64_t rows) { return absl::StrCat(rows, rows == 1 ? " row" : " rows"); }

}  // namespace

absl::Status AutomaticPrecision::CheckBesideFloat32(const Executable& candidate,
                                                    const Executable& float32,
                                                    DType precision) const {
  const int64_t rows = std::min(options_.max_rows, kComparedRows);
  RandomForward expected(float32.schema(), rows);
  RandomForward found(float32.schema(), rows);
  if (absl::Status status = expected.Run(float32); !status.ok()) return status;
  if (absl::Status status = found.Run(candidate); !status.ok()) return status;
  const std::vector<models::TensorSpec>& outputs = float32.schema().outputs;
  for (size_t i = 0; i < outputs.size(); ++i) {
    absl::Status status =
        CompareOutput(outputs[i], found.output(i), found.elements(i),
                      {outputs[i].dtype, expected.output(i), "float32 (over pseudo-random inputs)"},
                      options_.tolerance.value_or(models::DefaultTolerance(precision)));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<AutomaticPrecision::Loaded> AutomaticPrecision::Choose(const LoadAs& load,
                                                                      const CheckAs& check_golden,
                                                                      const CancelToken& cancel) {
  absl::StatusOr<std::unique_ptr<Executable>> float32 = load(DType::kFloat32, nullptr);
  if (!float32.ok()) return float32.status();
  Choice choice;
  choice.schema = (*float32)->schema();
  // Another model than the versions before: the runtime refuses it, and the choice stays.
  if (chosen_ && choice.schema != chosen_->schema) {
    return Loaded{*std::move(float32), DType::kFloat32, "float32"};
  }
  if (check_golden) {
    if (absl::Status status = check_golden(**float32, DType::kFloat32); !status.ok()) return status;
  }
  const auto float32_runs = [&](std::string reason) {
    choice.precision = DType::kFloat32;
    choice.reason = std::move(reason);
    chosen_ = choice;
    return Loaded{*std::move(float32), DType::kFloat32, choice.reason};
  };
  const absl::StatusOr<int64_t> rows =
      RowsToTime(**float32, options_.max_rows, *options_.clock, cancel);
  if (cancel.cancelled()) return absl::CancelledError("cancelled");
  if (!rows.ok()) {
    return float32_runs(
        absl::StrCat("float32, since nothing could be measured: ", rows.status().message()));
  }
  double best = kWorthIt;
  std::vector<std::string> measured;
  std::unique_ptr<Executable> fastest;  // of choice.precision, or null: loaded again at the end
  for (const DType precision : kLowerPrecisions) {
    // Beside float32 there is one candidate at a time.
    fastest.reset();
    if (cancel.cancelled()) return absl::CancelledError("cancelled");
    const auto refused = [&](const absl::Status& why) {
      measured.push_back(absl::StrCat(NameOf(precision), " refused: ", why.message()));
    };
    absl::StatusOr<std::unique_ptr<Executable>> candidate = load(precision, &choice.schema);
    if (!candidate.ok()) {
      refused(candidate.status());
      continue;
    }
    if (absl::Status status = check_golden ? check_golden(**candidate, precision)
                                           : CheckBesideFloat32(**candidate, **float32, precision);
        !status.ok()) {
      refused(status);
      continue;
    }
    const absl::StatusOr<double> factor =
        TimeBesideFloat32(**candidate, **float32, *rows, *options_.clock, cancel);
    if (!factor.ok()) {
      refused(factor.status());
      continue;
    }
    measured.push_back(
        absl::StrFormat("%s takes %.2f of float32's time", NameOf(precision), *factor));
    if (*factor > best) continue;
    best = *factor;
    choice.precision = precision;
    fastest = *std::move(candidate);
  }
  if (cancel.cancelled()) return absl::CancelledError("cancelled");
  std::string reason = absl::StrCat(NameOf(choice.precision), ", measured over ", RowsText(*rows),
                                    ": ", absl::StrJoin(measured, "; "));
  if (choice.precision == DType::kFloat32) return float32_runs(std::move(reason));
  if (fastest == nullptr) {
    absl::StatusOr<std::unique_ptr<Executable>> again = load(choice.precision, &choice.schema);
    if (!again.ok()) return again.status();
    fastest = *std::move(again);
  }
  choice.reason = std::move(reason);
  chosen_ = choice;
  return Loaded{std::move(fastest), choice.precision, choice.reason};
}

absl::StatusOr<AutomaticPrecision::Loaded> AutomaticPrecision::LoadChosen(
    const LoadAs& load, const CheckAs& check_golden, const CancelToken& cancel) const {
  const bool lowered = chosen_->precision != DType::kFloat32;
  absl::StatusOr<std::unique_ptr<Executable>> candidate =
      load(chosen_->precision, lowered ? &chosen_->schema : nullptr);
  if (!candidate.ok()) return candidate.status();
  if (check_golden) {
    absl::Status status = check_golden(**candidate, chosen_->precision);
    if (!status.ok()) return status;
  } else if (lowered) {
    if (cancel.cancelled()) return absl::CancelledError("cancelled");
    absl::StatusOr<std::unique_ptr<Executable>> float32 = load(DType::kFloat32, nullptr);
    if (!float32.ok()) return float32.status();
    absl::Status status = CheckBesideFloat32(**candidate, **float32, chosen_->precision);
    if (!status.ok()) return status;
  }
  return Loaded{*std::move(candidate), chosen_->precision, chosen_->reason};
}

absl::StatusOr<AutomaticPrecision::Loaded> AutomaticPrecision::Load(const LoadAs& load,
                                                                    const CheckAs& check_golden,
                                                                    const CancelToken& cancel) {
  if (!chosen_) return Choose(load, check_golden, cancel);
  absl::StatusOr<Loaded> loaded = LoadChosen(load, check_golden, cancel);
  const bool final = loaded.ok() || cancel.cancelled() || options_.chosen_once ||
                     chosen_->precision == DType::kFloat32;
  if (final) return loaded;
  absl::StatusOr<Loaded> anew = Choose(load, check_golden, cancel);
  if (anew.ok()) {
    absl::StrAppend(&anew->reason, " (chosen anew: ", loaded.status().message(), ")");
  }
  return anew;
}

}  // namespace graft::plugin
