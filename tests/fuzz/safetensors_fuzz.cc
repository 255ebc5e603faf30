// Any bytes as a safetensors file: every byte of every tensor is touched.
#include "models/file/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::SafetensorsFile;
  using graft::models::SafetensorsTensor;
  absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open({data, size}, "fuzz");
  if (!file.ok()) return 0;
  uint64_t covered = 0;
  volatile uint8_t sink = 0;
  for (const SafetensorsTensor& tensor : file->tensors()) {
    for (const uint8_t byte : tensor.bytes) sink = sink ^ byte;
    covered += tensor.bytes.size();
  }
  if (covered > size) __builtin_trap();
  return 0;
}
