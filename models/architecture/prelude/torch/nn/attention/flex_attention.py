"""Attention with a function for its mask: refused by name."""

from ..._refusal import refusing

_INSTEAD = "write torch.nn.functional.scaled_dot_product_attention with attn_mask"
flex_attention = refusing("torch.nn.attention.flex_attention", _INSTEAD)
create_block_mask = refusing("torch.nn.attention.flex_attention.create_block_mask", _INSTEAD)


class BlockMask:
    def __init__(self, *args, **kwargs):
        refusing("torch.nn.attention.flex_attention.BlockMask", _INSTEAD)()
