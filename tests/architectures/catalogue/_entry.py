"""How the files of this folder state their networks."""

IMAGE = [2, 3, 64, 64]
LARGE = [2, 3, 224, 224]


def of(package, folder, inputs, files):
    """`files`: file name -> expressions, or pairs of an expression and its own inputs."""
    for file, expressions in files.items():
        for expression in expressions:
            own = inputs
            if isinstance(expression, tuple):
                expression, own = expression
            yield {
                "package": package,
                "file": f"{folder}/{file}",
                "expression": expression,
                "inputs": own,
            }


def whole(shape, below):
    """An input of whole numbers."""
    return {"shape": shape, "below": below}
