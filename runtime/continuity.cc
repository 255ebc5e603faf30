#include "runtime/continuity.h"

#include <algorithm>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace graft::runtime {
namespace {

absl::StatusOr<size_t> IndexOf(const std::vector<models::TensorSpec>& specs,
                               const std::string& name, absl::string_view kind) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const auto& spec) { return spec.name == name; });
  if (found != specs.end()) return static_cast<size_t>(found - specs.begin());
  return absl::InvalidArgumentError(absl::StrCat(
      "the manifest speaks of the ", kind, " \"", name, "\"; the model has ",
      absl::StrJoin(specs, ", ",
                    [](std::string* out, const auto& spec) { absl::StrAppend(out, spec.name); })));
}

absl::Status ApplyStates(const ContinuityOptions& continuity, BatcherOptions* options) {
  const models::ModelSchema& schema = options->schema;
  for (const auto& [input_name, output_name, swap] : continuity.states) {
    const absl::StatusOr<size_t> input = IndexOf(schema.inputs, input_name, "state input");
    if (!input.ok()) return input.status();
    const absl::StatusOr<size_t> output = IndexOf(schema.outputs, output_name, "state output");
    if (!output.ok()) return output.status();
    const models::TensorSpec& read = schema.inputs[*input];
    const models::TensorSpec& written = schema.outputs[*output];
    if (read.dtype != written.dtype || read.shape != written.shape) {
      return absl::InvalidArgumentError(absl::StrCat("state: expected an output like the input ",
                                                     read.DebugString(), ", found ",
                                                     written.DebugString()));
    }
    for (const StatePair& pair : options->states.pairs) {
      if (pair.input != *input && pair.output != *output) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "state: \"", input_name, "\" or \"", output_name, "\" is in two states; each is in one"));
    }
    options->states.pairs.push_back({*input, *output, swap});
  }
  if (options->states.pairs.size() == schema.inputs.size()) {
    return absl::InvalidArgumentError(
        "state: every input is a state, so that the host has nothing to write; the model needs an "
        "input of its own");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyContinuity(const ContinuityOptions& continuity, BatcherOptions* options) {
  if (absl::Status status = ApplyStates(continuity, options); !status.ok()) return status;
  options->states.burn_in_frames = continuity.burns_in() ? continuity.burn_in_frames : 0;
  options->can_fade = continuity.blend_ns > 0;
  options->blend_curve = continuity.blend_curve;
  const std::vector<models::TensorSpec>& outputs = options->schema.outputs;
  options->blends.clear();
  for (const models::TensorSpec& spec : outputs) {
    options->blends.push_back(CanBlend(spec, BlendKind::kLinear) ? BlendKind::kLinear
                                                                 : BlendKind::kNone);
  }
  for (const StatePair& pair : options->states.pairs) {
    options->blends[pair.output] = BlendKind::kNone;  // each version goes on with its own
  }
  for (const auto& [name, kind] : continuity.blends) {
    const absl::StatusOr<size_t> output = IndexOf(outputs, name, "output");
    if (!output.ok()) return output.status();
    if (!CanBlend(outputs[*output], kind)) {
      return absl::InvalidArgumentError(
          absl::StrCat("blend: expected float32 or float64 values",
                       kind == BlendKind::kQuaternion ? ", four for each quaternion" : "",
                       ", found ", outputs[*output].DebugString()));
    }
    options->blends[*output] = kind;
  }
  return absl::OkStatus();
}

}  // namespace graft::runtime
