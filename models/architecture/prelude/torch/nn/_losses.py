"""Losses as functions. A served network rarely computes one; that it may does no harm."""

import math

import _graft

_op = _graft.op
_REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def get_reduction(reduction, size_average=None, reduce=None):
    """The name of the reduction, from the arguments of today and of before."""
    if size_average is not None or reduce is not None:
        if reduce is False:
            return "none"
        return "sum" if size_average is False else "mean"
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def _code(reduction, size_average=None, reduce=None):
    return _REDUCTIONS[get_reduction(reduction, size_average, reduce)]


def _reduced(loss, reduction):
    if reduction == "mean":
        return loss.mean()
    return loss.sum() if reduction == "sum" else loss


def _weighted(loss, weight, reduction):
    loss = loss * weight
    if reduction == "mean":
        return loss.sum() / weight.sum()
    return loss.sum() if reduction == "sum" else loss


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    reduction = get_reduction(reduction, size_average, reduce)
    if weight is not None:
        return _weighted((input - target).abs(), weight, reduction)
    return _op("l1_loss")(input, target, _REDUCTIONS[reduction])


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    reduction = get_reduction(reduction, size_average, reduce)
    if weight is not None:
        return _weighted((input - target).pow(2), weight, reduction)
    return _op("mse_loss")(input, target, _REDUCTIONS[reduction])


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    if weight is not None:
        return _weighted(_op("huber_loss")(input, target, 0, delta), weight, reduction)
    return _op("huber_loss")(input, target, _code(reduction), delta)


def smooth_l1_loss(
    input, target, size_average=None, reduce=None, reduction="mean", beta=1.0
):
    code = _code(reduction, size_average, reduce)
    if beta == 0.0:
        return _op("l1_loss")(input, target, code)
    return _op("smooth_l1_loss")(input, target, code, beta)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    return _op("soft_margin_loss")(input, target, _code(reduction, size_average, reduce))


def nll_loss(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
):
    return _op("nll_loss_nd")(
        input, target, weight, _code(reduction, size_average, reduce), ignore_index
    )


def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    return _op("cross_entropy_loss")(
        input,
        target,
        weight,
        _code(reduction, size_average, reduce),
        ignore_index,
        label_smoothing,
    )


def binary_cross_entropy(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    return _op("binary_cross_entropy")(
        input, target, weight, _code(reduction, size_average, reduce)
    )


def binary_cross_entropy_with_logits(
    input,
    target,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
    pos_weight=None,
):
    return _op("binary_cross_entropy_with_logits")(
        input, target, weight, pos_weight, _code(reduction, size_average, reduce)
    )


def kl_div(
    input, target, size_average=None, reduce=None, reduction="mean", log_target=False
):
    if reduction == "batchmean":
        total = _op("kl_div")(input, target, _REDUCTIONS["sum"], log_target=log_target)
        return total / input.size(0) if input.dim() != 0 else total
    code = _code(reduction, size_average, reduce)
    return _op("kl_div")(input, target, code, log_target=log_target)


def poisson_nll_loss(
    input,
    target,
    log_input=True,
    full=False,
    size_average=None,
    eps=1e-08,
    reduce=None,
    reduction="mean",
):
    return _op("poisson_nll_loss")(
        input, target, log_input, full, eps, _code(reduction, size_average, reduce)
    )


def gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction="mean"):
    if isinstance(var, (int, float)):
        var = input.new_ones(()) * var
    if var.dim() == input.dim() - 1:
        var = var.unsqueeze(-1)
    var = var.clamp(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return _reduced(loss, reduction)


def hinge_embedding_loss(
    input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"
):
    code = _code(reduction, size_average, reduce)
    return _op("hinge_embedding_loss")(input, target, margin, code)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    return _op("multilabel_margin_loss")(input, target, _code(reduction, size_average, reduce))


def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    log_sigmoid = _op("log_sigmoid")
    loss = -(target * log_sigmoid(input) + (1 - target) * log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return _reduced(loss.mean(-1), get_reduction(reduction, size_average, reduce))


def multi_margin_loss(
    input,
    target,
    p=1,
    margin=1.0,
    weight=None,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    if p != 1 and p != 2:
        raise ValueError("only p == 1 and p == 2 supported")
    code = _code(reduction, size_average, reduce)
    return _op("multi_margin_loss")(input, target, p, margin, weight, code)


def cosine_embedding_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    code = _code(reduction, size_average, reduce)
    return _op("cosine_embedding_loss")(input1, input2, target, margin, code)


def margin_ranking_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    code = _code(reduction, size_average, reduce)
    return _op("margin_ranking_loss")(input1, input2, target, margin, code)


def triplet_margin_loss(
    anchor,
    positive,
    negative,
    margin=1.0,
    p=2,
    eps=1e-06,
    swap=False,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    code = _code(reduction, size_average, reduce)
    return _op("triplet_margin_loss")(anchor, positive, negative, margin, p, eps, swap, code)


def triplet_margin_with_distance_loss(
    anchor,
    positive,
    negative,
    *,
    distance_function=None,
    margin=1.0,
    swap=False,
    reduction="mean",
):
    if distance_function is None:
        distance_function = _op("pairwise_distance")
    near = distance_function(anchor, positive)
    far = distance_function(anchor, negative)
    if swap:
        far = far.minimum(distance_function(positive, negative))
    return _reduced((margin + near - far).clamp_min(0), get_reduction(reduction))


def ctc_loss(
    log_probs,
    targets,
    input_lengths,
    target_lengths,
    blank=0,
    reduction="mean",
    zero_infinity=False,
):
    return _op("ctc_loss")(
        log_probs, targets, input_lengths, target_lengths, blank, _code(reduction), zero_infinity
    )
