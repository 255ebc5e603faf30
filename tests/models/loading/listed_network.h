// Python source of a network that a case lists: its modules as PyTorch prints them, and the
// operations of its forward in order.
//
//   std::string source = ListedNetworkSource(arch, {{"class_token", {1, 1, 32}}});
//   // class Net(nn.Module): ...
#ifndef GRAFT_TESTS_MODELS_LOADING_LISTED_NETWORK_H_
#define GRAFT_TESTS_MODELS_LOADING_LISTED_NETWORK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace graft::models {

// `shapes`: of the file's weights, for parameters that forward reads itself.
std::string ListedNetworkSource(const nlohmann::json& arch,
                                const std::map<std::string, std::vector<int64_t>>& shapes);

}  // namespace graft::models

#endif  // GRAFT_TESTS_MODELS_LOADING_LISTED_NETWORK_H_
