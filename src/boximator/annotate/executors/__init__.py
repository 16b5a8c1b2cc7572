"""Where videos are annotated: in this process, in several on this machine, or on Ray."""
