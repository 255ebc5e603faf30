// A Python source text with its name, and places in it: what errors point at.
//
//   SourceFile file("net.py", text);
//   file.Underline({.line = 12, .column = 18, .end_line = 12, .end_column = 27});
//   //     self.fc = nn.Linear(512, n)
//   //               ^^^^^^^^^
//
// Threads: immutable; any thread.
#ifndef GRAFT_MODELS_PYTHON_SOURCE_FILE_H_
#define GRAFT_MODELS_PYTHON_SOURCE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace graft::models::python {

// Lines count from 1; columns are bytes from 0. The end is one past the last byte.
struct SourceRange {
  int32_t line = 0;  // 0: nowhere
  int32_t column = 0;
  int32_t end_line = 0;
  int32_t end_column = 0;
};

class SourceFile {
 public:
  // `name` is what errors call the file: the path as the user wrote it.
  SourceFile(std::string name, std::string text);

  const std::string& name() const { return name_; }
  // As Python reads it: without a byte order mark, and every line break is "\n".
  absl::string_view text() const { return text_; }

  // Without its line break; "" beyond the end.
  absl::string_view Line(int32_t line) const;

  // The range of the bytes [begin, end) of text().
  SourceRange RangeOf(size_t begin, size_t end) const;

  // "net.py:12:9" (columns shown from 1); only the name for a range that is nowhere.
  std::string Place(const SourceRange& range) const;

  // The first line of `range` (its own indentation replaced by four blanks, long lines cut around
  // the range), and below it carets under the range; no line break at the end; "" where the line is
  // empty or there is none. Control characters are replaced: the text may be hostile to a terminal.
  std::string Underline(const SourceRange& range) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<uint32_t> line_starts_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SOURCE_FILE_H_
