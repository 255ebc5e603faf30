"""Containers of leaves: lists, tuples, dictionaries, and the classes that are registered."""

_nodes = {}


def _dict_flatten(tree):
    return list(tree.values()), list(tree.keys())


def _dict_flatten_with_keys(tree):
    values, context = _dict_flatten(tree)
    return [(key, value) for key, value in zip(context, values)], context


def register_pytree_node(cls, flatten_fn, unflatten_fn, **names):
    _nodes[cls] = flatten_fn, unflatten_fn


_register_pytree_node = register_pytree_node


class TreeSpec:
    """`rebuild(children)` makes the container again; None: a leaf."""

    def __init__(self, rebuild, children_specs):
        self._rebuild = rebuild
        self.children_specs = children_specs
        self.num_leaves = (
            1 if rebuild is None else sum(spec.num_leaves for spec in children_specs)
        )

    def is_leaf(self):
        return self._rebuild is None

    def unflatten(self, leaves):
        leaves = list(leaves)
        if len(leaves) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(leaves)} but the spec "
                f"refers to a pytree that holds {self.num_leaves} items"
            )
        if self._rebuild is None:
            return leaves[0]
        children = []
        for spec in self.children_specs:
            children.append(spec.unflatten(leaves[: spec.num_leaves]))
            leaves = leaves[spec.num_leaves :]
        return self._rebuild(children)


def _open(tree, is_leaf):
    """The children of a container and what makes it of others; None: a leaf."""
    if is_leaf is not None and is_leaf(tree):
        return None
    kind = type(tree)
    if kind in _nodes:
        flatten_fn, unflatten_fn = _nodes[kind]
        children, context = flatten_fn(tree)
        return list(children), lambda made: unflatten_fn(made, context)
    if isinstance(tree, dict):
        keys = list(tree.keys())
        return list(tree.values()), lambda made: kind(zip(keys, made))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return list(tree), lambda made: kind(*made)
    if isinstance(tree, (list, tuple)):
        return list(tree), kind
    return None


def tree_flatten(tree, is_leaf=None):
    opened = _open(tree, is_leaf)
    if opened is None:
        return [tree], TreeSpec(None, [])
    children, rebuild = opened
    leaves, specs = [], []
    for child in children:
        more, spec = tree_flatten(child, is_leaf)
        leaves += more
        specs.append(spec)
    return leaves, TreeSpec(rebuild, specs)


def tree_unflatten(leaves, treespec):
    return treespec.unflatten(leaves)


def tree_leaves(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func, tree, *rests, is_leaf=None):
    opened = _open(tree, is_leaf)
    if opened is None:
        return func(tree, *rests)
    children, rebuild = opened
    others = [_open(rest, None)[0] for rest in rests]
    return rebuild(
        [tree_map(func, *parts, is_leaf=is_leaf) for parts in zip(children, *others)]
    )


def tree_map_only(kind, func, tree, is_leaf=None):
    def only(leaf):
        return func(leaf) if isinstance(leaf, kind) else leaf

    return tree_map(only, tree, is_leaf=is_leaf)


def tree_all(predicate, tree, is_leaf=None):
    return all(predicate(leaf) for leaf in tree_leaves(tree, is_leaf))


def tree_any(predicate, tree, is_leaf=None):
    return any(predicate(leaf) for leaf in tree_leaves(tree, is_leaf))
