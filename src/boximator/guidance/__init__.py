"""Training-free control: other people's ways to make a frozen base obey boxes, beside our trained adapter."""
