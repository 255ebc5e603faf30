"""Data sets, as classes to derive from. Loading data is of training: refused by name."""

from ..._refusal import refuse, refusing

_INSTEAD = "a served network takes its inputs from the host"


class Dataset:
    pass


class IterableDataset(Dataset):
    pass


class Sampler:
    pass


class DataLoader:
    def __init__(self, *args, **kwargs):
        refuse("torch.utils.data.DataLoader", _INSTEAD)


class TensorDataset(Dataset):
    def __init__(self, *args, **kwargs):
        refuse("torch.utils.data.TensorDataset", _INSTEAD)


class ConcatDataset(Dataset):
    def __init__(self, *args, **kwargs):
        refuse("torch.utils.data.ConcatDataset", _INSTEAD)


class Subset(Dataset):
    def __init__(self, *args, **kwargs):
        refuse("torch.utils.data.Subset", _INSTEAD)


default_collate = refusing("torch.utils.data.default_collate", _INSTEAD)
random_split = refusing("torch.utils.data.random_split", _INSTEAD)


def get_worker_info():
    return None
