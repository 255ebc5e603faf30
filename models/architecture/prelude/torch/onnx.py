"""Export is left out."""

from ._refusal import refusing


def is_in_onnx_export():
    return False


export = refusing("torch.onnx.export", "Graft runs the source itself")
