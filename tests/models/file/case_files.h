// A collection of model files with what they hold, kept outside the repository.
//
// Found through the environment variable GRAFT_CASES, or in ../shared/cases beside the source tree.
// Tests that need it say "skipped: no cases" where it is absent.
#ifndef GRAFT_TESTS_MODELS_FILE_CASE_FILES_H_
#define GRAFT_TESTS_MODELS_FILE_CASE_FILES_H_

#include <climits>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_replace.h"
#include "nlohmann/json.hpp"

namespace graft::models {

// The directory of the collection, or "" when there is none.
inline std::string CasesDirectory() {
  auto usable = [](const std::string& directory) {
    return std::ifstream(directory + "/manifest.json").good();
  };
  if (const char* given = std::getenv("GRAFT_CASES")) return usable(given) ? given : "";
  // The test's data are links into the source tree.
  char resolved[PATH_MAX];
  if (realpath("tests/models/file/BUILD", resolved) == nullptr) return "";
  std::string root = resolved;
  for (int i = 0; i < 4; ++i) root.resize(root.rfind('/'));
  const std::string beside = root + "/../shared/cases";
  return usable(beside) ? beside : "";
}

inline std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Python writes NaN, Infinity and lone surrogates, which JSON does not have: they are replaced.
inline nlohmann::json ReadJson(const std::string& path) {
  const std::string text =
      absl::StrReplaceAll(ReadText(path), {{"-Infinity", "null"},
                                           {"Infinity", "null"},
                                           {"NaN", "null"},
                                           {"\"\\ud800\"", "\"lone surrogate\""}});
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace graft::models

#endif  // GRAFT_TESTS_MODELS_FILE_CASE_FILES_H_
