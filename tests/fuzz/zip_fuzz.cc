// Any bytes as a zip archive: every record is read and checked.
#include "models/file/zip_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::ZipArchive;
  using graft::models::ZipEntry;
  absl::StatusOr<ZipArchive> zip = ZipArchive::Open({data, size}, "fuzz");
  if (!zip.ok()) return 0;
  for (const ZipEntry& entry : zip->entries()) {
    zip->Stored(entry).status().IgnoreError();
    zip->Inflate(entry, 1 << 20).status().IgnoreError();
    zip->VerifyCrc(entry).IgnoreError();
  }
  return 0;
}
