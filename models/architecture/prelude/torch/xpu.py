"""torch.xpu, while a network is built: there is no such device."""


def is_available():
    return False


def device_count():
    return 0


def empty_cache():
    pass


def manual_seed(seed):
    pass
