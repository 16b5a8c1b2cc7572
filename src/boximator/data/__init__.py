"""What a training step is given: pictures, states, captions and boxes, made from clips."""
