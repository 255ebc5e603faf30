"""The methods of arrays that are functions, too."""

from ._products import dot, trace
from ._arranging import repeat, take
from ._reductions import (
    all,
    any,
    argmax,
    argmin,
    cumprod,
    cumsum,
    max,
    mean,
    min,
    prod,
    ptp,
    std,
    sum,
    var,
)
from ._searching import argsort, clip, nonzero, round, searchsorted, sort

METHODS = {
    "sum": sum, "prod": prod, "mean": mean, "var": var, "std": std, "max": max, "min": min,
    "ptp": ptp, "any": any, "all": all, "argmax": argmax, "argmin": argmin, "cumsum": cumsum,
    "cumprod": cumprod, "dot": dot, "trace": trace, "repeat": repeat, "take": take,
    "nonzero": nonzero, "clip": clip, "round": round, "argsort": argsort,
    "searchsorted": searchsorted,
}


def _sort_in_place(a, axis=-1, kind=None, order=None):
    a[...] = sort(a, axis)


METHODS["sort"] = _sort_in_place
