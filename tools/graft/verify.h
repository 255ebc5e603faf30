// `graft verify`: what a model computes beside golden values.
//
//   int exit_code = 0;
//   CLI::App app("graft");
//   AddVerifyCommand(app, &exit_code);   // parsing the command line then runs it
#ifndef GRAFT_TOOLS_GRAFT_VERIFY_H_
#define GRAFT_TOOLS_GRAFT_VERIFY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/manifest/swap_policy.h"
#include "nlohmann/json_fwd.hpp"
#include "tools/graft/single_forward.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}  // namespace CLI

namespace graft::tools {

struct VerifyOptions {
  SingleForwardOptions forward = {};
  std::string golden = {};  // safetensors with the inputs and the expected outputs
  // A value passes when |got - want| <= atol + rtol * |want|. Not given: by the precision, as
  // models::DefaultTolerance says.
  std::optional<double> rtol = {};
  std::optional<double> atol = {};
};

// One output beside its golden values.
struct OutputCheck {
  std::string name = {};
  std::vector<int64_t> shape = {};
  uint64_t elements = 0;
  uint64_t outside = 0;      // elements beyond the tolerance
  double max_abs_error = 0;  // NaN where only one side is NaN
  double mean_abs_error = 0;
  double max_rel_error = 0;         // |got - want| / |want|, where |want| is above atol
  std::vector<int64_t> worst = {};  // index of the largest excess
  double worst_got = 0;
  double worst_want = 0;
  std::string problem = {};  // "is missing in the golden file"; the figures are then unset

  bool Passes() const { return problem.empty() && outside == 0; }
};

struct VerifyReport {
  models::SwapPolicy::Tolerance tolerance = {};
  std::string precision = {};         // that the model ran in
  std::string precision_choice = {};  // how "auto" came to it; else empty
  std::vector<OutputCheck> outputs = {};

  bool Passes() const;
  std::string Text() const;
  nlohmann::ordered_json Json() const;
};

// Runs the model once over the golden file's inputs. Golden outputs have the model's output names,
// or are out0, out1 ... in order. Errors: those of RunSingleForward; kInvalidArgument when the
// golden file holds no output at all.
absl::StatusOr<VerifyReport> VerifyModel(const VerifyOptions& options);

// Adds the subcommand. Its exit code is 0 when every output passes, else 1.
void AddVerifyCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_VERIFY_H_
