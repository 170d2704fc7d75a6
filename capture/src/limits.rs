//! Every bound of the kiosk, in one place.
