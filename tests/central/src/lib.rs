//! A simulator of the Eurodac central system and of its web interface.
