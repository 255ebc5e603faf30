#include "plugin/torch_loader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "models/file/file_bytes.h"
#include "models/file/probe.h"
#include "models/loading/load_model.h"
#include "plugin/file_digest.h"

namespace graft::plugin {
namespace {

class TorchExecutable final : public runtime::Executable {
 public:
  explicit TorchExecutable(std::unique_ptr<models::TorchModel> model) : model_(std::move(model)) {}

  const models::ModelSchema& schema() const override { return model_->schema(); }
  size_t weight_bytes() const override { return model_->weight_bytes(); }
  size_t shared_bytes() const override { return model_->shared_bytes(); }
  std::string device() const override { return model_->device(); }
  absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                   absl::Span<void* const> outputs) const override {
    return model_->Run(rows, inputs, outputs);
  }

 private:
  const std::unique_ptr<models::TorchModel> model_;
};

class TorchLoader final : public runtime::Loader {
 public:
  TorchLoader(models::SourceModelOptions options, FileChecks checks)
      : options_(std::move(options)), checks_(std::move(checks)) {
    options_.torch.pool = models::MakeTensorPool();
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
    models::SourceModelOptions options = options_;
    options.torch.cancelled = [&cancel] { return cancel.cancelled(); };
    absl::StatusOr<models::LoadedModel> loaded = models::LoadModel(path, options);
    if (!loaded.ok()) return loaded.status();
    if (loaded->prior != nullptr) options_.prior = std::move(loaded->prior);
    return std::make_unique<TorchExecutable>(std::move(loaded->model));
  }

  absl::StatusOr<std::string> Digest(const std::string& path,
                                     const runtime::CancelToken& cancel) override {
    return FileDigest(path, [&cancel] { return cancel.cancelled(); });
  }

  absl::Status Validate(const runtime::Executable& executable,
                        const runtime::CancelToken&) override {
    return checks_.golden ? CheckGolden(executable, *checks_.golden) : absl::OkStatus();
  }

 private:
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
};

}  // namespace

std::unique_ptr<runtime::Loader> MakeTorchLoader(models::SourceModelOptions options,
                                                 FileChecks checks) {
  return std::make_unique<TorchLoader>(std::move(options), std::move(checks));
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
