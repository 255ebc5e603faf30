// graft_dtype and models::DType, both ways.
#ifndef GRAFT_PLUGIN_DTYPE_H_
#define GRAFT_PLUGIN_DTYPE_H_

#include <optional>

#include "graft/graft.h"
#include "models/tensor/dtype.h"

namespace graft::plugin {

// 0 for a kind that hosts cannot read or write.
graft_dtype ToAbi(models::DType dtype);
std::optional<models::DType> FromAbi(graft_dtype dtype);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_DTYPE_H_
