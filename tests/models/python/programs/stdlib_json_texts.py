"""json of texts."""
import json


class Point:
    def __init__(self, x):
        self.x = x


class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, Point):
            return {"x": o.x}
        return super().default(o)


def attempt(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    data = {"a": 1, "b": [1.5, True, None, "text"], "c": {"d": {}, "e": []}, "f": -0.0, "g": 1e20}
    print(json.dumps(data))
    print(json.dumps(data, indent=2))
    print(json.dumps(data, sort_keys=True, separators=(",", ":")))
    print(json.dumps({"b": 1, "a": [1, {"z": 2}]}, indent=1, sort_keys=True))
    print(json.dumps('quote " back \\ line \n tab \t bell \x07 é € 😀'), json.dumps("é", ensure_ascii=False))
    print(json.dumps([float("inf"), float("nan")]), json.dumps((1, 2)), json.dumps({1: 2, None: 3, True: 4, 1.5: 6}))
    print(json.dumps(Point(3), cls=Encoder), json.dumps([Point(1)], default=lambda o: o.x))
    print(attempt(json.dumps, Point(1)), attempt(json.dumps, {(1, 2): 3}), attempt(json.dumps, {1, 2}))
    print(json.dumps({(1, 2): 3, "k": 1}, skipkeys=True), json.dumps(None), json.dumps("a"), json.dumps([]))
    loop = []
    loop.append(loop)
    print(attempt(json.dumps, loop))
    text = '  {"a": [1, -2.5e3, 0.25, true, false, null], "b": "x\\u0041\\n\\ud83d\\ude00", "c": {}}  '
    loaded = json.loads(text)
    print(loaded, type(loaded["a"][0]).__name__, type(loaded["a"][1]).__name__)
    print(json.loads("[]"), json.loads('"s"'), json.loads("12"), json.loads("NaN"), json.loads("-Infinity"))
    print(json.loads(json.dumps(data)) == data, json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d)))
    print(json.loads("[1.5, 2]", parse_float=str, parse_int=lambda s: s + "!"))
    for bad in ("", "{", "[1,]", '{"a" 1}', "[1 2]", "tru", '"abc', '"\\q"', "1 2", "{1: 2}", "nul", "[1"):
        print(repr(bad), attempt(json.loads, bad))
    try:
        json.loads('{"a":\n  x}')
    except json.JSONDecodeError as error:
        print(error.msg, error.lineno, error.colno, error.pos, isinstance(error, ValueError))
