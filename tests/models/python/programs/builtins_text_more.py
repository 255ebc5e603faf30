"""Text methods and their corners."""


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    s = "The quick brown fox"
    print(s.lower(), s.upper(), s.title(), s.swapcase(), s.capitalize(), s.split(), s.split("q"))
    print("a-b-c".split("-", 1), "a-b-c".rsplit("-", 1), "a  b".split(" "), " a b ".split(), "".split(), "".split(","))
    print("a\nb\r\nc".splitlines(), "a\nb\n".splitlines(True), "k=v=w".partition("="), "k=v=w".rpartition("="), "k".partition("="))
    print(" x ".strip(), "xxaxx".strip("x"), "abcba".lstrip("ab"), "abcba".rstrip("ab"), "pre_name".removeprefix("pre_"), "a.py".removesuffix(".py"))
    print("abc".find("c"), "abc".find("z"), "abcabc".rfind("b"), attempt("abc".index, "z"), "aaa".count("a"), "aaaa".count("aa"))
    print("abc".replace("b", "XX"), "aaa".replace("a", "b", 2), "abc".replace("", "-"), "abc".startswith(("x", "a")), "abc".endswith("bc"), "abc".startswith("b", 1))
    print("5".zfill(3), "-5".zfill(4), "ab".ljust(4, "."), "ab".rjust(4), "ab".center(5, "*"), "a\tb".expandtabs(4))
    print("abc".isalpha(), "a1".isalnum(), "12".isdigit(), "".isdigit(), " ".isspace(), "Ab".istitle(), "AB".isupper(), "a_1".isidentifier(), "1a".isidentifier())
    print("-".join(["a", "b"]), "".join(c for c in "abc" if c != "b"), attempt(",".join, [1, 2]), ", ".join(map(str, [1, 2])))
    print("abc" < "abd", "a" < "B", "abc" * 2, "b" in "abc", "abc"[1], "abc"[-1], attempt(lambda: "abc"[5]), "ab" "cd")
    print(ord("a"), chr(98), repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\n\t\\"), repr("\x00\x7f"), repr("é"))
    print("{}".format("x"), "%s" % "y", f"{'z'}", "abc".translate(str.maketrans("ab", "xy")), "abc".translate({ord("a"): None}))
    print(str(None), str([1, "a"]), str(("a",)), str({"a": 1}), str({1}), str(b"x"), str(3.0), str(True))
    print(len(b"abc"), b"abc".decode(), "é".encode("utf-8"))
    print("snake_case_name".replace("_", " ").title().replace(" ", ""), "".join("_" + c.lower() if c.isupper() else c for c in "camelCase"))
    print(sorted("banana"), "".join(sorted(set("banana"))), list(reversed("abc")), list(enumerate("ab")), dict.fromkeys("ab", 0))
    print("a,b;c".replace(";", ",").split(","), "x".join("abc"), "%-6s|" % "ab")
    print("layer.0.weight".split(".")[1], "layer.0.weight".rsplit(".", 1), ".".join("layer.0.weight".split(".")[:-1]), "a.b" in "x.a.b.c")
    print(max("abc", "b"), min("b", "a"), "abc".index("c"), "Hello"[::-1], "hello world".title(), "hello"[1:-1])
    print("ab\u00e9\u4e2d\U0001f600", len("é中😀"), "中" in "é中", "é中😀"[1:], "é中😀"[::-1], "日本".center(6, "-"))
    text = """line one
    line two
line three"""
    print(text.splitlines()[1].strip(), text.count("line"), [len(x) for x in text.split("\n")])
