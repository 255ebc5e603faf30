// The functions behind graft_api, one to one; graft.h says what each does.
#ifndef GRAFT_PLUGIN_CALLS_H_
#define GRAFT_PLUGIN_CALLS_H_

#include "graft/graft.h"

namespace graft::plugin {

// control_calls.cc
graft_status ErrorCode(const graft_error* error);
const char* ErrorMessage(const graft_error* error);
void ErrorFree(graft_error* error);
void TextFree(graft_text text);
graft_error* RuntimeOpen(const graft_host* host, const graft_runtime_options* options,
                         graft_runtime* out);
graft_error* RuntimeClose(graft_runtime runtime);
graft_error* ModelOpen(graft_runtime runtime, const graft_model_options* options, graft_model* out);
graft_error* ModelClose(graft_model model);
graft_error* ModelInput(graft_model model, uint32_t index, graft_tensor_spec* out);
graft_error* ModelOutput(graft_model model, uint32_t index, graft_tensor_spec* out);
graft_error* ModelLoad(graft_model model, const char* path, int64_t timeout_ns, uint64_t* version);
graft_error* ModelCommit(graft_model model);
graft_error* ModelRollback(graft_model model);
graft_error* ModelsCommit(const graft_model* models, uint32_t count);
graft_error* ModelsRollback(const graft_model* models, uint32_t count);
graft_error* ModelCancel(graft_model model);
graft_error* ModelPin(graft_model model, int32_t pinned);
graft_error* ModelVersion(graft_model model, uint64_t version, graft_version_info* out);
graft_error* ModelDescribe(graft_model model, graft_text* out);
graft_error* GroupOpen(graft_model model, const graft_group_options* options, graft_group* out);
graft_error* GroupClose(graft_group group);

// frame_calls.cc
graft_status Input(graft_group group, uint32_t index, graft_block* out) noexcept;
graft_status Submit(graft_group group, uint32_t agents, uint32_t flags, uint64_t* ticket) noexcept;
graft_status Tick(graft_runtime runtime, graft_tick_info* out) noexcept;
graft_status Latest(graft_group group, uint32_t index, graft_result* out) noexcept;
graft_status AgentsReset(graft_group group, uint32_t first, uint32_t count) noexcept;
graft_status Poll(graft_group group, uint64_t ticket) noexcept;
graft_status Wait(graft_group group, uint64_t ticket, int64_t timeout_ns) noexcept;
graft_status Run(graft_group group, uint32_t agents) noexcept;
graft_status ModelStats(graft_model model, graft_model_stats* out) noexcept;

// tools_extension.cc
const void* Extension(const char* id);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_CALLS_H_
