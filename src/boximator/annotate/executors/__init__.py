"""Where videos are annotated: in this process, or in several on this machine."""
