//! From measures to what a person can do: each advice with the measure and the threshold that caused it.

use super::{Advice, AdviceKind, Measures};
use crate::parameters::{
    ADVICE_AREA_MM2_MIN, ADVICE_BREAKS_MAX, ADVICE_CONTRAST_MIN, ADVICE_FILL_MAX, ADVICE_FLOW_MIN,
    ADVICE_GREY_MIN, ADVICE_OFF_CENTRE_MAX, ADVICE_RIDGE_SHARE_MAX, ADVICE_SHARPNESS_MIN,
};

/// Most helpful first: by how far the measure misses its threshold, relative to the threshold.
pub(super) fn advice(m: &Measures) -> Vec<Advice> {
    let under = |kind, measure, value: f32, threshold: f32| {
        (threshold - value, Advice { kind, measure, value, threshold })
    };
    let over = |kind, measure, value: f32, threshold: f32| {
        (value - threshold, Advice { kind, measure, value, threshold })
    };
    let mut missed: Vec<(f32, Advice)> = vec![
        under(AdviceKind::PressFlatter, "ridge_area_mm2", m.ridge_area_mm2, ADVICE_AREA_MM2_MIN),
        under(AdviceKind::PressMore, "contrast", m.contrast, ADVICE_CONTRAST_MIN),
        under(AdviceKind::PressLess, "mean_grey", m.mean_grey, ADVICE_GREY_MIN),
        under(AdviceKind::KeepStill, "sharpness", m.sharpness, ADVICE_SHARPNESS_MIN),
        under(AdviceKind::CleanGlass, "orientation_flow", m.orientation_flow, ADVICE_FLOW_MIN),
        over(AdviceKind::MoistenFinger, "ridge_breaks", m.ridge_breaks, ADVICE_BREAKS_MAX),
        over(AdviceKind::DryFinger, "valley_fill", m.valley_fill, ADVICE_FILL_MAX),
        over(AdviceKind::DryFinger, "ridge_share", m.ridge_share, ADVICE_RIDGE_SHARE_MAX),
        over(AdviceKind::MoveToCentre, "off_centre", m.off_centre, ADVICE_OFF_CENTRE_MAX),
    ];
    missed.retain(|(by, _)| *by > 0.0);
    missed.sort_by(|a, b| (b.0 / b.1.threshold).total_cmp(&(a.0 / a.1.threshold)));
    let mut out: Vec<Advice> = Vec::new();
    for (_, advice) in missed {
        if out.iter().all(|known| known.kind != advice.kind) {
            out.push(advice);
        }
    }
    out
}
