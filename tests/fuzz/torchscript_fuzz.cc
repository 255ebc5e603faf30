// Any bytes as a TorchScript archive, whatever Probe would call them: read as data, and judged as
// it is before LibTorch may have it.
#include "models/file/probe.h"
#include "models/file/torchscript_archive.h"
#include "models/torch/archive_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::CheckScriptArchive;
  using graft::models::Probe;
  using graft::models::TorchScriptArchive;
  Probe({data, size});
  TorchScriptArchive::Open({data, size}, "fuzz").status().IgnoreError();
  CheckScriptArchive({data, size}, "fuzz", nullptr).IgnoreError();
  return 0;
}
