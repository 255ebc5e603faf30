"""torch.accelerator, while a network is built: there is none. The host places it later."""


def is_available():
    return False


def device_count():
    return 0


def current_accelerator(check_available=False):
    return None


def synchronize(device=None, /):
    pass
