def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


def f(a, b=2, *c, d, e=5, **g):
    return (a, b, c, d, e, g)


def h(a, b, /, c, *, d):
    return (a, b, c, d)


def none():
    pass


def calls():
    print(f(1, d=4), f(1, 2, 3, 4, d=0, z=9), h(1, 2, 3, d=4), h(1, 2, c=3, d=4))
    print(attempt(f), attempt(f, 1), attempt(h, 1, 2, 3, 4), attempt(h, 1, b=2, c=3, d=4))
    print(attempt(none, 1), attempt(none, x=1), attempt(h, 1), attempt(f, 1, a=2, d=1))
    print(attempt(lambda x, y=1: x), attempt(lambda x: x, 1, 2, 3))
    args = [1, 2]
    kw = {'d': 7}
    print(f(*args, 3, *(4, 5), **kw, q=1), attempt(lambda: f(**{'d': 1}, **{'d': 2})))


def main():
    calls()
