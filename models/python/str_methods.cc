// The class str and its methods.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/operator_methods.h"
#include "models/python/str_splitting.h"
#include "models/python/text_format.h"
#include "models/python/text_search.h"
#include "models/python/underlying.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {
namespace {

// Text whose growth has been charged already.
Value Charged(Evaluator& ev, std::string text) {
  return ev.heap().New<StrObject>(ev, std::move(text));
}

Value Make(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  const NativeArgs a(ev, "str", args, {"object", "encoding", "errors"}, 0);
  Value text;
  if (!a.Has(0)) {
    text = ev.Str("");
  } else if (a[0].As<StrObject>() != nullptr) {
    text = a[0];
  } else {
    const auto* bytes = a[0].As<BytesObject>();
    text = ev.Str(bytes != nullptr && a.Has(1) ? bytes->bytes : ev.ToStr(a[0]));
  }
  if (cls == ev.classes().str) return text;
  auto* instance = ev.heap().New<InstanceObject>(ev, cls);
  instance->payload = text;
  return instance;
}

// --- Search -------------------------------------------------------------------------------------

// text[start:stop] for the methods that search; `offset` is where it begins, in code points.
struct Window {
  absl::string_view text;
  int64_t offset = 0;
  bool beyond = false;  // the start lies behind the end
};

Window Within(Evaluator& ev, absl::string_view text, const NativeArgs& a) {
  ev.Step(1 + static_cast<int64_t>(text.size()) / 64);
  const int64_t length = CountCodePoints(text);
  const auto bound = [&](size_t i, int64_t absent) {
    if (a[i].IsNone()) return absent;
    const int64_t at = ev.ToInt(a[i], "slice index");
    return std::max<int64_t>(at < 0 ? at + length : at, 0);
  };
  const int64_t start = bound(1, 0);
  const int64_t stop = std::min(bound(2, length), length);
  if (start > stop) return {.text = "", .offset = 0, .beyond = true};
  const size_t from = CodePointOffset(text, start);
  return {.text = text.substr(from, CodePointOffset(text, stop) - from), .offset = start};
}

enum class Side : uint8_t { kLeft, kRight };

// find, rfind: -1 when it is not there.
int64_t Find(Evaluator& ev, CallArgs& args, absl::string_view method, Side side) {
  const std::string& self = Self<StrObject>(ev, args, method).text;
  const NativeArgs a(ev, method, args, {"", "", ""}, 1);
  const std::string part = ev.ToText(a[0], "must be str");
  const Window window = Within(ev, self, a);
  if (window.beyond) return -1;
  StepForSearch(ev, window.text.size(), part.size());
  const size_t at = side == Side::kLeft ? window.text.find(part) : window.text.rfind(part);
  if (at == absl::string_view::npos) return -1;
  return window.offset + CountCodePoints(window.text.substr(0, at));
}

Value Count(Evaluator& ev, CallArgs& args) {
  const std::string& self = Self<StrObject>(ev, args, "str.count").text;
  const NativeArgs a(ev, "str.count", args, {"", "", ""}, 1);
  const std::string part = ev.ToText(a[0], "must be str");
  const Window window = Within(ev, self, a);
  if (window.beyond) return Value::Int(0);
  if (part.empty()) return Value::Int(CountCodePoints(window.text) + 1);
  StepForSearch(ev, window.text.size(), part.size());
  int64_t count = 0;
  for (size_t at = window.text.find(part); at != absl::string_view::npos;
       at = window.text.find(part, at + part.size())) {
    ++count;
  }
  return Value::Int(count);
}

// startswith, endswith: a text, or a tuple of texts.
Value HasAffix(Evaluator& ev, CallArgs& args, absl::string_view method, Side side) {
  const std::string& self = Self<StrObject>(ev, args, method).text;
  const NativeArgs a(ev, method, args, {"", "", ""}, 1);
  const Window window = Within(ev, self, a);
  std::vector<Value> affixes = {a[0]};
  if (const auto* tuple = Underlying<TupleObject>(a[0])) affixes = tuple->items;
  for (const Value& affix : affixes) {
    const std::string part =
        ev.ToText(affix, absl::StrCat(method, " first arg must be str or a tuple of str"));
    if (!window.beyond && (side == Side::kLeft ? absl::StartsWith(window.text, part)
                                               : absl::EndsWith(window.text, part))) {
      return Value::Bool(true);
    }
  }
  return Value::Bool(false);
}

// --- New text -----------------------------------------------------------------------------------

Value Join(Evaluator& ev, CallArgs& args) {
  const std::string& separator = Self<StrObject>(ev, args, "str.join").text;
  const NativeArgs a(ev, "str.join", args, {""}, 1);
  const std::vector<Value> items = ev.ToVector(a[0]);
  size_t size = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto* text = Underlying<StrObject>(items[i]);
    if (text == nullptr) {
      ev.Raise(ErrorKind::kTypeError, absl::StrCat("sequence item ", i, ": expected str instance, ",
                                                   ev.TypeName(items[i]), " found"));
    }
    size += text->text.size() + separator.size();
    ev.Step();
  }
  ev.heap().Charge(ev, size);
  std::string joined;
  joined.reserve(size);
  for (size_t i = 0; i < items.size(); ++i) {
    absl::StrAppend(&joined, i == 0 ? "" : separator, Underlying<StrObject>(items[i])->text);
  }
  return Charged(ev, std::move(joined));
}

Value Replace(Evaluator& ev, CallArgs& args) {
  const std::string& self = Self<StrObject>(ev, args, "str.replace").text;
  const NativeArgs a(ev, "str.replace", args, {"", "", "count"}, 2);
  const std::string from = ev.ToText(a[0], "replace() argument 1 must be str");
  const std::string to = ev.ToText(a[1], "replace() argument 2 must be str");
  int64_t left = a.Has(2) ? ev.ToInt(a[2], "count") : -1;
  std::string replaced;
  const auto append = [&](absl::string_view part) {
    ev.heap().Charge(ev, part.size());
    absl::StrAppend(&replaced, part);
  };
  absl::string_view rest = self;
  if (from.empty()) {
    // Between all code points, and at both ends.
    for (; left != 0; --left) {
      ev.Step();
      append(to);
      if (rest.empty()) break;
      const size_t width = CodePointOffset(rest, 1);
      append(rest.substr(0, width));
      rest.remove_prefix(width);
    }
  } else {
    StepForSearch(ev, rest.size(), from.size());
    for (; left != 0; --left) {
      const size_t at = rest.find(from);
      if (at == absl::string_view::npos) break;
      ev.Step();
      append(rest.substr(0, at));
      append(to);
      rest.remove_prefix(at + from.size());
    }
  }
  append(rest);
  return Charged(ev, std::move(replaced));
}

// strip, lstrip, rstrip.
Value Strip(Evaluator& ev, CallArgs& args, absl::string_view method, bool left, bool right) {
  absl::string_view text = Self<StrObject>(ev, args, method).text;
  const NativeArgs a(ev, method, args, {""}, 0);
  const std::string chars =
      a[0].IsNone() ? " \t\n\r\v\f\x1c\x1d\x1e\x1f" : ev.ToText(a[0], "strip arg must be str");
  const std::vector<absl::string_view> set = CodePoints(chars);
  std::vector<absl::string_view> points = CodePoints(text);
  ev.Step(1 + static_cast<int64_t>(points.size()) / 16);
  const auto is_in = [&set](absl::string_view c) {
    return std::find(set.begin(), set.end(), c) != set.end();
  };
  size_t begin = 0;
  size_t end = points.size();
  while (left && begin < end && is_in(points[begin])) text.remove_prefix(points[begin++].size());
  while (right && end > begin && is_in(points[end - 1])) text.remove_suffix(points[--end].size());
  return ev.Str(text);
}

// removeprefix, removesuffix.
Value RemoveAffix(Evaluator& ev, CallArgs& args, absl::string_view method, Side side) {
  absl::string_view text = Self<StrObject>(ev, args, method).text;
  const NativeArgs a(ev, method, args, {""}, 1);
  const std::string affix = ev.ToText(a[0], "affix must be str");
  if (side == Side::kLeft && absl::StartsWith(text, affix)) text.remove_prefix(affix.size());
  if (side == Side::kRight && absl::EndsWith(text, affix)) text.remove_suffix(affix.size());
  return ev.Str(text);
}

// ljust, rjust, center.
Value Justify(Evaluator& ev, CallArgs& args, absl::string_view method, char align) {
  const std::string& self = Self<StrObject>(ev, args, method).text;
  const NativeArgs a(ev, method, args, {"", ""}, 1);
  const std::string fill = a.Has(1) ? ev.ToText(a[1], "fill character") : " ";
  if (CountCodePoints(fill) != 1) {
    ev.Raise(ErrorKind::kTypeError, "The fill character must be exactly one character long");
  }
  const int64_t width = ev.ToInt(a[0], "width");
  const int64_t missing = std::max<int64_t>(width - CountCodePoints(self), 0);
  if (missing > 0) ev.heap().Charge(ev, missing);
  ev.heap().Charge(ev, missing * (fill.size() - 1) + self.size());
  // str.center puts the odd one left of a text of even length in an odd width.
  const int64_t left = align == '<'   ? 0
                       : align == '>' ? missing
                                      : missing / 2 + (missing & width & 1);
  std::string text;
  for (int64_t i = 0; i < left; ++i) text += fill;
  text += self;
  for (int64_t i = left; i < missing; ++i) text += fill;
  return Charged(ev, std::move(text));
}

Value ZeroFill(Evaluator& ev, CallArgs& args) {
  const std::string& self = Self<StrObject>(ev, args, "str.zfill").text;
  const NativeArgs a(ev, "str.zfill", args, {""}, 1);
  const int64_t missing = ev.ToInt(a[0], "width") - CountCodePoints(self);
  if (missing <= 0) return ev.Str(self);
  ev.heap().Charge(ev, missing);
  ev.heap().Charge(ev, self.size());
  const size_t sign = !self.empty() && (self[0] == '-' || self[0] == '+') ? 1 : 0;
  return Charged(ev,
                 absl::StrCat(self.substr(0, sign), std::string(missing, '0'), self.substr(sign)));
}

Value ExpandTabs(Evaluator& ev, CallArgs& args) {
  const std::string& self = Self<StrObject>(ev, args, "str.expandtabs").text;
  const NativeArgs a(ev, "str.expandtabs", args, {"tabsize"}, 0);
  const int64_t size = a.Has(0) ? ev.ToInt(a[0], "tabsize") : 8;
  std::string expanded;
  int64_t column = 0;
  for (const absl::string_view point : CodePoints(self)) {
    ev.Step();
    if (point == "\t") {
      const int64_t spaces = size > 0 ? size - column % size : 0;
      ev.heap().Charge(ev, spaces);
      expanded.append(spaces, ' ');
      column += spaces;
      continue;
    }
    absl::StrAppend(&expanded, point);
    column = point == "\n" || point == "\r" ? 0 : column + 1;
  }
  return ev.Str(expanded);
}

// Maps each ASCII letter; `start` says whether it begins a word. Others stay: models name their
// layers in ASCII.
using LetterMap = char (*)(char c, bool start);
Value MapLetters(Evaluator& ev, CallArgs& args, absl::string_view method, LetterMap map) {
  std::string text = Self<StrObject>(ev, args, method).text;
  const NativeArgs a(ev, method, args, {}, 0);
  ev.Step(1 + static_cast<int64_t>(text.size()) / 16);
  bool start = true;
  for (char& c : text) {
    const bool letter = absl::ascii_isalpha(c);
    c = map(c, start);
    start = !letter;
  }
  return ev.Str(text);
}

Value Capitalize(Evaluator& ev, CallArgs& args) {
  std::string text = Self<StrObject>(ev, args, "str.capitalize").text;
  absl::AsciiStrToLower(&text);
  if (!text.empty()) text[0] = absl::ascii_toupper(text[0]);
  return ev.Str(text);
}

// str.maketrans(x[, y[, z]]): a dict of code point to text, number or None.
Value MakeTrans(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "str.maketrans", args, {"", "", ""}, 1);
  DictObject* table = ev.Dict();
  const auto number = [](absl::string_view point) { return Value::Int(DecodeCodePoint(point)); };
  if (!a.Has(1)) {
    const auto* given = Underlying<DictObject>(a[0]);
    if (given == nullptr) {
      ev.Raise(ErrorKind::kTypeError,
               "if you give only one argument to maketrans it must be a dict");
    }
    for (const auto& [key, value] : given->Items()) {
      const auto* text = key.As<StrObject>();
      table->Set(ev, text != nullptr && !text->text.empty() ? number(text->text) : key, value);
    }
    return table;
  }
  const std::string from = ev.ToText(a[0], "maketrans() argument 1 must be str");
  const std::string to = ev.ToText(a[1], "maketrans() argument 2 must be str");
  const std::vector<absl::string_view> sources = CodePoints(from);
  const std::vector<absl::string_view> targets = CodePoints(to);
  if (sources.size() != targets.size()) {
    ev.Raise(ErrorKind::kValueError, "the first two maketrans arguments must have equal length");
  }
  for (size_t i = 0; i < sources.size(); ++i) {
    table->Set(ev, number(sources[i]), number(targets[i]));
  }
  const std::string gone = a.Has(2) ? ev.ToText(a[2], "maketrans() argument 3 must be str") : "";
  for (const absl::string_view point : CodePoints(gone)) table->Set(ev, number(point), Value());
  return table;
}

Value Translate(Evaluator& ev, CallArgs& args) {
  const std::string& self = Self<StrObject>(ev, args, "str.translate").text;
  const NativeArgs a(ev, "str.translate", args, {""}, 1);
  const auto* table = Underlying<DictObject>(a[0]);
  if (table == nullptr) ev.Raise(ErrorKind::kTypeError, "translate() argument must be a dict");
  std::string translated;
  for (const absl::string_view point : CodePoints(self)) {
    ev.Step();
    const std::optional<Value> mapped = table->Find(ev, Value::Int(DecodeCodePoint(point)));
    std::string piece(point);
    if (mapped.has_value()) {
      const auto* text = mapped->As<StrObject>();
      piece = mapped->IsNone()  ? ""
              : text != nullptr ? text->text
                                : EncodeCodePoint(ev.ToInt(*mapped, "mapping")).value_or("");
    }
    ev.heap().Charge(ev, piece.size());
    translated += piece;
  }
  return Charged(ev, std::move(translated));
}

Value Encode(Evaluator& ev, CallArgs& args) {
  const std::string& self = Self<StrObject>(ev, args, "str.encode").text;
  const NativeArgs a(ev, "str.encode", args, {"encoding", "errors"}, 0);
  ev.heap().Charge(ev, self.size());
  return ev.heap().New<BytesObject>(ev, self);
}

// --- Questions ----------------------------------------------------------------------------------

// Whether there is a character, and all are so. Beyond ASCII every one counts as a letter.
using CharTest = bool (*)(unsigned char c);
void AddTest(Evaluator& ev, absl::string_view name, CharTest test) {
  ev.AddMethod(ev.classes().str, name, [name, test](Evaluator& caller, CallArgs& args) {
    const std::string& text = Self<StrObject>(caller, args, name).text;
    return Value::Bool(!text.empty() && std::all_of(text.begin(), text.end(), test));
  });
}

// Whether there are letters, and all are of the one case.
void AddCaseTest(Evaluator& ev, absl::string_view name, CharTest other_case) {
  ev.AddMethod(ev.classes().str, name, [name, other_case](Evaluator& caller, CallArgs& args) {
    const std::string& text = Self<StrObject>(caller, args, name).text;
    return Value::Bool(std::any_of(text.begin(), text.end(),
                                   [](unsigned char c) { return absl::ascii_isalpha(c); }) &&
                       std::none_of(text.begin(), text.end(), other_case));
  });
}

bool IsAlpha(unsigned char c) { return absl::ascii_isalpha(c) || c >= 0x80; }
bool IsAlnum(unsigned char c) { return IsAlpha(c) || absl::ascii_isdigit(c); }

void AddQuestions(Evaluator& ev) {
  AddTest(ev, "isdigit", absl::ascii_isdigit);
  AddTest(ev, "isdecimal", absl::ascii_isdigit);
  AddTest(ev, "isnumeric", absl::ascii_isdigit);
  AddTest(ev, "isspace", absl::ascii_isspace);
  AddTest(ev, "isalpha", IsAlpha);
  AddTest(ev, "isalnum", IsAlnum);
  AddCaseTest(ev, "isupper", absl::ascii_islower);
  ev.AddMethod(ev.classes().str, "istitle", [](Evaluator& caller, CallArgs& args) {
    const std::string& text = Self<StrObject>(caller, args, "str.istitle").text;
    bool cased = false;
    bool within = false;  // a word
    for (const char c : text) {
      const bool upper = absl::ascii_isupper(c);
      const bool letter = upper || absl::ascii_islower(c);
      if (letter && upper == within) return Value::Bool(false);
      within = letter;
      cased |= letter;
    }
    return Value::Bool(cased);
  });
  AddCaseTest(ev, "islower", absl::ascii_isupper);
  ev.AddMethod(ev.classes().str, "isidentifier", [](Evaluator& caller, CallArgs& args) {
    const std::string& text = Self<StrObject>(caller, args, "str.isidentifier").text;
    return Value::Bool(
        !text.empty() && !absl::ascii_isdigit(text[0]) &&
        std::all_of(text.begin(), text.end(), [](char c) { return c == '_' || IsAlnum(c); }));
  });
  ev.AddMethod(ev.classes().str, "isascii", [](Evaluator& caller, CallArgs& args) {
    return Value::Bool(IsAscii(Self<StrObject>(caller, args, "str.isascii").text));
  });
}

// --- Tables -------------------------------------------------------------------------------------

void AddSearch(Evaluator& ev) {
  const auto add = [&ev](absl::string_view name, Side side, bool must_be_there) {
    ev.AddMethod(ev.classes().str, name,
                 [name, side, must_be_there](Evaluator& caller, CallArgs& args) {
                   const int64_t at = Find(caller, args, name, side);
                   if (at < 0 && must_be_there)
                     caller.Raise(ErrorKind::kValueError, "substring not found");
                   return Value::Int(at);
                 });
  };
  add("find", Side::kLeft, false);
  add("rfind", Side::kRight, false);
  add("index", Side::kLeft, true);
  add("rindex", Side::kRight, true);
  ev.AddMethod(ev.classes().str, "count", Count);
  ev.AddMethod(ev.classes().str, "startswith", [](Evaluator& caller, CallArgs& args) {
    return HasAffix(caller, args, "startswith", Side::kLeft);
  });
  ev.AddMethod(ev.classes().str, "endswith", [](Evaluator& caller, CallArgs& args) {
    return HasAffix(caller, args, "endswith", Side::kRight);
  });
}

void AddTrimming(Evaluator& ev) {
  const auto add_strip = [&ev](absl::string_view name, bool left, bool right) {
    ev.AddMethod(ev.classes().str, name, [name, left, right](Evaluator& caller, CallArgs& args) {
      return Strip(caller, args, name, left, right);
    });
  };
  add_strip("strip", true, true);
  add_strip("lstrip", true, false);
  add_strip("rstrip", false, true);
  const auto add_justify = [&ev](absl::string_view name, char align) {
    ev.AddMethod(ev.classes().str, name, [name, align](Evaluator& caller, CallArgs& args) {
      return Justify(caller, args, name, align);
    });
  };
  add_justify("ljust", '<');
  add_justify("rjust", '>');
  add_justify("center", '^');
  ev.AddMethod(ev.classes().str, "removeprefix", [](Evaluator& caller, CallArgs& args) {
    return RemoveAffix(caller, args, "removeprefix", Side::kLeft);
  });
  ev.AddMethod(ev.classes().str, "removesuffix", [](Evaluator& caller, CallArgs& args) {
    return RemoveAffix(caller, args, "removesuffix", Side::kRight);
  });
}

void AddCases(Evaluator& ev) {
  const auto add = [&ev](absl::string_view name, LetterMap map) {
    ev.AddMethod(ev.classes().str, name, [name, map](Evaluator& caller, CallArgs& args) {
      return MapLetters(caller, args, name, map);
    });
  };
  const LetterMap lower = [](char c, bool) { return absl::ascii_tolower(c); };
  add("lower", lower);
  add("casefold", lower);
  add("upper", [](char c, bool) { return absl::ascii_toupper(c); });
  add("swapcase", [](char c, bool) {
    return absl::ascii_isupper(c) ? absl::ascii_tolower(c) : absl::ascii_toupper(c);
  });
  add("title",
      [](char c, bool start) { return start ? absl::ascii_toupper(c) : absl::ascii_tolower(c); });
  ev.AddMethod(ev.classes().str, "capitalize", Capitalize);
}

}  // namespace

void DefineText(Evaluator& ev) {
  ClassObject* str = ev.mutable_classes().str = ev.NewClass("str", {ev.classes().object});
  str->make = Make;
  ev.builtins()["str"] = str;
  AddOperatorMethods(ev, str,
                     {"__add__", "__mul__", "__rmul__", "__mod__", "__eq__", "__ne__", "__lt__",
                      "__le__", "__gt__", "__ge__", "__contains__", "__getitem__", "__len__",
                      "__iter__", "__hash__", "__repr__", "__str__", "__format__"});
  AddSearch(ev);
  AddTrimming(ev);
  AddCases(ev);
  AddQuestions(ev);
  AddSplitting(ev);
  ev.AddMethod(str, "join", Join);
  ev.AddMethod(str, "replace", Replace);
  ev.AddMethod(str, "zfill", ZeroFill);
  ev.AddMethod(str, "expandtabs", ExpandTabs);
  ev.AddMethod(str, "translate", Translate);
  ev.AddMethod(str, "encode", Encode);
  ev.AddMethod(str, "format", [](Evaluator& caller, CallArgs& args) -> Value {
    const std::string& self = Self<StrObject>(caller, args, "str.format").text;
    return Charged(caller, BraceFormat(caller, self, args));
  });
  ev.AddMethod(str, "format_map", [](Evaluator& caller, CallArgs& args) -> Value {
    const std::string& self = Self<StrObject>(caller, args, "str.format_map").text;
    const NativeArgs a(caller, "str.format_map", args, {""}, 1);
    return Charged(caller, BraceFormatMap(caller, self, a[0]));
  });
  str->SetOwn("maketrans",
              ev.heap().New<StaticMethodObject>(ev, ev.Native("str.maketrans", MakeTrans)));
}

}  // namespace graft::models::python
