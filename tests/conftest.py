"""Settings for all tests."""

from __future__ import annotations

import os

import hypothesis

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, max_examples=50)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
"""`steady` tries the same inputs in every run, since tests may not need luck. To look for new faults:
HYPOTHESIS_PROFILE=search python -m pytest tests/scene"""
