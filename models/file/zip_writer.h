// Writing a zip archive as torch.save does: records stored, each beginning at a multiple of 64
// bytes, so that they can be used in place.
//
//   ZipWriter zip;
//   zip.Add("model/data.pkl", pickle);
//   zip.Add("model/data/0", weights);
//   absl::Status status = ReplaceFile("model.pt", zip.Finish());
//
// Alignment is by padding in the local header's extra field, id "FB"
// (caffe2/serialize/inline_container.cc). Records, offsets and counts beyond 32 or 16 bits take
// zip64 fields.
//
// Threads: one at a time. Ownership: contents stay the caller's and must outlive the spans of
// Finish; the headers in those spans are the writer's.
#ifndef GRAFT_MODELS_FILE_ZIP_WRITER_H_
#define GRAFT_MODELS_FILE_ZIP_WRITER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"

namespace graft::models {

class ZipWriter {
 public:
  static constexpr uint64_t kAlignment = 64;

  // @pre name.size() <= 65535
  void Add(absl::string_view name, ByteSpan contents);

  // The archive, piece by piece. Call once, last.
  std::vector<ByteSpan> Finish();

 private:
  void Append(std::string header);

  std::vector<ByteSpan> pieces_;
  std::deque<std::string> headers_;  // a deque: pieces_ point into its strings
  std::string directory_;
  uint64_t offset_ = 0;  // bytes so far
  uint64_t count_ = 0;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_ZIP_WRITER_H_
