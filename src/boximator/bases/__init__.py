"""Floor 2: one small file per model family, saying where control enters it (an address) and nothing else."""
