//! Hot loops on the widest vectors the processor has, chosen when the program runs.
//!
//! A loop is written once, over fixed arrays, and compiled for several instruction sets; `pulp` picks one. Every
//! lane does the same IEEE operations in the same order on each of them and nothing is fused, so the answer is the
//! same to the last bit on every processor. Functions called inside must be `#[inline(always)]` to share in it.

use std::sync::LazyLock;

use pulp::Arch;

static ARCH: LazyLock<Arch> = LazyLock::new(Arch::new);

/// Does `work` with the widest vectors there are.
pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
    ARCH.dispatch(work)
}
