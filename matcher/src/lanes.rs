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
    #[cfg(test)]
    if tests::PLAIN.get() {
        return work();
    }
    ARCH.dispatch(work)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        pub(super) static PLAIN: Cell<bool> = const { Cell::new(false) };
    }

    /// Does `work` with every [`super::wide`] inside it compiled for any processor.
    pub(crate) fn plain<R>(work: impl FnOnce() -> R) -> R {
        PLAIN.set(true);
        let out = work();
        PLAIN.set(false);
        out
    }
}
