"""Training runs: frozen settings, one loop, checkpoints that resume exactly."""
