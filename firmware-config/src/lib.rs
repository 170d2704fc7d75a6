//! What a site and a device are allowed to be: typed, signed configuration.
