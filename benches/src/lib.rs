//! Measurements: criterion for people, one race binary per area.
