#include "plugin/torch_loader.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "models/binding/binding_report.h"
#include "models/file/file_bytes.h"
#include "models/file/probe.h"
#include "models/loading/load_model.h"
#include "plugin/automatic_precision.h"
#include "plugin/file_digest.h"
#include "plugin/golden_check.h"
#include "runtime/clock.h"
#include "runtime/source_listing.h"

namespace graft::plugin {
namespace {

class TorchExecutable final : public runtime::Executable {
 public:
  TorchExecutable(models::LoadedModel loaded, models::DType precision)
      : model_(std::move(loaded.model)), prior_(std::move(loaded.prior)), precision_(precision) {
    AddFact("precision", std::string(models::DTypeName(precision)));
    if (!loaded.plan) return;
    AddFact("binding", models::BindingSummary(*loaded.plan));
    AddFact("kept_tensors", loaded.freeze.kept.tensors);
    AddFact("kept_bytes", loaded.freeze.kept.bytes);
    AddFact("live_tensors", loaded.freeze.live.tensors);
    AddFact("live_bytes", loaded.freeze.live.bytes);
  }

  const models::ModelSchema& schema() const override { return model_->schema(); }
  size_t weight_bytes() const override { return model_->weight_bytes(); }
  size_t shared_bytes() const override { return model_->shared_bytes(); }
  std::string device() const override { return model_->device(); }
  std::vector<Fact> facts() const override { return facts_; }
  bool RunsLike(const runtime::Executable& other) const override {
    const auto* torch = dynamic_cast<const TorchExecutable*>(&other);
    return torch != nullptr && model_->RunsLike(*torch->model_);
  }
  absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                   absl::Span<void* const> outputs) const override {
    return model_->Run(rows, inputs, outputs);
  }

  models::DType precision() const { return precision_; }
  // For the version after; null: it shares nothing.
  const std::shared_ptr<const models::PriorVersion>& prior() const { return prior_; }
  const std::shared_ptr<const models::KnownForward>& known() const { return model_->known(); }
  void AddFact(absl::string_view name, std::variant<uint64_t, std::string> value) {
    facts_.emplace_back(name, std::move(value));
  }

 private:
  const std::unique_ptr<models::TorchModel> model_;
  const std::shared_ptr<const models::PriorVersion> prior_;
  const models::DType precision_;
  std::vector<Fact> facts_;
};

class TorchLoader final : public runtime::Loader {
 public:
  TorchLoader(models::SourceModelOptions options, FileChecks checks, uint32_t max_rows)
      : options_(std::move(options)), checks_(std::move(checks)) {
    options_.torch.pool = models::MakeTensorPool();
    if (options_.network.precision.automatic) {
      automatic_.emplace(
          AutomaticPrecisionOptions{.max_rows = max_rows,
                                    .clock = &runtime::Clock::Real(),
                                    .tolerance = checks_.tolerance,
                                    .chosen_once = !options_.network.freeze.keep.empty()});
    }
  }

  absl::Status CheckComplete(const std::string& path) override {
    const auto file = models::MapFile(path);
    // Whatever is wrong here, Load says it better; only a file in motion is a reason to wait.
    if (absl::IsAborted(file.status())) return absl::UnavailableError(file.status().message());
    if (!file.ok()) return absl::OkStatus();
    const models::Completeness found = models::CompletenessOfFile((*file)->bytes());
    if (found.state != models::Completeness::State::kIncomplete) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(path, ": incomplete: ", found.reason));
  }

  absl::StatusOr<std::unique_ptr<runtime::Executable>> Load(
      const std::string& path, const runtime::CancelToken& cancel) override {
    if (absl::Status status = CheckSum(path, cancel); !status.ok()) return status;
    std::unique_ptr<TorchExecutable> executable;
    if (automatic_) {
      absl::StatusOr<AutomaticPrecision::Loaded> loaded = LoadAutomatic(path, cancel);
      if (!loaded.ok()) return loaded.status();
      executable.reset(static_cast<TorchExecutable*>(loaded->executable.release()));
      executable->AddFact("precision_choice", loaded->reason);
    } else {
      absl::StatusOr<std::unique_ptr<TorchExecutable>> loaded =
          LoadAs(path, options_.network.precision.base, nullptr, cancel);
      if (!loaded.ok()) return loaded.status();
      executable = *std::move(loaded);
    }
    if (executable->prior() != nullptr) options_.prior = executable->prior();
    options_.torch.known = executable->known();
    return executable;
  }

  // @pre the precision is automatic. The executable is a TorchExecutable.
  absl::StatusOr<AutomaticPrecision::Loaded> LoadAutomatic(const std::string& path,
                                                           const runtime::CancelToken& cancel) {
    const std::optional<runtime::SourceFile> before = runtime::FindFile(path);
    absl::StatusOr<AutomaticPrecision::Loaded> loaded = automatic_->Load(
        [&](models::DType precision, const models::ModelSchema* schema) {
          return LoadAs(path, precision, schema, cancel);
        },
        checks_.golden_path.empty()
            ? AutomaticPrecision::CheckAs()
            : [this](const runtime::Executable& executable,
                     models::DType precision) { return CheckAs(executable, precision); },
        cancel);
    const std::optional<runtime::SourceFile> after = runtime::FindFile(path);
    if (!before || !after || before->identity != after->identity) {
      automatic_->Forget();  // different files may have been compared
    }
    return loaded;
  }

  absl::StatusOr<std::string> Digest(const std::string& path,
                                     const runtime::CancelToken& cancel) override {
    return FileDigest(path, [&cancel] { return cancel.cancelled(); });
  }

  absl::Status Validate(const runtime::Executable& executable,
                        const runtime::CancelToken&) override {
    if (automatic_) return absl::OkStatus();  // checked while it was chosen
    return CheckAs(executable, options_.network.precision.base);
  }

 private:
  absl::Status CheckAs(const runtime::Executable& executable, models::DType precision) const {
    if (checks_.golden_path.empty()) return absl::OkStatus();
    return CheckGolden(
        executable,
        {checks_.golden_path, checks_.tolerance.value_or(models::DefaultTolerance(precision))});
  }

  absl::StatusOr<std::unique_ptr<TorchExecutable>> LoadAs(const std::string& path,
                                                          models::DType precision,
                                                          const models::ModelSchema* schema,
                                                          const runtime::CancelToken& cancel) {
    models::SourceModelOptions options = options_;
    options.torch.cancelled = [&cancel] { return cancel.cancelled(); };
    options.network.precision.base = precision;
    if (schema != nullptr) {
      options.torch.inputs = schema->inputs;
      options.torch.outputs = schema->outputs;
    }
    absl::StatusOr<models::LoadedModel> loaded = models::LoadModel(path, options);
    if (!loaded.ok()) return loaded.status();
    return std::make_unique<TorchExecutable>(*std::move(loaded), precision);
  }

  // The list may name the file only after the file has come: what it lacks today may be tried
  // again.
  absl::Status CheckSum(const std::string& path, const runtime::CancelToken& cancel) const {
    if (checks_.sha256.empty() && checks_.sha256_path.empty()) return absl::OkStatus();
    const absl::StatusOr<std::string> digest =
        FileDigest(path, [&cancel] { return cancel.cancelled(); });
    if (!digest.ok()) return digest.status();
    if (absl::c_linear_search(checks_.sha256, *digest)) return absl::OkStatus();
    if (!checks_.sha256_path.empty()) {
      const auto list = models::ReadWholeFile(checks_.sha256_path, {.max_bytes = kMaxSumsBytes});
      if (!list.ok()) return absl::UnavailableError(list.status().message());
      for (absl::string_view line : absl::StrSplit(models::AsText((*list)->bytes()), '\n')) {
        if (absl::StartsWithIgnoreCase(line, *digest)) return absl::OkStatus();
      }
    }
    return absl::PermissionDeniedError(
        absl::StrCat(path, ": its SHA-256 ", *digest, " is not among those of \"swap.sha256\""));
  }

  static constexpr uint64_t kMaxSumsBytes = 1 << 20;

  models::SourceModelOptions options_;
  const FileChecks checks_;
  std::optional<AutomaticPrecision> automatic_;  // "precision": "auto"
};

}  // namespace

std::unique_ptr<runtime::Loader> MakeTorchLoader(models::SourceModelOptions options,
                                                 FileChecks checks, uint32_t max_rows) {
  return std::make_unique<TorchLoader>(std::move(options), std::move(checks), max_rows);
}

absl::StatusOr<PrecisionFound> FindPrecision(const std::string& path,
                                             const models::SourceModelOptions& options,
                                             const FileChecks& checks, uint32_t max_rows) {
  if (!options.network.precision.automatic) {
    return PrecisionFound{options.network.precision.base, ""};
  }
  const runtime::CancelToken never;
  const absl::StatusOr<AutomaticPrecision::Loaded> loaded =
      TorchLoader(options, checks, max_rows).LoadAutomatic(path, never);
  if (!loaded.ok()) return loaded.status();
  return PrecisionFound{loaded->precision, loaded->reason};
}

bool IsModelFileName(absl::string_view name) {
  constexpr std::array<absl::string_view, 10> kEndings = {
      ".pt",  ".pth",         ".ckpt",        ".jit", ".ts",
      ".ptl", ".torchscript", ".safetensors", ".bin", ".zip"};
  return std::ranges::any_of(kEndings, [name](absl::string_view ending) {
    return absl::EndsWithIgnoreCase(name, ending);
  });
}

}  // namespace graft::plugin
