#include "models/torch/code_check.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

// Operators that read or write files or reach other processes. As words they are refused wherever
// they could name the operator: after a dot, or as a text that getattr() might be given.
constexpr absl::string_view kForbiddenNames[] = {"save",      "from_file", "load_tensor",
                                                 "rpc_async", "rpc_sync",  "rpc_remote"};

bool IsForbidden(absl::string_view word) {
  return std::find(std::begin(kForbiddenNames), std::end(kForbiddenNames), word) !=
         std::end(kForbiddenNames);
}

bool IsWordCharacter(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// Reads the text as LibTorch's lexer does (torch/csrc/jit/frontend/lexer.h), as far as brackets,
// strings, comments and line starts go.
class CodeScanner {
 public:
  CodeScanner(absl::string_view code, absl::string_view label, const CodeBounds& bounds)
      : code_(code), label_(label), bounds_(bounds), levels_(1), indents_(1, 0) {}

  absl::Status Scan() {
    while (position_ < code_.size() && status_.ok()) {
      if (at_line_start_) ReadIndentation();
      if (position_ < code_.size() && status_.ok()) ReadToken();
    }
    return status_;
  }

 private:
  void Fail(absl::string_view what) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(label_, " line ", line_, ": ", what));
  }

  void ReadIndentation() {
    at_line_start_ = false;
    int width = 0;
    while (position_ < code_.size() && (code_[position_] == ' ' || code_[position_] == '\t')) {
      ++position_;
      ++width;
    }
    if (position_ == code_.size() || code_[position_] == '\n' || code_[position_] == '#') return;
    while (indents_.back() > width) indents_.pop_back();
    if (indents_.back() < width) indents_.push_back(width);
    if (static_cast<int>(indents_.size()) - 1 > bounds_.max_indents) {
      Fail(absl::StrCat("blocks are nested more than ", bounds_.max_indents,
                        " deep, which no exporter writes: refused, because it can crash LibTorch"));
    }
  }

  void ReadToken() {
    const char c = code_[position_];
    if (c == '\\' && code_.substr(position_ + 1, 1) == "\n") {
      position_ += 2;  // the line goes on
      ++line_;
    } else if (c == '\n') {
      ++position_;
      ++line_;
      if (levels_.size() == 1) {
        levels_[0] = Level();
        at_line_start_ = true;
      }
    } else if (c == '#') {
      ReadComment();
    } else if (c == '\'' || c == '"') {
      ReadString(c);
    } else if (IsWordCharacter(c)) {
      ReadWord();
    } else {
      ++position_;
      if (c == '(' || c == '[' || c == '{') {
        CountOperator();
        Open();
      } else if (c == ')' || c == ']' || c == '}') {
        Close();
      } else if (c == ',' || c == ';') {
        levels_.back().EndPart();
      } else if (!absl::ascii_isspace(c)) {
        CountOperator();
      }
      if (!absl::ascii_isspace(c)) after_dot_ = c == '.';
    }
  }

  // One open bracket. Its parts are what commas divide; a part is at most as high as its operators,
  // each of which may hold all before it, on top of the highest bracket among them.
  struct Level {
    int operators = 0;
    int inner = 0;    // height of the highest bracket of this part
    int highest = 0;  // of the parts before

    int Height() const { return operators + inner; }
    void EndPart() {
      highest = std::max(highest, Height());
      operators = inner = 0;
    }
  };

  void Open() {
    levels_.emplace_back();
    if (static_cast<int>(levels_.size()) - 1 > bounds_.max_brackets) {
      Fail(absl::StrCat("brackets are nested more than ", bounds_.max_brackets,
                        " deep, which no exporter writes: refused, because it can crash LibTorch"));
    }
  }

  void Close() {
    if (levels_.size() == 1) return;
    levels_.back().EndPart();
    const int height = levels_.back().highest + 1;
    levels_.pop_back();
    levels_.back().inner = std::max(levels_.back().inner, height);
    CheckHeight();
  }

  void CountOperator() {
    ++levels_.back().operators;
    CheckHeight();
  }

  void CheckHeight() {
    if (levels_.back().Height() > bounds_.max_depth) {
      Fail(absl::StrCat("an expression is nested more than ", bounds_.max_depth,
                        " deep, which no exporter writes: refused, because it can crash LibTorch"));
    }
  }

  // Type comments are parsed by LibTorch: their brackets are bounded by themselves.
  void ReadComment() {
    int depth = 0;
    for (; position_ < code_.size() && code_[position_] != '\n'; ++position_) {
      const char c = code_[position_];
      if (c == '[' || c == '(') ++depth;
      if (c == ']' || c == ')') --depth;
      if (depth > bounds_.max_brackets) {
        Fail(absl::StrCat("brackets in a comment are nested more than ", bounds_.max_brackets,
                          " deep"));
        return;
      }
    }
  }

  void ReadString(char quote) {
    const bool triple =
        code_.substr(position_, 3) == absl::string_view(quote == '"' ? "\"\"\"" : "'''");
    const size_t start = position_ + (triple ? 3 : 1);
    size_t end = start;
    while (end < code_.size()) {
      if (code_[end] == '\\') {
        end += 2;
        continue;
      }
      if (code_[end] == '\n') {
        if (!triple) break;  // LibTorch calls this an error; so the text cannot go on as a string.
        ++line_;
      }
      if (code_[end] == quote &&
          (!triple || code_.substr(end, 3) == absl::string_view(quote == '"' ? "\"\"\"" : "'''"))) {
        break;
      }
      ++end;
    }
    end = std::min(end, code_.size());
    CheckName(code_.substr(start, end - start));
    position_ =
        std::min(code_.size(), end + (triple ? 3 : (end < code_.size() && code_[end] == quote)));
    after_dot_ = false;
  }

  void ReadWord() {
    const size_t start = position_;
    while (position_ < code_.size() && IsWordCharacter(code_[position_])) ++position_;
    const absl::string_view word = code_.substr(start, position_ - start);
    if (after_dot_) CheckName(word);
    after_dot_ = false;
    if (word == "not" || word == "if" || word == "else" || word == "and" || word == "or" ||
        word == "in" || word == "is" || word == "lambda") {
      CountOperator();
    }
    if (word == "elif" && ++elifs_ > bounds_.max_elifs) {
      Fail(absl::StrCat("more than ", bounds_.max_elifs,
                        " elif branches: refused, because they can "
                        "crash LibTorch"));
    }
  }

  void CheckName(absl::string_view name) {
    if (!IsForbidden(name)) return;
    Fail(absl::StrCat(
        "the code names '", name,
        "', which can reach files or other processes. Graft runs models that only "
        "compute: export the model again without it (an attribute of that name must be "
        "renamed)"));
  }

  const absl::string_view code_;
  const absl::string_view label_;
  const CodeBounds bounds_;
  size_t position_ = 0;
  int line_ = 1;
  bool at_line_start_ = true;
  bool after_dot_ = false;
  int elifs_ = 0;
  std::vector<Level> levels_;  // the text itself, and each open bracket
  std::vector<int> indents_;   // widths of the open blocks
  absl::Status status_;
};

}  // namespace

absl::Status CheckScriptCode(absl::string_view code, absl::string_view label,
                             const CodeBounds& bounds) {
  return CodeScanner(code, label, bounds).Scan();
}

}  // namespace graft::models
