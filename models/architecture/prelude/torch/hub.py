"""Weights and code from the network: refused by name."""

from ._refusal import refusing

_INSTEAD = (
    "build the network without pretrained weights, and give their file as the manifest's source"
)
load_state_dict_from_url = refusing("torch.hub.load_state_dict_from_url", _INSTEAD)
download_url_to_file = refusing("torch.hub.download_url_to_file", _INSTEAD)
load = refusing("torch.hub.load", _INSTEAD)


def get_dir():
    return ""


def set_dir(d):
    pass


def _get_torch_home():
    return ""
