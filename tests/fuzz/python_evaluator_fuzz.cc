// Any bytes as a Python source: it is imported, each of its names is asked for, and main() is
// called, within small bounds.
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/interpreter.h"
#include "models/python/source_file.h"

namespace {

using graft::models::python::Evaluator;
using graft::models::python::ModuleLoader;
using graft::models::python::ModuleObject;
using graft::models::python::SourceFile;
using graft::models::python::SourceProvider;

class OneSource final : public SourceProvider {
 public:
  explicit OneSource(std::string text)
      : file_(std::make_shared<const SourceFile>("fuzz.py", std::move(text))) {}
  absl::StatusOr<std::optional<Source>> Find(absl::string_view module) override {
    if (module != "fuzz") return std::nullopt;
    return Source{.file = file_};
  }

 private:
  std::shared_ptr<const SourceFile> file_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  OneSource source(std::string(reinterpret_cast<const char*>(data), size));
  Evaluator evaluator({.sources = &source,
                       .limits = {.steps = 50'000 + static_cast<int64_t>(size),
                                  .depth = 40,
                                  .memory_bytes = 32u << 20,
                                  .stack_bytes = 2u << 20}});
  ModuleObject* module = nullptr;
  evaluator.Guard([&] { module = evaluator.ImportModule("fuzz"); }).IgnoreError();
  if (module == nullptr) return 0;
  for (const std::string& name : ModuleLoader::Names(*module)) {
    evaluator.Guard([&] { evaluator.Repr(evaluator.GetAttr(module, name)); }).IgnoreError();
  }
  evaluator.Guard([&] { evaluator.CallMethod(module, "main", {}); }).IgnoreError();
  return 0;
}
