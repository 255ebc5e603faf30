"""textwrap."""


def dedent(text):
    lines = text.split("\n")
    margin = None
    for line in lines:
        stripped = line.lstrip(" \t")
        if not stripped:
            continue
        indent = line[: len(line) - len(stripped)]
        if margin is None:
            margin = indent
        while not indent.startswith(margin):
            margin = margin[:-1]
    margin = margin or ""
    return "\n".join(line[len(margin) :] if line.strip(" \t") else "" for line in lines)


def indent(text, prefix, predicate=None):
    wanted = predicate or (lambda line: line.strip())
    return "".join(
        prefix + line if wanted(line) else line for line in text.splitlines(keepends=True)
    )
