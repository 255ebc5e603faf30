"""Lists, tuples and dictionaries of leaves."""


def tree_map(fn, tree, *rests, is_leaf=None):
    if is_leaf is not None and is_leaf(tree):
        return fn(tree, *rests)
    if isinstance(tree, dict):
        return type(tree)(
            (key, tree_map(fn, value, *[rest[key] for rest in rests], is_leaf=is_leaf))
            for key, value in tree.items()
        )
    if isinstance(tree, (list, tuple)):
        mapped = [
            tree_map(fn, value, *[rest[i] for rest in rests], is_leaf=is_leaf)
            for i, value in enumerate(tree)
        ]
        return type(tree)(*mapped) if hasattr(tree, "_fields") else type(tree)(mapped)
    return fn(tree, *rests)


def tree_leaves(tree, is_leaf=None):
    if is_leaf is not None and is_leaf(tree):
        return [tree]
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (list, tuple)):
        return [leaf for value in tree for leaf in tree_leaves(value, is_leaf)]
    return [tree]


class TreeSpec:
    """A tree without its leaves: they are counted where they stood."""

    def __init__(self, tree):
        count = len(tree_leaves(tree))
        numbers = iter(range(count))
        self._tree = tree_map(lambda leaf: next(numbers), tree)
        self.num_leaves = count

    def unflatten(self, leaves):
        leaves = list(leaves)
        return tree_map(lambda number: leaves[number], self._tree)


def tree_flatten(tree, is_leaf=None):
    return tree_leaves(tree, is_leaf), TreeSpec(tree)


def tree_unflatten(leaves, treespec):
    return treespec.unflatten(leaves)


def tree_structure(tree, is_leaf=None):
    return TreeSpec(tree)


def _dict_flatten(d):
    return list(d.values()), list(d)


def _dict_unflatten(values, context):
    return dict(zip(context, values))


def register_pytree_node(cls, flatten_fn, unflatten_fn, **kwargs):
    """Dictionaries and tuples of derived classes are trees anyway."""


_register_pytree_node = register_pytree_node
