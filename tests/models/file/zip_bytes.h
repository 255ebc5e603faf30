// Zip archives for tests, whole in memory.
#ifndef GRAFT_TESTS_MODELS_FILE_ZIP_BYTES_H_
#define GRAFT_TESTS_MODELS_FILE_ZIP_BYTES_H_

#include <string>
#include <utility>
#include <vector>

#include "models/file/byte_span.h"
#include "models/file/zip_writer.h"

namespace graft::models {

inline std::string ZipBytes(const std::vector<std::pair<std::string, std::string>>& records) {
  ZipWriter writer;
  for (const auto& [name, contents] : records) writer.Add(name, AsBytes(contents));
  std::string out;
  for (const ByteSpan piece : writer.Finish()) out.append(piece.begin(), piece.end());
  return out;
}

}  // namespace graft::models

#endif  // GRAFT_TESTS_MODELS_FILE_ZIP_BYTES_H_
