//! What a finger is: segmentation, quality, minutiae, comparison, identification, synthetic prints.
