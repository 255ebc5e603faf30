"""All parameters as one vector."""

import _graft


def parameters_to_vector(parameters):
    return _graft.op("cat")([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec, parameters):
    start = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.data.copy_(vec[start : start + count].view_as(parameter))
        start += count
