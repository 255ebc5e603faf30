def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


class E1(Exception):
    pass


class E2(E1):

    def __init__(self, code, msg='m'):
        super().__init__(msg)
        self.code = code


def exc():
    out = []
    try:
        try:
            raise E2(5)
        except E1 as e:
            out.append((e.code, str(e), e.args, repr(e)))
            raise ValueError('second') from e
        finally:
            out.append('fin')
    except (TypeError, ValueError) as e:
        out.append((str(e), repr(e.__cause__), type(e.__context__).__name__))
    else:
        out.append('no')

    def g():
        try:
            return 'try'
        finally:
            out.append('cleanup')
    out.append(g())

    def loop():
        for i in range(5):
            try:
                if i == 1:
                    continue
                if i == 3:
                    break
                out.append(i)
            finally:
                out.append(f'f{i}')
        else:
            out.append('else')
    loop()
    for i in range(2):
        pass
    else:
        out.append('for-else')
    print(out)
    print(attempt(lambda: {}['k']), attempt(lambda: [][1]), attempt(lambda: None.x), attempt(lambda: 1 + 'a'), attempt(lambda: 'a' < 1))
    print(attempt(lambda: undefined_name), attempt(lambda x=3: x()), attempt(lambda x=[1]: x[None]), attempt(int, 'x'), repr(KeyError('a')), str(KeyError('a')))
    try:
        assert 1 == 2, 'msg %d' % 3
    except AssertionError as e:
        print('assert', e)
    try:
        raise KeyError
    except LookupError as e:
        print(repr(e))
    print(issubclass(ModuleNotFoundError, ImportError))

    def rer():
        try:
            1 / 0
        except ZeroDivisionError:
            raise
    print(attempt(rer))


def main():
    exc()
