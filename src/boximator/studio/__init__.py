"""The studio: a local web service that takes scenes, runs them as jobs, and serves the editor."""
