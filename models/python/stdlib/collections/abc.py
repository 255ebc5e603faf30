"""collections.abc: isinstance() asks what a value can do."""

import _library


class Hashable:
    __instancecheck__ = _library.instance_check("Hashable")


class Callable:
    __instancecheck__ = _library.instance_check("Callable")


class Sized:
    __instancecheck__ = _library.instance_check("Sized")


class Container:
    __instancecheck__ = _library.instance_check("Container")


class Iterable:
    __instancecheck__ = _library.instance_check("Iterable")


class Iterator(Iterable):
    __instancecheck__ = _library.instance_check("Iterator")

    def __iter__(self):
        return self


class Generator(Iterator):
    __instancecheck__ = _library.instance_check("Iterator")


class Reversible(Iterable):
    __instancecheck__ = _library.instance_check("Sequence")


class Collection(Sized, Iterable, Container):
    __instancecheck__ = _library.instance_check("Collection")


class Sequence(Reversible, Collection):
    __instancecheck__ = _library.instance_check("Sequence")

    def __iter__(self):
        return iter([self[i] for i in range(len(self))])

    def __reversed__(self):
        return reversed([self[i] for i in range(len(self))])

    def __contains__(self, value):
        return any(item is value or item == value for item in self)

    def index(self, value):
        return list(self).index(value)

    def count(self, value):
        return list(self).count(value)


class MutableSequence(Sequence):
    __instancecheck__ = _library.instance_check("MutableSequence")

    def append(self, value):
        self.insert(len(self), value)

    def extend(self, values):
        for value in list(values):
            self.append(value)

    def pop(self, index=-1):
        value = self[index]
        del self[index]
        return value

    def remove(self, value):
        del self[self.index(value)]

    def clear(self):
        while len(self) > 0:
            self.pop()

    def reverse(self):
        items = list(self)
        for i, item in enumerate(reversed(items)):
            self[i] = item

    def __iadd__(self, values):
        self.extend(values)
        return self


class Set(Collection):
    __instancecheck__ = _library.instance_check("Set")


class MutableSet(Set):
    __instancecheck__ = _library.instance_check("MutableSet")


class Mapping(Collection):
    __instancecheck__ = _library.instance_check("Mapping")

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        return True

    def get(self, key, default=None):
        return self[key] if key in self else default

    def keys(self):
        return {key: None for key in self}.keys()

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def __eq__(self, other):
        return dict(self.items()) == dict(other.items())


class MutableMapping(Mapping):
    __instancecheck__ = _library.instance_check("MutableMapping")

    def pop(self, key, *default):
        if key not in self and default:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other=(), /, **kwargs):
        for key, value in dict(other, **kwargs).items():
            self[key] = value

    def clear(self):
        for key in list(self):
            del self[key]


class KeysView:
    __instancecheck__ = _library.instance_check("KeysView")


class ValuesView:
    __instancecheck__ = _library.instance_check("ValuesView")


class ItemsView:
    __instancecheck__ = _library.instance_check("ItemsView")


class Awaitable:
    pass


class Coroutine(Awaitable):
    pass


class AsyncIterable:
    pass


class AsyncIterator(AsyncIterable):
    pass


class ByteString:
    pass
