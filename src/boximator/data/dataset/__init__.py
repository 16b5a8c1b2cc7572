"""Annotated video as a dataset: tar shards, one parquet index, and who allowed what."""
