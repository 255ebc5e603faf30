match x:
    case 1: pass
match x, y:
    case 1, 2:
        a
    case (1 | 2) as z, *_:
        b
match (x):
    case {"a": 1, **rest} if rest and (lambda: 1)():
        a
    case Point(x=0, y=[1, b.c, *_]) | None:
        if d:
            e
    case -1 | "text" "joined" | 1.5 + 2j | a.b.c:
        match y:
            case _:
                pass
    case [Point(x=0)]: pass
match *a, b:
    case _: pass
match -x:
    case _: pass
match {"a": 1}:
    case _: pass
match = 1
match.x = 2
match[0] = 3
match(x)
match (x)
match, case = 1, 2
match: int
match: int = 4
match * x
print(match, case, _)
case = 5
case: int = 6


def f(match, case=1, type=2, _=3):
    match match:
        case case: return
    for x in y:
        match x:
            case 1:
                continue
            case 2: break


def g():
    match x:
        case 1:
            yield


match x:
    case [] | () | (a.b,): pass
    case (1): pass
    case [[_, *_], (*r, 1,),]: pass
    case {}: pass
    case {**rest}: pass
    case {-1: True, None: a.b.C(d, e=None, f=[*g]), x.y: {"k": z}, }: pass
    case a.B() | C(): pass
    case "a" as y: pass
    case ((1 as y) as z): pass
    case 1 | 2 as n if n > 1: pass
    case *_, last: pass
    case - 1.5 | -2j | 1 - 1j | b"c" b"d": pass
