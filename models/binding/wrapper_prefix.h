// The names that PyTorch's own wrappers put into the keys of a model that was trained in them.
//
//   LeadingWrappers("module._orig_mod.fc.weight");          // "module._orig_mod."
//   WithoutWrappers("layer1._orig_mod.conv.weight");        // "layer1.conv.weight"
//
// DataParallel and DistributedDataParallel write "module.", torch.compile "_orig_mod.", FSDP
// "_fsdp_wrapped_module.", activation checkpointing "_checkpoint_wrapped_module.", an averaged
// model "module." and a counter "n_averaged" beside it.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_BINDING_WRAPPER_PREFIX_H_
#define GRAFT_MODELS_BINDING_WRAPPER_PREFIX_H_

#include <string>

#include "absl/strings/string_view.h"

namespace graft::models {

// The longest run of wrappers' levels at the beginning, with its last dot; a view of `key`.
absl::string_view LeadingWrappers(absl::string_view key);

// `key` without wrappers: leading ones, and those within that no person would name a layer. The
// last level always stays.
std::string WithoutWrappers(absl::string_view key);

// Likewise, and without "module" anywhere: a DataParallel around a part of the model.
std::string WithoutWrappersOfParts(absl::string_view key);

// The counter of torch.optim.swa_utils.AveragedModel.
bool IsAveragingCounter(absl::string_view key);

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_WRAPPER_PREFIX_H_
