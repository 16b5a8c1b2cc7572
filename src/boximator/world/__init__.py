"""Procedural clips whose boxes, masks, motion and captions are exactly known."""
