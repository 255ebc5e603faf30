"""Attention over several heads, as a function of its weights."""

import math

import _graft

from ._masks import _canonical_mask, _none_or_dtype

_op = _graft.op
_linear = _op("linear")


def _in_projection_packed(q, k, v, w, b=None):
    """The three projections whose weights lie in one matrix."""
    width = q.size(-1)
    if q is k and k is v:
        return _linear(q, w, b).chunk(3, -1)
    w_q, w_k, w_v = w.split(width)
    if b is None:
        return _linear(q, w_q), _linear(k, w_k), _linear(v, w_v)
    b_q, b_k, b_v = b.split(width)
    return _linear(q, w_q, b_q), _linear(k, w_k, b_k), _linear(v, w_v, b_v)


def _in_projection(q, k, v, w_q, w_k, w_v, b_q=None, b_k=None, b_v=None):
    return _linear(q, w_q, b_q), _linear(k, w_k, b_k), _linear(v, w_v, b_v)


def _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads):
    """Whether the query has a batch."""
    if query.dim() not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query"
        )
    if key.dim() != query.dim() or value.dim() != query.dim():
        raise AssertionError(
            f"expected key and value to be {query.dim()}-D but found {key.dim()}-D and "
            f"{value.dim()}-D tensors respectively"
        )
    return query.dim() == 3


def _heads(x, num_heads, batch_first):
    """[batch, length, width] (or length first) as [batch, heads, length, width of one head]."""
    x = x.unflatten(-1, (num_heads, -1))
    return x.transpose(1, 2) if batch_first else x.permute(1, 2, 0, 3)


def _with_row(x, row, batch_first):
    """The sequences `x` with `row` [1, 1, width] at the end of each."""
    like = x[:, :1] if batch_first else x[:1]
    return _op("cat")([x, row.expand_as(like)], 1 if batch_first else 0)


def _one_wider(mask):
    return None if mask is None else _op("pad")(mask, [0, 1])


def attend(
    query,
    key,
    value,
    num_heads,
    project,
    out_proj_weight,
    out_proj_bias,
    bias_k=None,
    bias_v=None,
    add_zero_attn=False,
    dropout_p=0.0,
    key_padding_mask=None,
    need_weights=True,
    attn_mask=None,
    static_k=None,
    static_v=None,
    average_attn_weights=True,
    is_causal=False,
    batch_first=False,
):
    """Attention of sequences with a batch, after `project(query, key, value)`.

    Sequences are [batch, length, width] if `batch_first`, else [length, batch, width]. Within,
    everything is [batch, heads, length, width of one head]: no size of a batch is ever needed.
    """
    key_padding_mask = _canonical_mask(
        key_padding_mask, "key_padding_mask", _none_or_dtype(attn_mask), "attn_mask", query.dtype
    )
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    attn_mask = _canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, False)

    q, k, v = project(query, key, value)
    if bias_k is not None and bias_v is not None:
        k = _with_row(k, bias_k, batch_first)
        v = _with_row(v, bias_v, batch_first)
        attn_mask = _one_wider(attn_mask)
        key_padding_mask = _one_wider(key_padding_mask)
    q = _heads(q, num_heads, batch_first)
    if static_k is None:
        k = _heads(k, num_heads, batch_first)
    else:
        k = static_k.unflatten(0, (-1, num_heads))
    if static_v is None:
        v = _heads(v, num_heads, batch_first)
    else:
        v = static_v.unflatten(0, (-1, num_heads))
    if add_zero_attn:
        k = _op("pad")(k, [0, 0, 0, 1])
        v = _op("pad")(v, [0, 0, 0, 1])
        attn_mask = _one_wider(attn_mask)
        key_padding_mask = _one_wider(key_padding_mask)

    if attn_mask is not None and attn_mask.dim() == 3:  # one for each head of each sample
        attn_mask = attn_mask.unflatten(0, (-1, num_heads))
    if key_padding_mask is not None:
        padding = key_padding_mask.unsqueeze(1).unsqueeze(1)
        attn_mask = padding if attn_mask is None else attn_mask + padding

    weights = None
    if need_weights:
        scores = (q * math.sqrt(1.0 / float(q.size(-1)))).matmul(k.transpose(-2, -1))
        if attn_mask is not None:
            scores = scores + attn_mask
        weights = _op("softmax")(scores, -1)
        if dropout_p > 0.0:
            weights = _op("dropout")(weights, dropout_p, True)
        output = weights.matmul(v)
        if average_attn_weights:
            weights = weights.mean(1)
    else:
        output = _op("scaled_dot_product_attention")(q, k, v, attn_mask, dropout_p)
    output = output.transpose(1, 2) if batch_first else output.permute(2, 0, 1, 3)
    return _linear(output.flatten(2), out_proj_weight, out_proj_bias), weights


def multi_head_attention_forward(
    query,
    key,
    value,
    embed_dim_to_check,
    num_heads,
    in_proj_weight,
    in_proj_bias,
    bias_k,
    bias_v,
    add_zero_attn,
    dropout_p,
    out_proj_weight,
    out_proj_bias,
    training=True,
    key_padding_mask=None,
    need_weights=True,
    attn_mask=None,
    use_separate_proj_weight=False,
    q_proj_weight=None,
    k_proj_weight=None,
    v_proj_weight=None,
    static_k=None,
    static_v=None,
    average_attn_weights=True,
    is_causal=False,
    batch_first=False,
):
    """PyTorch's function. `batch_first` is ours: it spares the layer its transposes."""
    batched = _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads)
    width = query.size(-1)
    if width != embed_dim_to_check:
        raise AssertionError(
            f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}"
        )
    if width % num_heads != 0:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")

    def project(q, k, v):
        if not use_separate_proj_weight:
            return _in_projection_packed(q, k, v, in_proj_weight, in_proj_bias)
        b_q = b_k = b_v = None
        if in_proj_bias is not None:
            b_q, b_k, b_v = in_proj_bias.chunk(3)
        return _in_projection(
            q, k, v, q_proj_weight, k_proj_weight, v_proj_weight, b_q, b_k, b_v
        )

    alone = 0 if batch_first else 1
    if not batched:
        # One tensor stays one tensor: its three projections are then a single product.
        whole = query.unsqueeze(alone)
        key, value = (
            whole if key is query else key.unsqueeze(alone),
            whole if value is query else value.unsqueeze(alone),
        )
        query = whole
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    output, weights = attend(
        query,
        key,
        value,
        num_heads,
        project,
        out_proj_weight,
        out_proj_bias,
        bias_k,
        bias_v,
        add_zero_attn,
        dropout_p if training else 0.0,
        key_padding_mask,
        need_weights,
        attn_mask,
        static_k,
        static_v,
        average_attn_weights,
        is_causal,
        batch_first,
    )
    if not batched:
        output = output.squeeze(alone)
        weights = None if weights is None else weights.squeeze(0)
    return output, weights
