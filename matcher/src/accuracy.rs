//! Error rates from scores, as the fingerprint competitions count them.
//!
//! FNMR at a threshold is the share of genuine pairs below it, FMR the share of impostor pairs at or above it. EER
//! is read where the two curves cross, interpolated between neighbouring thresholds.

/// Genuine and impostor scores of one set or of several pooled.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// Scores of two impressions of one finger.
    pub genuine: Vec<f32>,
    /// Scores of two fingers.
    pub impostor: Vec<f32>,
}

impl Scores {
    /// Adds the scores of another set under the same threshold.
    pub fn pool(&mut self, other: &Self) {
        self.genuine.extend_from_slice(&other.genuine);
        self.impostor.extend_from_slice(&other.impostor);
    }

    /// Share of genuine pairs below the lowest threshold whose FMR does not exceed `fmr_max`.
    #[must_use]
    pub fn fnmr_at(&self, fmr_max: f64) -> f64 {
        share_below(&self.genuine, self.threshold_at(fmr_max))
    }

    /// The lowest threshold whose FMR does not exceed `fmr_max`: just above the impostor that would be one too many.
    #[must_use]
    pub fn threshold_at(&self, fmr_max: f64) -> f32 {
        let mut sorted = self.impostor.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let allowed = (fmr_max * sorted.len() as f64).floor() as usize;
        sorted.get(allowed).map_or(f32::NEG_INFINITY, |score| score.next_up())
    }

    /// Share of impostor pairs at or above a threshold.
    #[must_use]
    pub fn fmr(&self, threshold: f32) -> f64 {
        1.0 - share_below(&self.impostor, threshold)
    }

    /// Equal error rate.
    #[must_use]
    pub fn eer(&self) -> f64 {
        if self.genuine.is_empty() || self.impostor.is_empty() {
            return 0.0;
        }
        let mut thresholds: Vec<f32> = self.genuine.iter().chain(&self.impostor).copied().collect();
        thresholds.sort_by(f32::total_cmp);
        thresholds.dedup();
        let (mut genuine, mut impostor) = (self.genuine.clone(), self.impostor.clone());
        genuine.sort_by(f32::total_cmp);
        impostor.sort_by(f32::total_cmp);
        let mut before = (0.0f64, 1.0f64);
        for threshold in thresholds {
            let misses = genuine.partition_point(|&score| score < threshold) as f64 / genuine.len() as f64;
            let accepted =
                1.0 - impostor.partition_point(|&score| score < threshold) as f64 / impostor.len() as f64;
            if misses >= accepted {
                let (gap_before, gap) = (before.1 - before.0, misses - accepted);
                let share = if gap_before + gap > 0.0 { gap_before / (gap_before + gap) } else { 0.0 };
                return before.0 + share * (misses - before.0);
            }
            before = (misses, accepted);
        }
        before.0
    }
}

fn share_below(scores: &[f32], threshold: f32) -> f64 {
    if scores.is_empty() {
        return 0.0;
    }
    scores.iter().filter(|&&score| score < threshold).count() as f64 / scores.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_small_tables() {
        for (genuine, impostor, eer, fnmr) in [
            (vec![3.0, 4.0], vec![1.0, 2.0], 0.0, 0.0),
            (vec![1.0, 2.0], vec![3.0, 4.0], 1.0, 1.0),
            (vec![1.0, 3.0, 4.0, 5.0], vec![0.0, 0.5, 0.7, 2.0], 0.25, 0.25),
        ] {
            let scores = Scores { genuine, impostor };
            assert!((scores.eer() - eer).abs() < 1e-9, "{} against {eer}", scores.eer());
            assert!((scores.fnmr_at(1e-3) - fnmr).abs() < 1e-9, "{}", scores.fnmr_at(1e-3));
        }
    }

    #[test]
    fn threshold_admits_no_more_than_asked() {
        let scores = Scores { genuine: vec![50.0], impostor: (0..1000).map(|i| i as f32 / 100.0).collect() };
        for fmr in [0.1, 0.01, 0.001, 0.0] {
            assert!(scores.fmr(scores.threshold_at(fmr)) <= fmr + 1e-9);
        }
    }
}
