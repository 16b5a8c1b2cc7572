"""From raw video to a dataset: shots, things in them, their boxes through time, and who allowed their use."""
