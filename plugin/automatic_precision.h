// "precision": "auto": the fastest precision that answers rightly on this device, measured.
//
//   AutomaticPrecision precision({.max_rows = 256, .clock = &Clock::Real()});
//   auto loaded = precision.Load(load, check_golden, cancel);
//   loaded->precision;     // kBFloat16
//   loaded->reason;        // "bfloat16, measured over 64 rows: bfloat16 takes 0.61 of float32's
//                          // time; float16 takes 0.93 of float32's time"
//
// The first version is loaded in float32, and beside it, one after the other, in each lower
// precision. One that answers rightly is timed in turns with float32. Right is what passes the
// golden check; without one, what lies within the tolerance of float32's own outputs over
// pseudo-random inputs. Later versions run in the precision found, checked in the same way; one
// that fails there begins the choice anew.
//
// Threads: one at a time (a Loader's). Ownership: keeps nothing of what it loads.
#ifndef GRAFT_PLUGIN_AUTOMATIC_PRECISION_H_
#define GRAFT_PLUGIN_AUTOMATIC_PRECISION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/manifest/swap_policy.h"
#include "models/tensor/dtype.h"
#include "models/tensor/tensor_spec.h"
#include "runtime/clock.h"
#include "runtime/executable.h"
#include "runtime/loader.h"

namespace graft::plugin {

struct AutomaticPrecisionOptions {
  // Timed are as many rows as float32 takes some milliseconds for, at most these.
  int64_t max_rows = 1;
  const runtime::Clock* clock = nullptr;
  // Beside float32, where there are no golden values; none: the precision's own.
  std::optional<models::SwapPolicy::Tolerance> tolerance = {};
  // The first choice stays: a version that fails in it is refused. For models whose versions share
  // tensors, which have one precision.
  bool chosen_once = false;
};

class AutomaticPrecision {
 public:
  struct Loaded {
    std::unique_ptr<runtime::Executable> executable;
    models::DType precision = models::DType::kFloat32;
    std::string reason;  // what was measured, in one line
  };
  // The same file in one precision. `schema`: that the host shall see; null: the model's own.
  using LoadAs = std::function<absl::StatusOr<std::unique_ptr<runtime::Executable>>(
      models::DType precision, const models::ModelSchema* schema)>;
  using CheckAs = std::function<absl::Status(const runtime::Executable&, models::DType precision)>;

  explicit AutomaticPrecision(AutomaticPrecisionOptions options) : options_(options) {}

  // check_golden: null when there are no golden values. Errors: those of loading in float32, and of
  // its golden check; kCancelled. What is wrong with a lower precision is part of the reason.
  absl::StatusOr<Loaded> Load(const LoadAs& load, const CheckAs& check_golden,
                              const runtime::CancelToken& cancel);

  // The next version is chosen for anew: the file changed under the choice.
  void Forget() { chosen_.reset(); }

 private:
  struct Choice {
    models::DType precision = models::DType::kFloat32;
    models::ModelSchema schema;  // float32's
    std::string reason;
  };

  absl::StatusOr<Loaded> Choose(const LoadAs& load, const CheckAs& check_golden,
                                const runtime::CancelToken& cancel);
  absl::StatusOr<Loaded> LoadChosen(const LoadAs& load, const CheckAs& check_golden,
                                    const runtime::CancelToken& cancel) const;
  absl::Status CheckBesideFloat32(const runtime::Executable& candidate,
                                  const runtime::Executable& float32,
                                  models::DType precision) const;

  const AutomaticPrecisionOptions options_;
  std::optional<Choice> chosen_;
};

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_AUTOMATIC_PRECISION_H_
