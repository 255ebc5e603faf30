// The frame side of the table: nothing here blocks, allocates, throws or logs, except what wait()
// and run() say of themselves.
#include "plugin/abi_struct.h"
#include "plugin/calls.h"
#include "plugin/dtype.h"
#include "plugin/objects.h"

namespace graft::plugin {
namespace {

using runtime::AgentGroup;
using runtime::Block;

graft_status StatusOf(AgentGroup::Answer answer) noexcept {
  switch (answer) {
    case AgentGroup::Answer::kOk:
      return GRAFT_OK;
    case AgentGroup::Answer::kPending:
      return GRAFT_PENDING;
    case AgentGroup::Answer::kBusy:
      return GRAFT_BUSY;
    case AgentGroup::Answer::kNoVersion:
      return GRAFT_NO_VERSION;
    case AgentGroup::Answer::kLate:
      return GRAFT_LATE;
    case AgentGroup::Answer::kFailed:
      return GRAFT_FAILED;
    case AgentGroup::Answer::kTimeout:
      return GRAFT_TIMEOUT;
    case AgentGroup::Answer::kSuperseded:
      return GRAFT_SUPERSEDED;
    case AgentGroup::Answer::kOutOfOrder:
      return GRAFT_OUT_OF_ORDER;
    case AgentGroup::Answer::kInvalidArgument:
      return GRAFT_INVALID_ARGUMENT;
    case AgentGroup::Answer::kClosing:
      return GRAFT_STALE_HANDLE;
  }
  return GRAFT_INTERNAL;
}

// Runs call(open group) with the group for itself alone.
template <typename Call>
graft_status WithGroup(graft_group group, const Call& call) noexcept {
  const HandleTable<OpenGroup>::Use use = Groups().TakeAlone(group.id);
  if (!use) return use.in_use() ? GRAFT_WRONG_THREAD : GRAFT_STALE_HANDLE;
  return call(*use);
}

}  // namespace

graft_status Input(graft_group group, uint32_t index, graft_block* out) noexcept {
  return WithGroup(group, [&](OpenGroup& open) -> graft_status {
    const runtime::Batcher& batcher = open.group->batcher();
    if (index >= batcher.host_inputs().size()) return GRAFT_INVALID_ARGUMENT;
    const size_t tensor = batcher.host_inputs()[index];
    const models::TensorSpec& spec = batcher.schema().inputs[tensor];
    graft_block view{};
    if (!WriteStruct(view, out)) return GRAFT_INVALID_ARGUMENT;
    const Block* block = open.group->Input();
    if (block == nullptr) return GRAFT_BUSY;
    view.data = block->inputs[tensor];
    view.row_bytes = spec.RowBytes();
    view.capacity = open.group->capacity();
    view.dtype = ToAbi(spec.dtype);
    WriteStruct(view, out);
    return GRAFT_OK;
  });
}

graft_status Submit(graft_group group, uint32_t agents, uint32_t flags, uint64_t* ticket) noexcept {
  return WithGroup(group, [&](OpenGroup& open) -> graft_status {
    if ((flags & ~uint32_t{GRAFT_SUBMIT_NOW}) != 0) return GRAFT_INVALID_ARGUMENT;
    return StatusOf(open.group->Submit(agents, (flags & GRAFT_SUBMIT_NOW) != 0,
                                       open.runtime->last_tick(), ticket));
  });
}

graft_status Tick(graft_runtime runtime, graft_tick_info* out) noexcept {
  const HandleTable<OpenRuntime>::Use use = Runtimes().Share(runtime.id);
  if (!use) return GRAFT_STALE_HANDLE;
  runtime::TickInfo info;
  if (!use->runtime->Tick(&info)) return GRAFT_WRONG_THREAD;
  if (out == nullptr) return GRAFT_OK;
  graft_tick_info view{};
  view.tick = info.tick;
  view.batches = info.batches;
  view.rows = info.rows;
  view.swaps = info.swaps;
  return WriteStruct(view, out) ? GRAFT_OK : GRAFT_INVALID_ARGUMENT;
}

graft_status Latest(graft_group group, uint32_t index, graft_result* out) noexcept {
  return WithGroup(group, [&](OpenGroup& open) -> graft_status {
    const runtime::Batcher& batcher = open.group->batcher();
    if (index >= batcher.host_outputs().size()) return GRAFT_INVALID_ARGUMENT;
    const size_t tensor = batcher.host_outputs()[index];
    const models::TensorSpec& spec = batcher.schema().outputs[tensor];
    graft_result view{};
    if (!WriteStruct(view, out)) return GRAFT_INVALID_ARGUMENT;
    const Block* block = open.group->Latest();
    if (block == nullptr) return GRAFT_NO_RESULT;
    view.data = block->outputs[tensor];
    view.row_bytes = spec.RowBytes();
    view.agents = block->agents;
    view.dtype = ToAbi(spec.dtype);
    view.ticket = block->ticket;
    view.version = block->version;
    view.tick = block->tick;
    view.age_ns = open.group->batcher().clock().NowNs() - block->submit_ns;
    view.fading_version = block->fading_version;
    view.share = block->share;
    view.trial_version = block->trial_version;
    view.trial_agents = block->trial_agents;
    WriteStruct(view, out);
    return GRAFT_OK;
  });
}

graft_status AgentsReset(graft_group group, uint32_t first, uint32_t count) noexcept {
  return WithGroup(
      group, [&](OpenGroup& open) { return StatusOf(open.group->ResetAgents(first, count)); });
}

graft_status Poll(graft_group group, uint64_t ticket) noexcept {
  return WithGroup(group, [&](OpenGroup& open) { return StatusOf(open.group->Poll(ticket)); });
}

graft_status Wait(graft_group group, uint64_t ticket, int64_t timeout_ns) noexcept {
  return WithGroup(group,
                   [&](OpenGroup& open) { return StatusOf(open.group->Wait(ticket, timeout_ns)); });
}

graft_status Run(graft_group group, uint32_t agents) noexcept {
  return WithGroup(group, [&](OpenGroup& open) {
    return StatusOf(open.group->Run(agents, open.runtime->last_tick()));
  });
}

graft_status ModelStats(graft_model model, graft_model_stats* out) noexcept {
  const HandleTable<OpenModel>::Use use = Models().Share(model.id);
  if (!use) return GRAFT_STALE_HANDLE;
  runtime::VersionSet& versions = use->model->versions();
  const runtime::BatchCounters& counters = use->model->batcher().counters();
  graft_model_stats view{};
  view.serving_version = versions.serving_number();
  view.versions_served = versions.publications();
  view.versions_rejected = versions.rejections();
  view.batches = counters.batches.load(std::memory_order_relaxed);
  view.rows = counters.rows.load(std::memory_order_relaxed);
  view.late_rows = counters.late_rows.load(std::memory_order_relaxed);
  view.failed_rows = counters.failed_rows.load(std::memory_order_relaxed);
  view.busy = counters.busy.load(std::memory_order_relaxed);
  view.last_batch_ns = counters.last_batch_ns.load(std::memory_order_relaxed);
  return WriteStruct(view, out) ? GRAFT_OK : GRAFT_INVALID_ARGUMENT;
}

}  // namespace graft::plugin
