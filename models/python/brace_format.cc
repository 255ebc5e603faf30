// "{}: {x!r:>8}".format(...)
#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/objects.h"
#include "models/python/text_format.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {
namespace {

// Fields within a field's specification may not hold fields again.
constexpr int kMostLevels = 2;

class BraceFormatter {
 public:
  using NameLookup = std::function<Value(absl::string_view name)>;

  BraceFormatter(Evaluator& ev, const std::vector<Value>& args, NameLookup names)
      : ev_(ev), args_(args), names_(std::move(names)) {}

  std::string Run(absl::string_view format, int level = 0) {
    if (level >= kMostLevels) {
      ev_.Raise(ErrorKind::kValueError, "Max string recursion exceeded");
    }
    std::string text;
    while (!format.empty()) {
      const size_t brace = format.find_first_of("{}");
      Append(text, format.substr(0, brace));
      if (brace == absl::string_view::npos) break;
      format.remove_prefix(brace);
      if (format.size() > 1 && format[1] == format[0]) {
        Append(text, format.substr(0, 1));
        format.remove_prefix(2);
        continue;
      }
      if (format[0] == '}') {
        ev_.Raise(ErrorKind::kValueError, "Single '}' encountered in format string");
      }
      const size_t end = FieldEnd(format);
      Append(text, Field(format.substr(1, end - 1), level));
      format.remove_prefix(end + 1);
    }
    return text;
  }

 private:
  void Append(std::string& text, absl::string_view part) {
    ev_.Step();
    ev_.heap().Charge(ev_, part.size());
    absl::StrAppend(&text, part);
  }

  // The brace that closes the one at the start.
  size_t FieldEnd(absl::string_view format) {
    int depth = 0;
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '{') ++depth;
      if (format[i] == '}' && --depth == 0) return i;
    }
    ev_.Raise(ErrorKind::kValueError, format.size() == 1 ? "Single '{' encountered in format string"
                                                         : "expected '}' before end of string");
  }

  // name!conversion:spec
  std::string Field(absl::string_view field, int level) {
    // Within [] both characters are part of the key.
    size_t name_end = 0;
    for (bool in_key = false; name_end < field.size(); ++name_end) {
      const char c = field[name_end];
      if (c == '[') in_key = true;
      if (c == ']') in_key = false;
      if (!in_key && (c == '!' || c == ':')) break;
    }
    Value value = Lookup(field.substr(0, name_end));
    field.remove_prefix(name_end);
    if (!field.empty() && field[0] == '!') {
      if (field.size() < 2 || (field.size() > 2 && field[2] != ':')) {
        ev_.Raise(ErrorKind::kValueError, "expected ':' after conversion specifier");
      }
      value = Convert(field[1], value);
      field.remove_prefix(2);
    }
    if (!field.empty()) field.remove_prefix(1);
    const bool nested = field.find('{') != absl::string_view::npos;
    return ev_.Format(value, nested ? Run(field, level + 1) : std::string(field));
  }

  Value Convert(char conversion, Value value) {
    switch (conversion) {
      case 's':
        return ev_.Str(ev_.ToStr(value));
      case 'r':
        return ev_.Str(ev_.Repr(value));
      case 'a':
        return ev_.Str(EscapeNonAscii(ev_.Repr(value)));
      default:
        ev_.Raise(ErrorKind::kValueError,
                  absl::StrCat("Unknown conversion specifier ", std::string(1, conversion)));
    }
  }

  // 0, name, "": then .attribute and [key], as often as they are.
  Value Lookup(absl::string_view name) {
    const size_t end = std::min(name.find_first_of(".["), name.size());
    Value value = First(name.substr(0, end));
    name.remove_prefix(end);
    while (!name.empty()) {
      ev_.Step();
      if (name[0] == '.') {
        const size_t stop = std::min(name.find_first_of(".[", 1), name.size());
        value = ev_.GetAttr(value, name.substr(1, stop - 1));
        name.remove_prefix(stop);
        continue;
      }
      const size_t close = name.find(']');
      if (name[0] != '[' || close == absl::string_view::npos) {
        ev_.Raise(ErrorKind::kValueError, "Missing ']' in format string");
      }
      const absl::string_view key = name.substr(1, close - 1);
      int64_t index = 0;
      value = ev_.GetItem(value,
                          absl::SimpleAtoi(key, &index) ? Value::Int(index) : Value(ev_.Str(key)));
      name.remove_prefix(close + 1);
    }
    return value;
  }

  Value First(absl::string_view name) {
    int64_t index = 0;
    const bool automatic = name.empty();
    if (!automatic && !absl::ascii_isdigit(name[0])) return names_(name);
    if (automatic ? numbered_ : next_ > 0) {
      ev_.Raise(ErrorKind::kValueError,
                automatic ? "cannot switch from manual field specification to automatic field "
                            "numbering"
                          : "cannot switch from automatic field numbering to manual field "
                            "specification");
    }
    if (automatic) {
      index = next_++;
    } else {
      numbered_ = true;
      if (!absl::SimpleAtoi(name, &index)) index = -1;
    }
    if (index < 0 || index >= static_cast<int64_t>(args_.size())) {
      ev_.Raise(ErrorKind::kIndexError, absl::StrCat("Replacement index ", index,
                                                     " out of range for positional args tuple"));
    }
    return args_[index];
  }

  Evaluator& ev_;
  const std::vector<Value>& args_;
  const NameLookup names_;
  int64_t next_ = 0;
  bool numbered_ = false;
};

}  // namespace

std::string BraceFormat(Evaluator& ev, absl::string_view format, const CallArgs& args) {
  const auto lookup = [&](absl::string_view name) {
    for (const Keyword& keyword : args.kwargs) {
      if (keyword.name == name) return keyword.value;
    }
    RaiseKeyError(ev, ev.Str(name));
  };
  return BraceFormatter(ev, args.args, lookup).Run(format);
}

std::string BraceFormatMap(Evaluator& ev, absl::string_view format, Value mapping) {
  const std::vector<Value> none;
  const auto lookup = [&](absl::string_view name) { return ev.GetItem(mapping, ev.Str(name)); };
  return BraceFormatter(ev, none, lookup).Run(format);
}

}  // namespace graft::models::python
