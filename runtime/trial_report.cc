#include "runtime/trial_report.h"

#include <algorithm>
#include <cmath>

namespace graft::runtime {
namespace {

template <typename T>
void CompareValues(const T* serving, const T* candidate, int64_t count,
                   TrialReport::Figures* figures) {
  for (int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(serving[i])) continue;  // nothing to compare with
    ++figures->values;
    if (!std::isfinite(candidate[i])) {
      ++figures->not_finite;
      continue;
    }
    const double difference =
        std::abs(static_cast<double>(candidate[i]) - static_cast<double>(serving[i]));
    figures->max_difference = std::max(figures->max_difference, difference);
    figures->sum_square_difference += difference * difference;
  }
}

}  // namespace

void TrialReport::Figures::Compare(const models::TensorSpec& spec, const std::byte* serving,
                                   const std::byte* candidate, int64_t row_count) {
  const int64_t count = row_count * spec.RowElements();
  if (spec.dtype == models::DType::kFloat32) {
    CompareValues(reinterpret_cast<const float*>(serving),
                  reinterpret_cast<const float*>(candidate), count, this);
  } else if (spec.dtype == models::DType::kFloat64) {
    CompareValues(reinterpret_cast<const double*>(serving),
                  reinterpret_cast<const double*>(candidate), count, this);
  }
}

double TrialReport::Figures::RootMeanSquare() const {
  const uint64_t compared = values - not_finite;
  return compared == 0 ? 0 : std::sqrt(sum_square_difference / static_cast<double>(compared));
}

void TrialReport::Begin(uint64_t version) {
  MutexLock lock(mutex_);
  figures_ = {};
  figures_.version = version;
}

void TrialReport::Add(const Figures& more) {
  MutexLock lock(mutex_);
  if (figures_.version != more.version) return;
  figures_.rows += more.rows;
  figures_.failed_rows += more.failed_rows;
  figures_.values += more.values;
  figures_.not_finite += more.not_finite;
  figures_.max_difference = std::max(figures_.max_difference, more.max_difference);
  figures_.sum_square_difference += more.sum_square_difference;
  figures_.run_ns += more.run_ns;
  if (!more.failure.empty()) figures_.failure = more.failure;
}

TrialReport::Figures TrialReport::Read() {
  MutexLock lock(mutex_);
  return figures_;
}

}  // namespace graft::runtime
