"""Weights from the network: refused by name."""

from .. import hub

load_url = hub.load_state_dict_from_url
