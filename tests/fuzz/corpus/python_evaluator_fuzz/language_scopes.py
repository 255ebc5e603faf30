def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


def scopes():
    x = 1

    def g():

        def k():
            nonlocal x
            x += 1
            return x
        return k
    k = g()
    print(k(), k(), x)
    fs = []
    for i in range(3):
        fs.append(lambda: i)
    print([q() for q in fs], [q() for q in [lambda: j for j in range(3)]])

    def late():
        return y
    print(attempt(late))
    y = 5
    print(late())

    def bad():
        print(z)
        z = 1
    print(attempt(bad))
    print([a for a in range(3) if (last := a) < 2], last)

    class C:
        v = x
        w = [v for _ in range(2)] if False else v

        def get(self):
            return x
        items = [i * 2 for i in range(v)]
    print(C.v, C().get(), C.items)
    del y
    print(attempt(late))
counter = 0


def bump():
    global counter
    counter += 1
    return counter


def glob():
    bump()
    bump()
    print(counter)


def main():
    scopes()
    glob()
