"""Draw boxes and paths on a picture, get a video that obeys them."""

__version__ = "0.1.0"
