"""contextvars, contextlib and copy."""
import copy
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from contextvars import ContextVar

depth = ContextVar("depth", default=0)
bare = ContextVar("bare")


@contextmanager
def deeper():
    token = depth.set(depth.get() + 1)
    try:
        yield depth.get()
    finally:
        depth.reset(token)


class Node:
    def __init__(self, name, parent=None):
        self.name, self.parent, self.children = name, parent, []
        if parent is not None:
            parent.children.append(self)


class Guarded:
    def __init__(self):
        self.data = [1, [2]]

    def __copy__(self):
        made = type(self)()
        made.data = self.data
        return made

    def __deepcopy__(self, memo):
        made = type(self)()
        made.data = copy.deepcopy(self.data, memo)
        made.copied = True
        return made


class Plain:
    def __init__(self):
        self.values = {"a": [1]}


def main():
    print(depth.get(), depth.name)
    with deeper() as d:
        with deeper() as e:
            print(d, e, depth.get())
    print(depth.get(), bare.get("fallback"))
    try:
        bare.get()
    except LookupError:
        print("LookupError")
    token = bare.set(1)
    print(bare.get())
    bare.reset(token)
    print(bare.get(None))
    root = Node("root")
    Node("child", root)
    twin = copy.deepcopy(root)
    print(twin.children[0].name, twin.children[0].parent is twin, twin.children[0] is not root.children[0])
    g = Guarded()
    print(copy.copy(g).data is g.data, copy.deepcopy(g).data == g.data, copy.deepcopy(g).copied)
    p = Plain()
    shown = copy.deepcopy(p.__dict__)
    shown["values"]["a"].append(2)
    shallow = copy.copy(p.__dict__)
    shallow["extra"] = 1
    print(p.values, shown, sorted(shallow), sorted(p.__dict__), type(shown) is dict)
    q = copy.copy(p)
    q.values["b"] = 2
    print(p.values, q.values is p.values)
    shared = [0]
    nested = copy.deepcopy([shared, shared])
    nested[0].append(1)
    print(nested, shared, copy.deepcopy((1, (2,))), copy.copy({1, 2}))
    with ExitStack() as stack:
        names = [stack.enter_context(nullcontext(i)) for i in range(3)]
        stack.callback(print, "callback", sep="")
        print(names)
    with suppress(KeyError, IndexError):
        [][1]
    print("suppressed")
