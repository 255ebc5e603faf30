// Any bytes as a TorchScript archive, whatever Probe would call them.
#include "models/file/probe.h"
#include "models/file/torchscript_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::Probe;
  using graft::models::TorchScriptArchive;
  Probe({data, size});
  TorchScriptArchive::Open({data, size}, "fuzz").status().IgnoreError();
  return 0;
}
