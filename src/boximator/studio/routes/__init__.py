"""The addresses under `/api/v1`, one file for each noun."""
