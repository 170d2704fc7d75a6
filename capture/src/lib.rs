//! The kiosk: devices, child-safeguard session, sealed case store, outbox, screens.
