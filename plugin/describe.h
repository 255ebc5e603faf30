// model_describe: everything about a model and its versions, as JSON. docs/abi.md names the keys.
//
// Threads: any.
#ifndef GRAFT_PLUGIN_DESCRIBE_H_
#define GRAFT_PLUGIN_DESCRIBE_H_

#include <string>
#include <vector>

#include "models/tensor/tensor_spec.h"
#include "nlohmann/json_fwd.hpp"
#include "runtime/executable.h"
#include "runtime/model.h"

namespace graft::plugin {

std::string DescribeModel(runtime::Model& model);

// [{"name", "dtype", "shape": ["agents", 48]}]
nlohmann::ordered_json TensorsJson(const std::vector<models::TensorSpec>& specs);
// Adds {"precision": "float16"} ...
void AddFacts(const std::vector<runtime::Executable::Fact>& facts, nlohmann::ordered_json* json);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_DESCRIBE_H_
