"""Box adapters for diffusers bases: clips, cached latents, objectives, and the loop."""
