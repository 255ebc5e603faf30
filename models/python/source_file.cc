#include "models/python/source_file.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/python/utf8.h"

namespace graft::models::python {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Characters of a line that Underline shows at most, and of those the ones before the range.
constexpr size_t kShownWidth = 96;
constexpr size_t kShownBefore = 40;

// "\r\n" and "\r" become "\n".
std::string UnixLines(std::string text) {
  size_t out = text.find('\r');
  if (out == std::string::npos) return text;
  for (size_t in = out; in < text.size(); ++in) {
    if (text[in] != '\r') {
      text[out++] = text[in];
      continue;
    }
    text[out++] = '\n';
    if (in + 1 < text.size() && text[in + 1] == '\n') ++in;
  }
  text.resize(out);
  return text;
}

// Would change what a terminal shows elsewhere: control characters, and those that turn the
// direction of writing.
bool IsUnsafe(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

struct ShownLine {
  std::string text;
  size_t caret = 0;       // characters before the range
  size_t caret_size = 0;  // characters of the range
};

// Characters of `line` from byte `begin` on, and where [mark, mark_end) lies in them.
ShownLine Show(absl::string_view line, size_t begin, size_t mark, size_t mark_end) {
  ShownLine shown;
  size_t count = 0;
  for (size_t position = begin; position < line.size() && count < kShownWidth; ++count) {
    if (position < mark) ++shown.caret;
    if (position >= mark && position < mark_end) ++shown.caret_size;
    const std::optional<Utf8Character> c = DecodeUtf8(line, position);
    const size_t size = c ? c->size : 1;
    if (line[position] == '\t') {
      shown.text.push_back(' ');
    } else if (!c || IsUnsafe(c->code_point)) {
      shown.text.push_back('?');
    } else {
      absl::StrAppend(&shown.text, line.substr(position, size));
    }
    position += size;
    if (count + 1 == kShownWidth && position < line.size()) shown.text += "...";
  }
  return shown;
}

// The byte `characters` before `position`, not before `first`.
size_t StepBack(absl::string_view line, size_t position, size_t first, size_t characters) {
  while (characters > 0 && position > first) {
    --position;
    if ((static_cast<uint8_t>(line[position]) & 0xC0) != 0x80) --characters;
  }
  return position;
}

}  // namespace

SourceFile::SourceFile(std::string name, std::string text) : name_(std::move(name)) {
  if (absl::StartsWith(text, kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  text_ = UnixLines(std::move(text));
  line_starts_.push_back(0);
  for (size_t i = text_.find('\n'); i != std::string::npos; i = text_.find('\n', i + 1)) {
    line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

absl::string_view SourceFile::Line(int32_t line) const {
  if (line < 1 || static_cast<size_t>(line) > line_starts_.size()) return "";
  const size_t begin = line_starts_[line - 1];
  const size_t end =
      static_cast<size_t>(line) < line_starts_.size() ? line_starts_[line] - 1 : text_.size();
  return text().substr(begin, end - begin);
}

SourceRange SourceFile::RangeOf(size_t begin, size_t end) const {
  const auto place = [this](size_t offset, int32_t* line, int32_t* column) {
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    *line = static_cast<int32_t>(after - line_starts_.begin());
    *column = static_cast<int32_t>(offset - *(after - 1));
  };
  SourceRange range;
  place(begin, &range.line, &range.column);
  place(end, &range.end_line, &range.end_column);
  return range;
}

std::string SourceFile::Place(const SourceRange& range) const {
  if (range.line < 1) return name_;
  return absl::StrCat(name_, ":", range.line, ":", range.column + 1);
}

std::string SourceFile::Underline(const SourceRange& range) const {
  const absl::string_view line = Line(range.line);
  if (line.empty()) return "";
  const size_t mark = std::min(line.size(), static_cast<size_t>(std::max(range.column, 0)));
  size_t mark_end = line.size();
  if (range.end_line == range.line) {
    mark_end = std::clamp(static_cast<size_t>(std::max(range.end_column, 0)), mark, line.size());
  }
  const size_t text_begin = std::min(line.find_first_not_of(" \t\f"), line.size());
  size_t begin = std::min(text_begin, mark);
  // A long line starts shortly before the range.
  const size_t cut = StepBack(line, mark, begin, kShownBefore);
  const bool is_cut = line.size() - begin > kShownWidth && cut > begin;
  if (is_cut) begin = cut;
  const ShownLine shown = Show(line, begin, mark, mark_end);
  const absl::string_view margin = is_cut ? " ..." : "    ";
  return absl::StrCat(margin, shown.text, "\n    ", std::string(shown.caret, ' '),
                      std::string(std::max<size_t>(shown.caret_size, 1), '^'));
}

}  // namespace graft::models::python
