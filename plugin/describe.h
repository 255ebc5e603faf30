// model_describe: everything about a model and its versions, as JSON. docs/abi.md names the keys.
#ifndef GRAFT_PLUGIN_DESCRIBE_H_
#define GRAFT_PLUGIN_DESCRIBE_H_

#include <string>

#include "runtime/model.h"

namespace graft::plugin {

std::string DescribeModel(runtime::Model& model);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_DESCRIBE_H_
