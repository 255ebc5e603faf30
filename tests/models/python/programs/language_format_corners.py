"""Formatting: f-strings, format(), %, and their corners."""
import math


class Money:
    def __init__(self, v):
        self.v = v

    def __format__(self, spec):
        return f"${self.v:{spec or '.2f'}}"

    def __repr__(self):
        return f"Money({self.v!r})"

    def __str__(self):
        return f"{self.v} money"


def main():
    x, width, name = 3.14159, 10, "net"
    print(f"{x:.2f}|{x:10.3f}|{x:<10.1f}|{x:^10.1f}|{x:+.1f}|{x:e}|{x:g}|{x:%}|{x:.0f}")
    print(f"{x:{width}.{2}f}|{name:>{width}}|{name!r:>8}|{name:*^9}|{name:.2}|{name!s}")
    print(f"{42:b} {42:x} {42:X} {42:o} {42:#x} {42:#b} {42:08d} {42:+d} {42: d} {1234567:,} {1234567:_}")
    print(f"{1234567.891:,.2f} {-5:05d} {0.1 + 0.2} {1e20} {1e-7} {1.0} {100000000000000000.0} {1e16}")
    print(f"{x=} {name=!s} {x=:.1f} {1 + 1=} { name = }")
    print(f"{{}} {{{x:.1f}}} {'nested ' + f'{name}'} {'a' if x > 3 else 'b'}")
    print(f"{Money(3)} {Money(3):.1f} {Money(3)!r} {Money(3)!s} {str(Money(3)):>10}|")
    print("{} {}".format(1, 2), "{1} {0}".format("a", "b"), "{a} {b[0]} {c.v}".format(a=1, b=[2], c=Money(5)))
    print("{:>5}|{:<5}|{:^5}|{:05.1f}".format("a", "b", "c", 2.25), "{0!r:>5}".format("x"))
    print("%d %5d %-5d| %05d %+d %x %o %e %g %.3f %s %r %% %c" % (
        1, 2, 3, 4, 5, 255, 8, 12345.678, 0.0001, 2.0, "s", "r", "c"))
    print("%(a)s-%(b)03d" % {"a": 1, "b": 2}, "%s" % (1,), "%s %s" % ("x", [1]), "%5s|%-5s|" % ("a", "b"))
    print("%.2f%%" % 12.345, "%s" % None, "%10.4s|" % "abcdefgh", "%i" % 3.9)
    print(format(12.5, "8.2f"), format("a", ">4"), format(255, "#06x"), format(True, "d"), format(3, ""))
    print(repr(0.1), repr(1e100), repr(-0.0), repr(float("inf")), repr(float("nan")), str(1e15), str(1e16))
    print(f"{math.pi:.10f} {math.inf} {-math.inf:5} {math.nan:.1f} {2**53} {10**18}")
    print(f"{True} {None} {[1, 'a']} {(1,)} {{'k': 1}} { {'k': 1}['k'] } {1,}")
    print(f"{x!r:.4}", f"{[1, 2]!s:>10}", f"{b'x'}")
    print("a" "b" f"{1}" "c", "tab\there", r"raw\n", "nul\x41\u0042")
    print("{:.3}".format("abcdef"), "{:,}".format(1e6), "{:.2e}".format(12345), "{:10}|".format(3))
    print(f"{12:>+6}|{-12:=6}|{12:=+6}|{3.0:g}|{1e10:g}|{123456789:g}|{0.00001:g}|{1.5:.3g}|{100:.3g}")
    print(str.format("{:{}}", "a", 4) + "|", "{:{w}.{p}f}".format(2.5, w=8, p=3))
    print("|".join(f"{i:>2}" for i in range(9, 12)), "".join(reversed("abc")), "ab".center(6, "-"))
    print("{!r} {!s} {!a}".format("é", "é", "é"), ascii("é"), f"{'é'!a}")
