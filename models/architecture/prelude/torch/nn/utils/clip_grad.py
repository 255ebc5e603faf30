"""Gradients are of training: refused by name."""

from ..._refusal import refusing

_INSTEAD = "a served network has no gradients"
clip_grad_norm = refusing("torch.nn.utils.clip_grad_norm", _INSTEAD)
clip_grad_norm_ = refusing("torch.nn.utils.clip_grad_norm_", _INSTEAD)
clip_grad_value_ = refusing("torch.nn.utils.clip_grad_value_", _INSTEAD)
clip_grads_with_norm_ = refusing("torch.nn.utils.clip_grads_with_norm_", _INSTEAD)
get_total_norm = refusing("torch.nn.utils.get_total_norm", _INSTEAD)
