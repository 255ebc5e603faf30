"""Where sources look for TransformedDistribution."""

from .squashed import TransformedDistribution
