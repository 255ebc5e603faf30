// A JSON value as Python writes it, so that one evaluator reads both forms of an architecture.
//
//   PythonLiteral({{"bias", true}, {"name", "it's"}});   // {'bias': True, 'name': 'it\'s'}
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_MANIFEST_PYTHON_LITERAL_H_
#define GRAFT_MODELS_MANIFEST_PYTHON_LITERAL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

// @pre strings are UTF-8, which parsed JSON always is. Recurses as deep as `value` is nested.
std::string PythonLiteral(const nlohmann::json& value);

// Letters, digits and underscores, not beginning with a digit (ASCII only).
bool IsPythonIdentifier(absl::string_view text);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_PYTHON_LITERAL_H_
