"""Floor 1: the control module. Boxes become tokens; tokens steer the frozen blocks of a base by its address."""
