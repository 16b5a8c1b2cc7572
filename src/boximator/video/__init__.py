"""Floor 1: pictures and videos, in and out."""
