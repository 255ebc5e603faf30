def numbers():
    for value in [0.0, -0.0, 0.1, 1.0, 1e16, 1e15, 123456789012345678.0, 1e-4, 1e-5, 1e-05, 3.14159,
                  1e22, 1.5e300, 5e-324, float("inf"), float("-inf"), float("nan"), 2.0**53, 1 / 3]:
        print(repr(value), str(value), f"{value}")
    for text in ["1", " 42 ", "-7", "+3", "1_000", "007"]:
        print(int(text))
    print(int("ff", 16), int("0xff", 16), int("0b101", 0), int("z", 36), int("-0o17", 8))
    for text in ["1.5", "1e3", " -2.5e-3 ", "inf", "-Infinity", "nan", "1_0.5", ".5", "5."]:
        print(float(text))
    for text in ["", "abc", "1.5", "1__0", "_1", "0x", "--1"]:
        try:
            print(int(text))
        except ValueError as error:
            print(error)
    for text in ["", "abc", "1e", "0x10", "infin", "1_"]:
        try:
            print(float(text))
        except ValueError as error:
            print(error)


def specs():
    for spec in ["", "d", "5d", "<5d", "^5d", ">5d", "05d", "+d", " d", "x", "X", "#x", "#b", "o",
                 "#o", "b", ",", "_", "08,", "+,d", "e", "f", ".2f", "%", "c", "*^9d", "=+6d", "_x",
                 "#010x", "020,", "n"]:
        print(repr(spec), "|" + format(1234, spec) + "|")
    for spec in ["", "f", ".0f", ".1f", ".3f", "10.2f", "<10.2f", "^10.2f", "+.2f", "e", ".2e", "E",
                 "g", ".3g", "G", "%", ".1%", ",.2f", "010.2f", "_", ",", ".10g", "#.3g", ".3", ".1",
                 "12.4", "F", " .3f", "*>12.3e", "012,.1f", "z.0f", "#.0f", ".6"]:
        for value in [1234.5678, -0.00012, 0.0, 1e20, 100.0]:
            print(repr(spec), "|" + format(value, spec) + "|")
    for value in [float("inf"), float("-inf"), float("nan")]:
        print(f"{value:f} {value:10.2e} {value:<8g}| {value:%} {value:F} {value:08.2f}")
    for spec in ["", "s", "10", "<10", ">10", "^10", "*^10s", ".2", "10.3", "-<7.1s", "05"]:
        print(repr(spec), "|" + format("hello", spec) + "|")
    print(f"{True}", f"{True:d}", f"{None}", f"{[1, 2]}", f"{'é':>3}|{'€uro':*<8}")
    width, precision = 10, 3
    print(f"{3.14159:{width}.{precision}f}|{'x':{'*'}^{width}}|{42!r:>5}|{'a'!r}")
    for value, spec in [("a", "d"), (1, "s"), (1.5, "d"), (1, ".2d"), ("a", "+"), ("a", "="),
                        (1, "zz"), (None, "5"), ([1], "5"), (1, ",x"), (1.0, "q")]:
        try:
            print(format(value, spec))
        except (ValueError, TypeError) as error:
            print(type(error).__name__, error)


def percent():
    print("%s %d %i %u" % ("a", 1, 2.9, True))
    print("%5s|%-5s|%.2s|%5.1s|" % ("ab", "ab", "abc", "abc"))
    print("%5d|%-5d|%05d|%+d|% d|%.3d|%+.3d|%8.3d|" % (42, 42, 42, 42, 42, 7, 7, -7))
    print("%x %X %#x %o %#o %08x" % (255, 255, 255, 8, 8, 255))
    print("%f %.2f %10.3f %-10.1f| %e %.1E %g %G %+.1f %05.1f" %
          (1.5, 2.345, 3.14159, 2.5, 12345.678, 0.00012, 1e-7, 1e10, 2.25, -1.5))
    print("%r %a %c %c %%" % ("é", "é", 65, "z"))
    print("%(name)s has %(count)03d" % {"name": "x", "count": 7})
    print("%*d|%-*d|%.*f" % (5, 42, 5, 42, 2, 3.14159))
    print("%s" % (("tuple", 1),), "%s" % [1, 2], "%s" % None, "no args" % ())
    for form, args in [("%d", "a"), ("%s %s", ("a",)), ("%s", ("a", "b")), ("%z", 1), ("%", 1),
                       ("%x", 1.5), ("%c", "ab"), ("%(a)s", {})]:
        try:
            print(form % args)
        except (TypeError, ValueError, KeyError) as error:
            print(type(error).__name__, error)


class Point:
    def __init__(self, x):
        self.x = x
        self.items = {"key": [10, 20]}

    def __format__(self, spec):
        return f"<{self.x}:{spec}>"


def braces():
    p = Point(3)
    print("{} {} {}".format(1, "a", None), "{0} {1} {0}".format("x", "y"))
    print("{a} {b:>5} {c!r}".format(a=1, b=2, c="three"), "{{}} {{{}}}".format(5))
    print("{0.x} {0.items[key][1]} {0:abc}".format(p), "{:{}.{}f}".format(3.14159, 8, 2))
    print("{:>{w}}|{:<{w}}|{:^{w}}".format("l", "r", "c", w=5), "{!s:>4}".format(1))
    print("{x}-{y}".format_map({"x": 1, "y": 2}))
    for form, args in [("{", ()), ("}", ()), ("{}", ()), ("{1}", (1,)), ("{} {0}", (1,)),
                       ("{!z}", (1,)), ("{a}", ())]:
        try:
            print(form.format(*args))
        except (ValueError, IndexError, KeyError) as error:
            print(type(error).__name__, error)


def methods():
    s = "  Hello, World  "
    print([s.strip(), s.lstrip(), s.rstrip(), s.upper(), s.lower(), s.swapcase(), s.title()])
    print("xxabcxx".strip("x"), "abc".strip("ac"), "hello world".capitalize(), "aB1 cD".title())
    print("a,b,,c".split(","), "a b  c ".split(), "a,b,c".split(",", 1), "a b c d".split(None, 2))
    print("a,b,c".rsplit(",", 1), " a b  c ".rsplit(None, 1), "".split(), "".split(","))
    print("a\nb\r\nc\n".splitlines(), "a\nb".splitlines(True))
    print("a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("-"), "abc".rpartition("-"))
    print("hello".find("l"), "hello".rfind("l"), "hello".find("z"), "hello".find("l", 3), "hello".find("", 9))
    print("hello".index("e"), "hello".count("l"), "hello".count(""), "aaaa".count("aa"))
    print("hello".startswith("he"), "hello".endswith(("x", "lo")), "hello".startswith("l", 2))
    print("aXbXc".replace("X", "--"), "aaa".replace("a", "b", 2), "abc".replace("", "-"))
    print("-".join(["a", "b"]), ",".join("xyz"), "".join([]))
    print("7".zfill(3), "-7".zfill(4), "+x".zfill(5), "a".ljust(3, "."), "a".rjust(3), "a".center(4, "*"),
          "ab".center(5, "*"), "abc".center(2))
    print("a\tb".expandtabs(4), "prefix_x".removeprefix("prefix_"), "x_suf".removesuffix("_suf"))
    print("abc".isalpha(), "ab1".isalnum(), "12".isdigit(), " ".isspace(), "".isalpha(), "Ab".isupper(),
          "AB".isupper(), "ab".islower(), "_a1".isidentifier(), "1a".isidentifier())
    print("abc".translate(str.maketrans("ab", "xy", "c")), "abc".encode(), b"ab".decode())
    print("héllo"[1], len("héllo"), "héllo"[::-1], "abcdef"[1:-1:2], "abc"[-1], "héllo".find("l"))
    print("a" < "b", "a" == "a", "a" * 3, 2 * "ab", "ab" in "cabd", "" in "x", "a" + "b", max("hello"))
    print(repr("it's"), repr('"'), repr("'\""), repr("a\n\t\\\x00\x7f"), repr("é€"), ascii("é€"))
    print(b"a\x00'", bytes([1, 2]), len(b"abc"))
    for call in [lambda: "abc".index("z"), lambda: "a".join([1]), lambda: "abc"[5],
                 lambda: "abc".split(""), lambda: 1 in "abc", lambda: "a".center(3, "xx"), lambda: "a"["b"]]:
        try:
            print(call())
        except (ValueError, TypeError, IndexError) as error:
            print(type(error).__name__, error)


def main():
    numbers()
    specs()
    percent()
    braces()
    methods()


if __name__ == "__main__":
    main()
