// Any bytes after the marks of a legacy file of torch.save: the object, the keys, the data.
#include <string>

#include "models/file/model_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::AsBytes;
  using graft::models::ModelFile;
  // Magic number, protocol 1001, {"little_endian": True}.
  std::string file(
      "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03."
      "\x80\x02}U\x0dlittle_endian\x88s.",
      41);
  file.append(reinterpret_cast<const char*>(data), size);
  absl::StatusOr<ModelFile> opened = ModelFile::OpenBytes(AsBytes(file), "fuzz");
  if (opened.ok()) opened->Tree({.hash = true, .max_entries = 2000}).status().IgnoreError();
  return 0;
}
