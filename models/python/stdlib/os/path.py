"""os.path: of text alone."""

import _library

sep = "/"


def join(path, *paths):
    for part in paths:
        if part.startswith("/"):
            path = part
        elif not path or path.endswith("/"):
            path += part
        else:
            path += "/" + part
    return path


def split(p):
    cut = p.rfind("/") + 1
    head = p[:cut]
    if head != "/" * len(head):
        head = head.rstrip("/")
    return head, p[cut:]


def basename(p):
    return split(p)[1]


def dirname(p):
    return split(p)[0]


def splitext(p):
    dot = p.rfind(".")
    name = p.rfind("/") + 1
    if dot <= name or not p[name:dot].strip("."):
        return p, ""
    return p[:dot], p[dot:]


def isabs(s):
    return s.startswith("/")


def normpath(path):
    if not path:
        return "."
    slashes = 1 if path.startswith("/") else 0
    parts = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != ".." or (not slashes and not parts) or (parts and parts[-1] == ".."):
            parts.append(part)
        elif parts:
            parts.pop()
    return "/" * slashes + "/".join(parts) or "."


def abspath(path):
    return normpath(path if isabs(path) else "/" + path)


def realpath(path):
    return abspath(path)


def expanduser(path):
    return path


def expandvars(path):
    return path


def __getattr__(name):
    _library.not_supported(f"os.path.{name}", "a model's source reaches no file")
