"""Masks of attention."""

import _graft

_bool = _graft.dtype("bool")


def _none_or_dtype(input):
    return None if input is None else input.dtype


def _canonical_mask(mask, mask_name, other_type, other_name, target_type, check_other=True):
    """The mask as numbers to add: where a bool mask is true, minus infinity."""
    if mask is None:
        return None
    if mask.dtype == _bool:
        zeros = _graft.op("zeros_like")(mask, dtype=target_type)
        return zeros.masked_fill(mask, float("-inf"))
    if not mask.dtype.is_floating_point:
        raise AssertionError(f"only bool and floating types of {mask_name} are supported")
    return mask
