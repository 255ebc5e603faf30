#include "plugin/model_settings.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/manifest/manifest.h"
#include "plugin/torch_loader.h"
#include "runtime/source_listing.h"

namespace graft::plugin {
namespace {

constexpr uint32_t kKnownFlags =
    GRAFT_MODEL_NO_WATCH | GRAFT_MODEL_MANUAL_COMMIT | GRAFT_MODEL_ALLOW_EMPTY;

bool IsDirectory(const char* path) {
  struct stat facts;
  return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

runtime::BlendKind BlendKindOf(models::SwapPolicy::Blend blend) {
  switch (blend) {
    case models::SwapPolicy::Blend::kNone:
      return runtime::BlendKind::kNone;
    case models::SwapPolicy::Blend::kLinear:
      return runtime::BlendKind::kLinear;
    case models::SwapPolicy::Blend::kQuaternion:
      return runtime::BlendKind::kQuaternion;
    case models::SwapPolicy::Blend::kAngle:
      return runtime::BlendKind::kAngle;
  }
  return runtime::BlendKind::kNone;
}

runtime::StateSwap StateSwapOf(models::SwapPolicy::StateSwap swap) {
  switch (swap) {
    case models::SwapPolicy::StateSwap::kCarry:
      return runtime::StateSwap::kCarry;
    case models::SwapPolicy::StateSwap::kReset:
      return runtime::StateSwap::kReset;
    case models::SwapPolicy::StateSwap::kBurnIn:
      return runtime::StateSwap::kBurnIn;
  }
  return runtime::StateSwap::kCarry;
}

runtime::ContinuityOptions ContinuityOf(const models::SwapPolicy& swap) {
  runtime::ContinuityOptions continuity;
  continuity.blend_ns = absl::ToInt64Nanoseconds(swap.blend);
  continuity.blend_curve = swap.blend_curve == models::SwapPolicy::BlendCurve::kLinear
                               ? runtime::BlendCurve::kLinear
                               : runtime::BlendCurve::kSmoothstep;
  for (const auto& [output, blend] : swap.blends) {
    continuity.blends.emplace_back(output, BlendKindOf(blend));
  }
  for (const models::SwapPolicy::State& state : swap.states) {
    continuity.states.push_back(
        {state.input, state.output, StateSwapOf(state.swap.value_or(swap.state_swap))});
  }
  continuity.burn_in_frames = static_cast<uint32_t>(swap.burn_in_frames);
  return continuity;
}

runtime::TrialRule TrialOf(const models::SwapPolicy& swap) {
  if (!swap.trial) return {};
  return {.enabled = true,
          .fraction = swap.trial->fraction,
          .duration_ns = absl::ToInt64Nanoseconds(swap.trial->duration),
          .rows = static_cast<uint64_t>(swap.trial->rows),
          .max_difference = swap.trial->max_difference};
}

// Layers that the manifest gives a precision of their own keep it.
absl::Status ReadPrecision(absl::string_view name, models::PrecisionRules* rules) {
  rules->automatic = name == "auto";
  if (rules->automatic) return absl::OkStatus();
  const std::optional<models::DType> precision = models::ParseDType(name);
  if (!precision ||
      (*precision != models::DType::kFloat32 && *precision != models::DType::kFloat16 &&
       *precision != models::DType::kBFloat16)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "precision: expected float32, bfloat16, float16 or auto, found \"", name, "\""));
  }
  rules->base = *precision;
  return absl::OkStatus();
}

FileChecks ChecksOf(const models::SwapPolicy& swap) {
  FileChecks checks;
  checks.golden_path = swap.golden_path;
  checks.tolerance = swap.tolerance;
  checks.sha256 = swap.sha256;
  checks.sha256_path = swap.sha256_path;
  return checks;
}

absl::StatusOr<models::Manifest> ReadManifest(const graft_model_options& options) {
  if (options.manifest != nullptr) {
    const bool in_directory = options.path != nullptr && IsDirectory(options.path);
    return models::ParseManifest(options.manifest, "manifest", in_directory ? options.path : "");
  }
  if (options.path == nullptr || *options.path == '\0') {
    return absl::InvalidArgumentError(
        "graft_model_options: give a path (manifest, model file or directory), or a manifest's "
        "text");
  }
  if (absl::EndsWithIgnoreCase(options.path, ".json")) return models::LoadManifest(options.path);
  return models::ManifestForModel(options.path);
}

}  // namespace

absl::StatusOr<ModelSettings> ReadModelSettings(const graft_model_options& options) {
  if ((options.flags & ~kKnownFlags) != 0) {
    return absl::InvalidArgumentError("graft_model_options.flags: unknown flag");
  }
  absl::StatusOr<models::Manifest> manifest = ReadManifest(options);
  if (!manifest.ok()) return manifest.status();

  ModelSettings settings;
  settings.model.torch.device = options.device != nullptr ? options.device : manifest->device;
  models::NetworkOptions& network = settings.model.network;
  network.architecture = manifest->architecture;
  network.source_roots = manifest->source_roots;
  network.weights = manifest->weights;
  network.surgery = manifest->surgery;
  network.precision = manifest->precision;
  network.freeze = manifest->freeze;
  network.train = manifest->train;
  network.taps = manifest->taps;
  network.seed = static_cast<uint64_t>(manifest->seed);
  if (options.precision != nullptr) {
    if (absl::Status status = ReadPrecision(options.precision, &network.precision); !status.ok()) {
      return status;
    }
  }
  settings.checks = ChecksOf(manifest->swap);
  settings.model.torch.inputs = manifest->inputs;
  settings.model.torch.outputs = manifest->outputs;

  runtime::ModelOptions& runtime = settings.runtime;
  runtime.name = manifest->name;
  runtime.source = std::filesystem::path(manifest->source_path).lexically_normal().string();
  runtime.wanted = IsModelFileName;
  if (!manifest->inputs.empty() && !manifest->outputs.empty()) {
    runtime.schema = models::ModelSchema{manifest->inputs, manifest->outputs};
  }
  runtime.allow_empty = (options.flags & GRAFT_MODEL_ALLOW_EMPTY) != 0;
  runtime.watch = manifest->swap.watch && (options.flags & GRAFT_MODEL_NO_WATCH) == 0;
  runtime.manual_commit = manifest->swap.commit == models::SwapPolicy::Commit::kManual ||
                          (options.flags & GRAFT_MODEL_MANUAL_COMMIT) != 0;
  runtime.keep = static_cast<uint32_t>(manifest->swap.keep);
  runtime.continuity = ContinuityOf(manifest->swap);
  runtime.trial = TrialOf(manifest->swap);
  runtime.max_slowdown = manifest->swap.max_slowdown;
  runtime.pace.stretch = manifest->swap.pace;
  runtime.max_rows = static_cast<uint32_t>(manifest->batch_max);
  runtime.deadline_ns = absl::ToInt64Nanoseconds(manifest->deadline);
  runtime.poll_ns = absl::ToInt64Nanoseconds(manifest->swap.poll);
  runtime.stable_ns = absl::ToInt64Nanoseconds(manifest->swap.stable);
  return settings;
}

absl::StatusOr<std::string> FileToLoad(const ModelSettings& settings) {
  const runtime::SourceListing listing =
      runtime::ListSource(settings.runtime.source, settings.runtime.wanted);
  if (!listing.files.empty()) return listing.files.front().path;
  if (!listing.problem.ok()) return listing.problem;
  return absl::NotFoundError(absl::StrCat(settings.runtime.source, ": no model file there"));
}

}  // namespace graft::plugin
