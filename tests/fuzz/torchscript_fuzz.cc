// Any bytes as a TorchScript archive, whatever Probe would call them.
#include "models/file/probe.h"
#include "models/file/torchscript_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace graft::models;
  Probe({data, size});
  TorchScriptArchive::Open({data, size}, "fuzz").status().IgnoreError();
  return 0;
}
