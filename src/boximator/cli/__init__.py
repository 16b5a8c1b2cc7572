"""Floor 6: the command line, one file for each group of verbs."""
