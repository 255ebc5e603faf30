"""Sequences of several lengths. Padded ones are tensors; packed ones are left out."""

import _graft

from ..._refusal import refuse, refusing

_op = _graft.op
_INSTEAD = "give the recurrent layer a padded tensor"
pack_padded_sequence = refusing("torch.nn.utils.rnn.pack_padded_sequence", _INSTEAD)
pack_sequence = refusing("torch.nn.utils.rnn.pack_sequence", _INSTEAD)
pad_packed_sequence = refusing("torch.nn.utils.rnn.pad_packed_sequence", _INSTEAD)
unpack_sequence = refusing("torch.nn.utils.rnn.unpack_sequence", _INSTEAD)


class PackedSequence:
    def __init__(self, *args, **kwargs):
        refuse("torch.nn.utils.rnn.PackedSequence", _INSTEAD)


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    return _op("pad_sequence")(list(sequences), batch_first, padding_value, padding_side)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [row[: int(length)] for row, length in zip(padded_sequences, lengths)]
