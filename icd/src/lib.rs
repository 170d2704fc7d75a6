//! What is said to Eurodac: ANSI/NIST-ITL containers, categories, deadlines, envelope, validation.
