def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


class CM:

    def __init__(self, sup=False):
        self.sup = sup

    def __enter__(self):
        print('enter')
        return self

    def __exit__(self, t, v, tb):
        print('exit', t and t.__name__, v)
        return self.sup


def withs():
    with CM() as c, CM(True) as d:
        raise ValueError('x')

    def r():
        with CM():
            return 5
    print(r())


def unpack():
    a, (b, *c), d = (1, (2, 3, 4), 5)
    print(a, b, c, d)
    *a, b = 'xyz'
    print(a, b)
    [a, b] = {1: 2, 3: 4}
    print(a, b)
    for i, (j, k) in enumerate([(1, 2), (3, 4)]):
        print(i, j, k, end=' ')
    print()

    def bad1():
        a, b = (1, 2, 3)

    def bad2():
        a, b, c = [1, 2]

    def bad3():
        a, *b, c = [1]

    def bad4():
        a, b = 5
    print(attempt(bad1), attempt(bad2), attempt(bad3), attempt(bad4))
    x = y = [1]
    x += [2]
    print(y)
    x[0] += 5
    print(x)
    print({**{'a': 1}, 'b': 2}, [*range(3), *'ab'], (*[1], 2), {*[1, 1, 2]})
    a, b = b, a = (1, 2)
    print(a, b, 1 < 2 < 3, 1 < 3 < 2, 1 == 1.0 == True, not 1, 5 if a else 6, 'ab', 1 or 2, 0 or '', None and 1)
    print(0.1 + 0.2, 1e+100, 7 % -3, -7 % 3, 7.5 // 2, -7.5 // 2, -7.5 % 2, 2 ** (-1), 2 ** 0.5, 1 << 10, ~5, 6 & 3, 6 | 3, 6 ^ 3, True + True, 5 // 0.3)
    t = (1, 2, 3)
    print(t[::-1], t[-2:], t[5:], [1, 2, 3, 4][::2])
    l = list(range(10))
    l[2:5] = [0]
    del l[0], l[-1]
    print(l)


def main():
    withs()
    unpack()
