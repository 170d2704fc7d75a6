//! The national gateway: durable accept, lanes, operator console, audit.
