//! Wavelet Scalar Quantization: the 8-bit grey fingerprint codec, decoder and encoder.
