// "%s: %d" % args
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/format_spec.h"
#include "models/python/objects.h"
#include "models/python/text_format.h"
#include "models/python/underlying.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {
namespace {

class PercentFormatter {
 public:
  PercentFormatter(Evaluator& ev, absl::string_view format, Value args)
      : ev_(ev),
        format_(format),
        rest_(format),
        args_(args),
        tuple_(Underlying<TupleObject>(args)) {}

  std::string Run() {
    std::string text;
    while (!rest_.empty()) {
      const size_t percent = rest_.find('%');
      Append(text, rest_.substr(0, percent));
      if (percent == absl::string_view::npos) break;
      rest_.remove_prefix(percent + 1);
      Append(text, Conversion());
    }
    const bool is_mapping = Underlying<DictObject>(args_) != nullptr;
    const bool all = tuple_ != nullptr ? next_ >= tuple_->items.size() : next_ > 0 || is_mapping;
    if (!all && !by_name_) {
      ev_.Raise(ErrorKind::kTypeError, "not all arguments converted during string formatting");
    }
    return text;
  }

 private:
  void Append(std::string& text, absl::string_view part) {
    ev_.Step();
    ev_.heap().Charge(ev_, part.size());
    absl::StrAppend(&text, part);
  }

  char Peek() {
    if (rest_.empty()) ev_.Raise(ErrorKind::kValueError, "incomplete format");
    return rest_[0];
  }
  char TakeChar() {
    const char c = Peek();
    rest_.remove_prefix(1);
    return c;
  }

  Value NextArgument() {
    const size_t count = tuple_ != nullptr ? tuple_->items.size() : 1;
    if (next_ >= count) {
      ev_.Raise(ErrorKind::kTypeError, "not enough arguments for format string");
    }
    const size_t at = next_++;
    return tuple_ != nullptr ? tuple_->items[at] : args_;
  }

  // Digits, or an asterisk that takes the next argument.
  int64_t Number() {
    if (Peek() == '*') {
      rest_.remove_prefix(1);
      return ev_.ToInt(NextArgument(), "* wants int");
    }
    int64_t number = 0;
    while (absl::ascii_isdigit(Peek())) {
      number = number * 10 + (TakeChar() - '0');
      if (number > INT32_MAX) ev_.Raise(ErrorKind::kValueError, "width too big");
    }
    return number;
  }

  std::string Conversion() {
    std::optional<Value> named;
    if (Peek() == '(') {
      const size_t end = rest_.find(')');
      if (end == absl::string_view::npos) {
        ev_.Raise(ErrorKind::kValueError, "incomplete format key");
      }
      named = ev_.GetItem(args_, ev_.Str(rest_.substr(1, end - 1)));
      by_name_ = true;
      rest_.remove_prefix(end + 1);
    }
    FormatSpec spec;
    bool left = false;
    bool zero = false;
    for (bool more = true; more;) {
      switch (Peek()) {
        case '-':
          left = true;
          break;
        case '0':
          zero = true;
          break;
        case '+':
          spec.sign = '+';
          break;
        case ' ':
          if (spec.sign != '+') spec.sign = ' ';
          break;
        case '#':
          spec.alternate = true;
          break;
        default:
          more = false;
          continue;
      }
      rest_.remove_prefix(1);
    }
    spec.width = Number();
    if (spec.width < 0) {
      left = true;
      spec.width = -spec.width;
    }
    if (Peek() == '.') {
      rest_.remove_prefix(1);
      spec.precision = std::max<int64_t>(Number(), 0);
    }
    while (Peek() == 'l' || Peek() == 'h' || Peek() == 'L') rest_.remove_prefix(1);
    const char type = TakeChar();
    if (type == '%') return "%";
    const Value value = named.has_value() ? *named : NextArgument();
    spec.align = left ? '<' : '>';
    return Convert(type, value, spec, zero && !left);
  }

  std::string Convert(char type, Value value, FormatSpec spec, bool zero) {
    const auto pad_with_zeros = [&spec, zero] {
      if (!zero) return;
      spec.fill = "0";
      spec.align = '=';
    };
    switch (type) {
      case 's':
      case 'r':
      case 'a':
        spec.sign = '-';
        return FormatText(ev_,
                          type == 's'   ? ev_.ToStr(value)
                          : type == 'r' ? ev_.Repr(value)
                                        : EscapeNonAscii(ev_.Repr(value)),
                          spec);
      case 'c':
        return Character(value, spec);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o':
        pad_with_zeros();
        return Integer(type, value, spec);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        pad_with_zeros();
        spec.type = type;
        return FormatFloat(ev_, ev_.ToFloat(Underlying(value), "must be real number"), spec);
      default:
        ev_.Raise(ErrorKind::kValueError,
                  absl::StrCat("unsupported format character '", std::string(1, type), "' (0x",
                               absl::Hex(static_cast<uint8_t>(type)), ") at index ",
                               format_.size() - rest_.size() - 1));
    }
  }

  std::string Character(Value value, FormatSpec spec) {
    spec.sign = '-';
    if (const auto* text = Underlying<StrObject>(value)) {
      if (CountCodePoints(text->text) != 1) {
        ev_.Raise(ErrorKind::kTypeError, "%c requires int or char");
      }
      return FormatText(ev_, text->text, spec);
    }
    spec.type = 'c';
    return FormatInt(ev_, ev_.ToInt(value, "%c requires int or char"), spec);
  }

  std::string Integer(char type, Value value, FormatSpec spec) {
    const Value plain = Underlying(value);
    if (plain.IsFloat() && (type == 'x' || type == 'X' || type == 'o')) {
      ev_.Raise(ErrorKind::kTypeError, absl::StrCat("%", std::string(1, type),
                                                    " format: an integer is required, not float"));
    }
    const bool is_real = plain.IsInt() || plain.IsBool() || plain.IsFloat();
    if (!is_real && (plain.As<StrObject>() != nullptr || plain.IsNone())) {
      ev_.Raise(ErrorKind::kTypeError,
                absl::StrCat("%", std::string(1, type), " format: a real number is required, not ",
                             ev_.TypeName(value)));
    }
    const int64_t number =
        is_real ? ev_.ToInt(ev_.Call(ev_.classes().int_, {plain}), "int")
                : ev_.ToInt(value, absl::StrCat("%", std::string(1, type), " format"));
    spec.type = type == 'i' || type == 'u' ? 'd' : type;
    if (!spec.precision.has_value()) return FormatInt(ev_, number, spec);
    // A precision is the least number of digits.
    FormatSpec digits;
    digits.type = spec.type;
    digits.sign = spec.sign;
    digits.alternate = spec.alternate;
    const std::string bare = FormatInt(ev_, number, digits);
    const size_t prefix = bare.find_first_of("0123456789abcdefABCDEF", spec.alternate ? 2 : 0);
    digits.width = static_cast<int64_t>(prefix) + *spec.precision;
    digits.fill = "0";
    digits.align = '=';
    spec.type = 's';
    spec.sign = '-';
    spec.precision.reset();
    const std::string padded = FormatInt(ev_, number, digits);
    return FormatText(ev_, padded, spec);
  }

  Evaluator& ev_;
  const absl::string_view format_;
  absl::string_view rest_;
  const Value args_;
  const TupleObject* const tuple_;
  size_t next_ = 0;
  bool by_name_ = false;
};

}  // namespace

std::string PercentFormat(Evaluator& ev, absl::string_view format, Value args) {
  return PercentFormatter(ev, format, args).Run();
}

}  // namespace graft::models::python
