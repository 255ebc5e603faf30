#include "models/tensor/tensor_spec.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace graft::models {
namespace {

std::string SpecsString(const std::vector<TensorSpec>& specs) {
  return absl::StrCat("(",
                      absl::StrJoin(specs, ", ",
                                    [](std::string* out, const TensorSpec& spec) {
                                      absl::StrAppend(out, spec.DebugString());
                                    }),
                      ")");
}

}  // namespace

std::string TensorSpec::DebugString() const {
  return absl::StrCat(name, ": ", DTypeName(dtype), " [",
                      absl::StrJoin(shape, ", ",
                                    [](std::string* out, int64_t dim) {
                                      if (dim == kAgents) {
                                        out->append("agents");
                                      } else {
                                        absl::StrAppend(out, dim);
                                      }
                                    }),
                      "]");
}

std::string ModelSchema::DebugString() const {
  return absl::StrCat(SpecsString(inputs), " -> ", SpecsString(outputs));
}

}  // namespace graft::models
