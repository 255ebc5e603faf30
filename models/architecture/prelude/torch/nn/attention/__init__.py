"""Which kernel of attention runs: the choice is the device's."""


class SDPBackend:
    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


class sdpa_kernel:
    def __init__(self, backends, set_priority=False):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False
