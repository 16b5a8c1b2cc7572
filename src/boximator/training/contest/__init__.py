"""Trainings of equal time that differ only in the state that is denoised."""
