//! Every tuned number of the kiosk, with its source.
