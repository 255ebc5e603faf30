// A file of given contents in the test's own directory, gone at the end.
#ifndef GRAFT_TESTS_MODELS_FILE_SCRATCH_FILE_H_
#define GRAFT_TESTS_MODELS_FILE_SCRATCH_FILE_H_

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace graft::models {

class ScratchFile {
 public:
  explicit ScratchFile(absl::string_view contents, absl::string_view ending = ".bin") {
    static std::atomic<int> count{0};
    path_ = absl::StrCat(testing::TempDir(), "graft-", getpid(), "-", count++, ending);
    Write(contents);
  }
  ~ScratchFile() { unlink(path_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::string& path() const { return path_; }

  // Overwrites in place (same inode), as a careless writer does.
  void Write(absl::string_view contents) const {
    std::ofstream out(path_, std::ios::binary | std::ios::trunc);
    out.write(contents.data(), static_cast<std::streamsize>(contents.size()));
    ASSERT_TRUE(out.good()) << path_;
  }

 private:
  std::string path_;
};

}  // namespace graft::models

#endif  // GRAFT_TESTS_MODELS_FILE_SCRATCH_FILE_H_
