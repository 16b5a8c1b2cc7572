"""The embedded base: a small image-to-video diffusion model whose state is appearance and motion."""
