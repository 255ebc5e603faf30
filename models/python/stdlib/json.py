"""json: of texts; a model's source reaches no file."""

import re

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_CONSTANTS = {
    "null": None,
    "true": True,
    "false": False,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}


class JSONDecodeError(ValueError):
    def __init__(self, msg, doc, pos):
        line = doc.count("\n", 0, pos) + 1
        column = pos - doc.rfind("\n", 0, pos)
        super().__init__(f"{msg}: line {line} column {column} (char {pos})")
        self.msg = msg
        self.doc = doc
        self.pos = pos
        self.lineno = line
        self.colno = column


def _quoted(text, ensure_ascii):
    out = []
    for char in text:
        code = ord(char)
        if char in _SHORT:
            out.append(_SHORT[char])
        elif code < 32 or (ensure_ascii and 126 < code < 0x10000):
            out.append(f"\\u{code:04x}")
        elif ensure_ascii and code >= 0x10000:
            code -= 0x10000
            out.append(f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


class JSONEncoder:
    def __init__(
        self,
        *,
        skipkeys=False,
        ensure_ascii=True,
        check_circular=True,
        allow_nan=True,
        sort_keys=False,
        indent=None,
        separators=None,
        default=None,
    ):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = " " * indent if isinstance(indent, int) else indent
        if separators is None:
            separators = (", " if indent is None else ",", ": ")
        self.item_separator, self.key_separator = separators
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError(f"Object of type {type(o).__name__} is not JSON serializable")

    def encode(self, o):
        return self._value(o, "\n", ())

    def _scalar(self, value):
        if value is None:
            return "null"
        if value is True:
            return "true"
        if value is False:
            return "false"
        if isinstance(value, int):
            return int.__repr__(value)
        if value != value or value in (float("inf"), float("-inf")):
            if not self.allow_nan:
                raise ValueError(f"Out of range float values are not JSON compliant: {value!r}")
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return float.__repr__(value)

    def _key(self, key):
        if isinstance(key, str):
            return key
        if key is None or isinstance(key, (int, float)):
            return self._scalar(key)
        if self.skipkeys:
            return None
        raise TypeError(
            f"keys must be str, int, float, bool or None, not {type(key).__name__}"
        )

    def _value(self, value, newline, around):
        if isinstance(value, str):
            return _quoted(value, self.ensure_ascii)
        if value is None or isinstance(value, (int, float)):
            return self._scalar(value)
        if any(value is outer for outer in around):
            raise ValueError("Circular reference detected")
        around = (*around, value)
        if isinstance(value, dict):
            items = value.items()
            if self.sort_keys:
                items = sorted(items)
            within = newline + (self.indent or "")
            parts = []
            for key, item in items:
                name = self._key(key)
                if name is not None:
                    text = self._value(item, within, around)
                    parts.append(_quoted(name, self.ensure_ascii) + self.key_separator + text)
            return self._enclosed("{", parts, "}", newline, within)
        if isinstance(value, (list, tuple)):
            within = newline + (self.indent or "")
            parts = [self._value(item, within, around) for item in value]
            return self._enclosed("[", parts, "]", newline, within)
        return self._value(self.default(value), newline, around)

    def _enclosed(self, opening, parts, closing, newline, within):
        if not parts or self.indent is None:
            return opening + self.item_separator.join(parts) + closing
        return opening + within + (self.item_separator + within).join(parts) + newline + closing


def dumps(obj, *, cls=JSONEncoder, **kw):
    return (JSONEncoder if cls is None else cls)(**kw).encode(obj)


class _Reader:
    def __init__(self, text, object_hook, parse_float, parse_int):
        self.text = text
        self.at = 0
        self.object_hook = object_hook
        self.parse_float = parse_float or float
        self.parse_int = parse_int or int

    def fail(self, message, at=None):
        raise JSONDecodeError(message, self.text, self.at if at is None else at)

    def skip(self):
        while self.at < len(self.text) and self.text[self.at] in " \t\n\r":
            self.at += 1

    def next_is(self, char):
        self.skip()
        if self.text[self.at : self.at + 1] != char:
            return False
        self.at += 1
        return True

    def value(self):
        self.skip()
        if self.next_is("{"):
            return self.members()
        if self.next_is("["):
            return self.elements()
        if self.next_is('"'):
            return self.string()
        for text, value in _CONSTANTS.items():
            if self.text.startswith(text, self.at):
                self.at += len(text)
                return value
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            self.fail("Expecting value")
        self.at = match.end()
        whole = match.group(2) is None and match.group(3) is None
        return (self.parse_int if whole else self.parse_float)(match.group())

    def elements(self):
        items = []
        if self.next_is("]"):
            return items
        while True:
            items.append(self.value())
            if self.next_is("]"):
                return items
            if not self.next_is(","):
                self.fail("Expecting ',' delimiter")

    def members(self):
        found = {}
        if not self.next_is("}"):
            while True:
                if not self.next_is('"'):
                    self.fail("Expecting property name enclosed in double quotes")
                key = self.string()
                if not self.next_is(":"):
                    self.fail("Expecting ':' delimiter")
                found[key] = self.value()
                if self.next_is("}"):
                    break
                if not self.next_is(","):
                    self.fail("Expecting ',' delimiter")
        return found if self.object_hook is None else self.object_hook(found)

    def string(self):
        begin = self.at - 1
        out = []
        while True:
            if self.at >= len(self.text):
                self.fail("Unterminated string starting at", begin)
            char = self.text[self.at]
            self.at += 1
            if char == '"':
                return "".join(out)
            if char == "\\":
                out.append(self.escape())
            elif ord(char) < 32:
                self.fail("Invalid control character at", self.at - 1)
            else:
                out.append(char)

    def escape(self):
        char = self.text[self.at : self.at + 1]
        self.at += 1
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char != "u":
            self.fail("Invalid \\escape", self.at - 2)
        code = self.unit()
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.at):
            self.at += 2
            code = 0x10000 + ((code - 0xD800) << 10) + (self.unit() - 0xDC00)
        return chr(code)

    def unit(self):
        digits = self.text[self.at : self.at + 4]
        if len(digits) < 4 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            self.fail("Invalid \\uXXXX escape", self.at - 1)
        self.at += 4
        return int(digits, 16)


def loads(s, *, object_hook=None, parse_float=None, parse_int=None):
    if not isinstance(s, str):
        raise TypeError(f"the JSON object must be str, not {type(s).__name__}")
    reader = _Reader(s, object_hook, parse_float, parse_int)
    value = reader.value()
    reader.skip()
    if reader.at != len(s):
        reader.fail("Extra data")
    return value


def load(fp, **kw):
    return loads(fp.read(), **kw)


def dump(obj, fp, **kw):
    fp.write(dumps(obj, **kw))
