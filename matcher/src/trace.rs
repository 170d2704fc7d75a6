//! The window into every pipeline: each stage hands its result to a [`Trace`] sink.
//!
//! The default, [`NoTrace`], does nothing and costs nothing: a stage asks [`Trace::wants`] before it prepares
//! a picture. Stage names are stable, so that two builds can be compared stage by stage.

/// One intermediate result.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Stage<'a> {
    /// A map of real numbers, one per pixel or per block.
    Map {
        /// Columns.
        width: usize,
        /// `width * rows` values.
        values: &'a [f32],
    },
    /// Points with a direction in radians.
    Points(&'a [(f32, f32, f32)]),
}

/// Receives every intermediate result. Implementations must treat what they see as biometric.
pub trait Trace {
    /// Whether the sink wants the stage of this name; a stage that is not wanted is not prepared.
    fn wants(&self, name: &'static str) -> bool;
    /// Takes the stage.
    fn take(&mut self, name: &'static str, stage: Stage<'_>);
}

/// The sink that wants nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTrace;

impl Trace for NoTrace {
    fn wants(&self, _name: &'static str) -> bool {
        false
    }

    fn take(&mut self, _name: &'static str, _stage: Stage<'_>) {}
}
