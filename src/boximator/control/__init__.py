"""Floor 1: the control module. Boxes become tokens, and tokens steer the frozen blocks of a base."""
