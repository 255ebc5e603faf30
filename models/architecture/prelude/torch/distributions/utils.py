"""Where sources look for broadcast_all."""

from .distribution import broadcast_all
