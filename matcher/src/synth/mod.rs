//! Synthetic fingers: seeded ten-finger sets for the virtual scanner, the demo and the scale tests.
