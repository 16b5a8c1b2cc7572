"""Floor 2: every file says what it is: label, watermark, metadata, signature, and how to check them."""
