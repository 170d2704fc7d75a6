//! The whole system on one machine: throw-away site, scripted day, end-to-end tests.
