#include "models/manifest/python_literal.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;

std::string PythonString(absl::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      literal.push_back('\\');
      literal.push_back(c);
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppend(&literal, absl::StrFormat("\\x%02x", static_cast<unsigned char>(c)));
    } else {
      literal.push_back(c);
    }
  }
  literal.push_back('\'');
  return literal;
}

}  // namespace

std::string PythonLiteral(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case json::value_t::string:
      return PythonString(value.get<std::string>());
    case json::value_t::array:
      return absl::StrCat("[",
                          absl::StrJoin(value, ", ",
                                        [](std::string* out, const json& element) {
                                          out->append(PythonLiteral(element));
                                        }),
                          "]");
    case json::value_t::object: {
      std::string literal = "{";
      for (const auto& [key, element] : value.items()) {
        absl::StrAppend(&literal, literal.size() > 1 ? ", " : "", PythonString(key), ": ",
                        PythonLiteral(element));
      }
      return absl::StrCat(literal, "}");
    }
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
      return value.dump();
    default:
      return "None";
  }
}

bool IsPythonIdentifier(absl::string_view text) {
  return !text.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c == '_' || absl::ascii_isalnum(static_cast<unsigned char>(c));
         });
}

}  // namespace graft::models
