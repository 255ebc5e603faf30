"""torch.backends.quantized."""

engine = "none"
supported_engines = ["none"]
