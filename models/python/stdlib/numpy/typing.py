"""numpy.typing: annotations are not looked at."""

from typing import Any

NDArray = ArrayLike = DTypeLike = Any
