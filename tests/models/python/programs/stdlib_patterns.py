import os
import re
from collections import namedtuple

UNUSED = re.compile(r"(?<=layer)\d++")  # what RE2 lacks, and nobody uses

VERSION = re.compile(
    r"""
    v?                          # an optional v
    (?P<release> [0-9]+ (?: \. [0-9]+ )* )
    [ ]* \#? []#a]*             # spaces, a number sign and brackets that count
    (?P<rest> .* ) $
    """,
    re.VERBOSE | re.IGNORECASE,
)


def main():
    for text in ("1.2.3", "V2 rc1", "3.0  #]a#x", "x"):
        match = VERSION.match(text)
        print(text, match and match.groupdict(), match and match.groups())
    print(re.sub(r"\s+ # spaces", "_", "a  b c", flags=re.X), re.split(r"[ ,] +", "a, b", flags=re.VERBOSE))
    print(re.compile(r"(a)(?P<b>b)?").groups, dict(re.compile(r"(a)(?P<b>b)?").groupindex))
    Point = namedtuple("Point", "x y z")
    print(Point.__new__.__defaults__)
    Point.__new__.__defaults__ = (None, 7)
    print(Point(1), Point(1, z=3), Point._make([1, 2, 3]), Point.__new__.__defaults__, Point._field_defaults)

    class Place(Point):
        def __new__(cls, x, **rest):
            return super().__new__(cls, x * 2, **rest)

    print(Place(4), Place(4, y=1), Point.__new__(Point, 5), isinstance(Place(1), Point))
    Point.__new__.__defaults__ = None
    try:
        Point(1)
    except TypeError as error:
        print("TypeError", "z" in str(error))
    os.register_at_fork(before=print)

    class Folder:
        def __fspath__(self):
            return "/a/b"

    print(isinstance(Folder(), os.PathLike), isinstance("/a", os.PathLike), os.fspath(Folder()))
