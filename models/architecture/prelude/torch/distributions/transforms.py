"""Where sources look for TanhTransform."""

from .squashed import TanhTransform
