// Modules from memory, for tests of the evaluator.
//
//   MemorySources sources;
//   sources.Add("net", "class Net: ...");           // net.py
//   sources.AddPackage("pkg", "from .a import A");  // pkg/__init__.py
//   Evaluator evaluator({.sources = &sources});
//
// Threads: one at a time.
#ifndef GRAFT_TESTS_MODELS_PYTHON_MEMORY_SOURCES_H_
#define GRAFT_TESTS_MODELS_PYTHON_MEMORY_SOURCES_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/source_file.h"

namespace graft::models::python {

class MemorySources final : public SourceProvider {
 public:
  void Add(absl::string_view module, std::string text) { Put(module, ".py", std::move(text)); }
  void AddPackage(absl::string_view module, std::string text) {
    Put(module, "/__init__.py", std::move(text));
    sources_[module].is_package = true;
  }
  // Errors point past it.
  void AddLibrary(absl::string_view module, std::string text) {
    Put(module, ".py", std::move(text));
    sources_[module].is_library = true;
  }

  absl::StatusOr<std::optional<Source>> Find(absl::string_view module) override {
    ++asked_;
    const auto found = sources_.find(module);
    if (found == sources_.end()) return std::nullopt;
    return found->second;
  }

  int asked() const { return asked_; }

 private:
  void Put(absl::string_view module, absl::string_view end, std::string text) {
    const std::string name = absl::StrCat(absl::StrReplaceAll(module, {{".", "/"}}), end);
    sources_[module].file = std::make_shared<const SourceFile>(name, std::move(text));
  }

  absl::flat_hash_map<std::string, Source> sources_;
  int asked_ = 0;
};

}  // namespace graft::models::python

#endif  // GRAFT_TESTS_MODELS_PYTHON_MEMORY_SOURCES_H_
