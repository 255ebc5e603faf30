// The one exported symbol, and the table that it gives out.
#include "graft/graft.h"
#include "plugin/calls.h"

namespace {

const char* Version() { return GRAFT_VERSION " (LibTorch " GRAFT_LIBTORCH_VERSION ")"; }

constexpr graft_api kApi = {
    .struct_size = sizeof(graft_api),
    .abi_version = GRAFT_ABI_VERSION,
    .reserved = 0,
    .version = Version,
    .extension = graft::plugin::Extension,
    .error_code = graft::plugin::ErrorCode,
    .error_message = graft::plugin::ErrorMessage,
    .error_free = graft::plugin::ErrorFree,
    .text_free = graft::plugin::TextFree,
    .runtime_open = graft::plugin::RuntimeOpen,
    .runtime_close = graft::plugin::RuntimeClose,
    .model_open = graft::plugin::ModelOpen,
    .model_close = graft::plugin::ModelClose,
    .model_input = graft::plugin::ModelInput,
    .model_output = graft::plugin::ModelOutput,
    .model_load = graft::plugin::ModelLoad,
    .model_commit = graft::plugin::ModelCommit,
    .model_rollback = graft::plugin::ModelRollback,
    .model_pin = graft::plugin::ModelPin,
    .model_version = graft::plugin::ModelVersion,
    .model_describe = graft::plugin::ModelDescribe,
    .model_stats = graft::plugin::ModelStats,
    .group_open = graft::plugin::GroupOpen,
    .group_close = graft::plugin::GroupClose,
    .input = graft::plugin::Input,
    .submit = graft::plugin::Submit,
    .tick = graft::plugin::Tick,
    .latest = graft::plugin::Latest,
    .poll = graft::plugin::Poll,
    .wait = graft::plugin::Wait,
    .run = graft::plugin::Run,
    .models_commit = graft::plugin::ModelsCommit,
    .models_rollback = graft::plugin::ModelsRollback,
    .model_cancel = graft::plugin::ModelCancel,
    .agents_reset = graft::plugin::AgentsReset,
};

}  // namespace

graft_status graft_get_api(uint32_t abi_version, const graft_api** api) {
  if (api == nullptr) return GRAFT_INVALID_ARGUMENT;
  *api = abi_version == GRAFT_ABI_VERSION ? &kApi : nullptr;
  return *api == nullptr ? GRAFT_UNSUPPORTED : GRAFT_OK;
}
