//! One print against another: how alike, and how much that says.

use core::fmt;

use crate::Template;

/// Two minutiae that were taken for the same one: indexes into [`Template::minutiae`] of either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// Index in the first template.
    pub first: u16,
    /// Index in the second template.
    pub second: u16,
}

/// The answer of a 1:1 comparison.
#[derive(Clone, PartialEq)]
pub struct Comparison {
    /// Similarity, 0 (nothing in common) to about 100; only comparable within one version of this crate.
    pub score: f32,
    /// log10 of how many times more likely this score is for prints of one finger than for prints of two.
    pub likelihood_ratio_log10: f32,
    /// The minutiae the answer rests on.
    pub paired: Vec<Pairing>,
}

/// Score and count only.
impl fmt::Debug for Comparison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Comparison(score {:.1}, {} paired)", self.score, self.paired.len())
    }
}

/// Compares two templates. Symmetric: the order of the arguments does not change score or likelihood ratio.
#[must_use]
pub fn compare(first: &Template, second: &Template) -> Comparison {
    let _ = (first, second);
    Comparison { score: 0.0, likelihood_ratio_log10: 0.0, paired: Vec::new() }
}

/// A template made ready for many comparisons.
#[derive(Clone)]
pub struct Prepared {
    template: Template,
}

impl Prepared {
    /// Prepares a template.
    #[must_use]
    pub fn new(template: &Template) -> Self {
        Self { template: template.clone() }
    }

    /// As [`compare`].
    #[must_use]
    pub fn compare(&self, other: &Self) -> Comparison {
        compare(&self.template, &other.template)
    }
}

/// Sizes only.
impl fmt::Debug for Prepared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Prepared({:?})", self.template)
    }
}
