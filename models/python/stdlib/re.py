"""re over RE2: patterns without look-around and back-references, on ASCII text."""

import _library

IGNORECASE = I = 2
MULTILINE = M = 8
DOTALL = S = 16
VERBOSE = X = 64


class error(Exception):
    pass


class Match:
    def __init__(self, pattern, string, spans):
        self.re = pattern
        self.string = string
        self._spans = spans

    def _index(self, group):
        if isinstance(group, str):
            names = self.re.groupindex
            if group not in names:
                raise IndexError("no such group")
            return names[group]
        if group < 0 or group >= len(self._spans):
            raise IndexError("no such group")
        return group

    def _text(self, group, default=None):
        span = self._spans[self._index(group)]
        return default if span is None else self.string[span[0]:span[1]]

    def group(self, *groups):
        if not groups:
            return self._text(0)
        if len(groups) == 1:
            return self._text(groups[0])
        return tuple(self._text(group) for group in groups)

    def __getitem__(self, group):
        return self._text(group)

    def groups(self, default=None):
        return tuple(self._text(i, default) for i in range(1, len(self._spans)))

    def groupdict(self, default=None):
        return {name: self._text(i, default) for name, i in self.re.groupindex.items()}

    def span(self, group=0):
        span = self._spans[self._index(group)]
        return (-1, -1) if span is None else span

    def start(self, group=0):
        return self.span(group)[0]

    def end(self, group=0):
        return self.span(group)[1]

    def expand(self, template):
        out = []
        i = 0
        while i < len(template):
            if template[i] == "\\" and i + 1 < len(template) and template[i + 1].isdigit():
                out.append(self._text(int(template[i + 1]), ""))
                i += 2
            elif template.startswith("\\g<", i):
                end = template.index(">", i)
                name = template[i + 3:end]
                out.append(self._text(int(name) if name.isdigit() else name, ""))
                i = end + 1
            else:
                out.append(template[i])
                i += 1
        return "".join(out)


def _without_layout(pattern):
    """A verbose pattern without its spaces and comments."""
    kept = []
    i = 0
    in_class = False
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            kept.append(pattern[i:i + 2])
            i += 2
            continue
        if in_class:
            # "[]a]" and "[^]a]": a bracket that comes first is one of the class.
            first = kept[-1] == "[" or (kept[-1] == "^" and kept[-2] == "[")
            in_class = c != "]" or first
        elif c == "[":
            in_class = True
        elif c in " \t\n\r\f\v":
            i += 1
            continue
        elif c == "#":
            end = pattern.find("\n", i)
            i = len(pattern) if end < 0 else end
            continue
        kept.append(c)
        i += 1
    return "".join(kept)


class Pattern:
    def __init__(self, pattern, flags=0):
        letters = ("i" if flags & I else "") + ("m" if flags & M else "") + (
            "s" if flags & S else "")
        self.pattern = pattern
        self.flags = flags
        pattern = pattern.replace("(?a:", "(?:")  # text is ASCII here
        if flags & VERBOSE:
            pattern = _without_layout(pattern)
        self._regex = f"(?{letters}){pattern}" if letters else pattern

    # A pattern that is never used may be one that RE2 does not have.

    @property
    def groups(self):
        return _library.regex_groups(self._regex)[0]

    @property
    def groupindex(self):
        return _library.regex_groups(self._regex)[1]

    def _find(self, string, start, anchor):
        spans = _library.regex_find(self._regex, string, start, anchor)
        return None if spans is None else Match(self, string, spans)

    def search(self, string, pos=0):
        return self._find(string, pos, "")

    def match(self, string, pos=0):
        return self._find(string, pos, "start")

    def fullmatch(self, string, pos=0):
        return self._find(string, pos, "both")

    def finditer(self, string):
        found = []
        start = 0
        while start <= len(string):
            match = self.search(string, start)
            if match is None:
                break
            found.append(match)
            start = match.end() if match.end() > match.start() else match.end() + 1
        return found

    def findall(self, string):
        out = []
        for match in self.finditer(string):
            groups = match.groups("")
            out.append(match.group() if not groups else groups[0] if len(groups) == 1 else groups)
        return out

    def split(self, string, maxsplit=0):
        out = []
        start = 0
        for match in self.finditer(string):
            if maxsplit and len(out) >= maxsplit * (1 + self.groups):
                break
            out.append(string[start:match.start()])
            out.extend(match.groups())
            start = match.end()
        out.append(string[start:])
        return out

    def sub(self, repl, string, count=0):
        out = []
        start = 0
        for number, match in enumerate(self.finditer(string)):
            if count and number >= count:
                break
            out.append(string[start:match.start()])
            out.append(repl(match) if callable(repl) else match.expand(repl))
            start = match.end()
        out.append(string[start:])
        return "".join(out)


def compile(pattern, flags=0):
    return pattern if isinstance(pattern, Pattern) else Pattern(pattern, flags)


def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)


def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)


def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)


def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)


def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)


def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)


def escape(pattern):
    return "".join(c if c.isalnum() or c == "_" else "\\" + c for c in pattern)
