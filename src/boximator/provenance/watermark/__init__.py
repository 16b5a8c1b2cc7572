"""An invisible watermark of 64 bits for videos and pictures: no weights, only a fixed pattern and arithmetic."""
