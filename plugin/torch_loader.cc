#include "plugin/torch_loader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/file_bytes.h"
#include "models/file/probe.h"
#include "plugin/file_digest.h"

namespace graft::plugin {
namespace {

class TorchExecutable final : public runtime::Executable {
 public:
  explicit TorchExecutable(std::unique_ptr<models::TorchModel> model) : model_(std::move(model)) {}

  const models::ModelSchema& schema() const override { return model_->schema(); }
  size_t weight_bytes() const override { return model_->weight_bytes(); }
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
  explicit TorchLoader(models::TorchLoadOptions options) : options_(std::move(options)) {}

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
    models::TorchLoadOptions options = options_;
    options.cancelled = [&cancel] { return cancel.cancelled(); };
    auto model = models::TorchModel::LoadTorchScript(path, options);
    if (!model.ok()) return model.status();
    return std::make_unique<TorchExecutable>(*std::move(model));
  }

  absl::StatusOr<std::string> Digest(const std::string& path,
                                     const runtime::CancelToken& cancel) override {
    return FileDigest(path, [&cancel] { return cancel.cancelled(); });
  }

  absl::Status Validate(const runtime::Executable&, const runtime::CancelToken&) override {
    return absl::OkStatus();
  }

 private:
  const models::TorchLoadOptions options_;
};

}  // namespace

std::unique_ptr<runtime::Loader> MakeTorchLoader(models::TorchLoadOptions options) {
  return std::make_unique<TorchLoader>(std::move(options));
}

bool IsModelFileName(absl::string_view name) {
  constexpr std::array<absl::string_view, 6> kEndings = {".pt", ".pth", ".jit",
                                                         ".ts", ".ptl", ".torchscript"};
  return std::ranges::any_of(kEndings, [name](absl::string_view ending) {
    return absl::EndsWithIgnoreCase(name, ending);
  });
}

}  // namespace graft::plugin
