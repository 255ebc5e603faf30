"""bytes: numbers from 0 to 255."""


class Name(bytes):
    def first(self):
        return self[0]


def attempt(call):
    try:
        print(repr(call()))
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def main():
    data = b"a\x00b\xff'\n"
    print(data, len(data), data[0], data[-1], data[3], data[True])
    print(data[1:3], data[:], data[::-1], data[4:0:-2], data[10:], data[-2:], b""[:], data[::100])
    print(list(data), tuple(b""), [hex(b) for b in b"xy"], max(data), sum(data), sorted(data))
    first, *rest = b"xyz"
    print(first, rest, dict(enumerate(b"ab")), list(zip(b"ab", "cd")), set(b"aab") == {97, 98})
    print(97 in data, 98 in b"", b"b\xff" in data, b"" in data, b"ba" in data, True in b"\x01")
    print(b"a" + b"b", b"ab" * 2, 2 * b"a", b"a" * 0, b"ab" * -1, b"" * 5)
    print(b"a" < b"b", b"a" < b"ab", b"\xff" > b"a", b"a" == "a", b"a" != b"a", b"b" >= b"a", b"" <= b"")
    print(bytes(), bytes(3), bytes([1, 2, 255]), bytes(range(3)), bytes(b"x"), bytes("xy", "utf-8"), bytes((65,)))
    print(bytes("é", "utf-8"), "é".encode()[0], "é".encode()[::-1], "aé".encode().decode())
    print(any(b"\x00\x00"), all(b"ab"), bool(b""), list(reversed(b"abc")), list(map(chr, b"hi")))
    print(b'"', b"'", b"'\"", b"\\", bytes(range(0, 256, 15)))
    print({b"k": 1}[b"k"], hash(b"k") == hash(bytes([107])), isinstance(data, bytes), type(data[:1]).__name__)
    name = Name(b"xyz")
    print(name.first(), name[1:], len(name), list(name), name + b"!", isinstance(name, bytes), type(name).__name__, b"y" in name, name == b"xyz")
    n = 0
    for byte in b"abc":
        n = n * 256 + byte
    print(n)
    attempt(lambda: data[6])
    attempt(lambda: data[-7])
    attempt(lambda: data["0"])
    attempt(lambda: data[1.0])
    attempt(lambda: data[::0])
    attempt(lambda: 256 in data)
    attempt(lambda: "a" in data)
    attempt(lambda: bytes(-1))
    attempt(lambda: bytes("x"))
    attempt(lambda: bytes([256]))
    attempt(lambda: bytes([-1]))
    attempt(lambda: b"a" < "a")
    attempt(lambda: data.__getitem__(0))
    attempt(lambda: next(iter(b"a")))
    match b"ab":
        case [_, _]:
            print("a sequence")
        case bytes():
            print("no sequence")
