//! Prefix codes: canonical tables as transmitted, looked up on decode, built from counts on encode.
//!
//! A table is sixteen counts of codes by length and the symbols in order of their codes. Codes of one
//! length are consecutive numbers, and the code of all ones is never given out, so that padding with ones
//! cannot be read as a symbol.

/// Longest code.
pub(crate) const CODE_BITS_MAX: usize = 16;
/// Codes up to this length are found by one look-up; longer ones are rare and are searched by length.
const QUICK_BITS: usize = 11;
/// Symbols a byte can name.
pub(crate) const SYMBOLS: usize = 256;

/// A code table as it stands in a DHT segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeTable {
    pub(crate) counts: [u8; CODE_BITS_MAX],
    pub(crate) symbols: Vec<u8>,
}

/// A table made ready for decoding.
pub(crate) struct Decoder {
    /// `length << 8 | symbol` by the first bits; 0 where no short code matches.
    quick: Vec<u16>,
    /// For each length: the first 16-bit left-aligned value beyond the codes of this length.
    ends: [u32; CODE_BITS_MAX + 1],
    /// For each length: what to add to a code to have the index of its symbol.
    bases: [i32; CODE_BITS_MAX + 1],
    symbols: Vec<u8>,
}

impl Decoder {
    /// None when the counts give out more codes than there are.
    pub(crate) fn new(table: &CodeTable) -> Option<Self> {
        let mut decoder = Self {
            quick: vec![0; 1 << QUICK_BITS],
            ends: [0; CODE_BITS_MAX + 1],
            bases: [0; CODE_BITS_MAX + 1],
            symbols: table.symbols.clone(),
        };
        let (mut code, mut index) = (0u32, 0usize);
        for (length, count) in (1..).zip(table.counts) {
            decoder.bases[length] = index as i32 - code as i32;
            for _ in 0..count {
                let symbol = *table.symbols.get(index)?;
                if code >> length != 0 {
                    return None;
                }
                if length <= QUICK_BITS {
                    let first = (code as usize) << (QUICK_BITS - length);
                    let entry = (length as u16) << 8 | u16::from(symbol);
                    decoder.quick[first..first + (1 << (QUICK_BITS - length))].fill(entry);
                }
                code += 1;
                index += 1;
            }
            decoder.ends[length] = code << (CODE_BITS_MAX - length);
            code <<= 1;
        }
        (index == table.symbols.len()).then_some(decoder)
    }

    /// Length and symbol of the code the bits start with; None when there is no such code.
    #[inline]
    pub(crate) fn look_up(&self, bits: u16) -> Option<(u32, u8)> {
        let entry = self.quick[usize::from(bits) >> (CODE_BITS_MAX - QUICK_BITS)];
        if entry != 0 {
            return Some((u32::from(entry >> 8), entry as u8));
        }
        self.search(bits)
    }

    #[cold]
    fn search(&self, bits: u16) -> Option<(u32, u8)> {
        for length in QUICK_BITS + 1..=CODE_BITS_MAX {
            if u32::from(bits) < self.ends[length] {
                let code = i32::from(bits >> (CODE_BITS_MAX - length));
                let index = usize::try_from(code + self.bases[length]).ok()?;
                return self.symbols.get(index).map(|symbol| (length as u32, *symbol));
            }
        }
        None
    }
}

/// Code and length by symbol; length 0 where the table has no code.
pub(crate) type Codes = [(u16, u8); SYMBOLS];

impl CodeTable {
    /// The best table for these counts, codes limited to sixteen bits.
    ///
    /// Huffman's construction over the symbols that occur and one that never does: the latter, rarest of
    /// all, receives the code of all ones and is dropped. Codes that came out too long are then moved up
    /// two at a time: one takes the place beside a shorter code, its sister the place of their parent.
    pub(crate) fn for_counts(counts: &[u32; SYMBOLS]) -> Self {
        let mut symbols: Vec<u8> = (0..=u8::MAX).filter(|symbol| counts[usize::from(*symbol)] > 0).collect();
        symbols.sort_by_key(|symbol| (std::cmp::Reverse(counts[usize::from(*symbol)]), *symbol));
        let mut table = Self { counts: [0; CODE_BITS_MAX], symbols };
        if table.symbols.is_empty() {
            return table;
        }
        let mut weights: Vec<u64> = vec![0];
        weights.extend(table.symbols.iter().rev().map(|symbol| u64::from(counts[usize::from(*symbol)])));
        let mut by_length = [0u16; SYMBOLS + 2];
        for length in code_lengths(&weights) {
            by_length[length] += 1;
        }
        for length in (CODE_BITS_MAX + 1..by_length.len()).rev() {
            while by_length[length] > 0 {
                let shorter = (1..length - 1).rev().find(|shorter| by_length[*shorter] > 0).unwrap_or(1);
                by_length[length] -= 2;
                by_length[length - 1] += 1;
                by_length[shorter] -= 1;
                by_length[shorter + 1] += 2;
            }
        }
        let longest = (1..=CODE_BITS_MAX).rev().find(|length| by_length[*length] > 0).unwrap_or(1);
        by_length[longest] -= 1;
        for (count, found) in table.counts.iter_mut().zip(&by_length[1..]) {
            *count = *found as u8;
        }
        table
    }

    /// The codes to write with.
    pub(crate) fn codes(&self) -> Codes {
        let mut codes = [(0, 0); SYMBOLS];
        let mut symbols = self.symbols.iter();
        let mut code = 0u32;
        for (length, count) in (1u8..).zip(self.counts) {
            for symbol in symbols.by_ref().take(usize::from(count)) {
                codes[usize::from(*symbol)] = (code as u16, length);
                code += 1;
            }
            code <<= 1;
        }
        codes
    }
}

/// Depths of Huffman's tree over weights in ascending order; at least two of them.
///
/// Leaves wait in one queue and joined nodes in another; both are in order, so the two lightest are
/// always at the fronts.
fn code_lengths(weights: &[u64]) -> Vec<usize> {
    let leaves = weights.len();
    let mut weight: Vec<u64> = weights.to_vec();
    let mut parent = vec![0usize; 2 * leaves - 1];
    let (mut leaf, mut joined) = (0, leaves);
    while weight.len() < 2 * leaves - 1 {
        let node = weight.len();
        let mut sum = 0;
        for _ in 0..2 {
            let take_leaf = leaf < leaves && (joined >= node || weight[leaf] <= weight[joined]);
            let lightest = if take_leaf { &mut leaf } else { &mut joined };
            sum += weight[*lightest];
            parent[*lightest] = node;
            *lightest += 1;
        }
        weight.push(sum);
    }
    let mut depth = vec![0usize; 2 * leaves - 1];
    for node in (0..2 * leaves - 2).rev() {
        depth[node] = depth[parent[node]] + 1;
    }
    depth.truncate(leaves);
    depth
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts_of(pairs: &[(u8, u32)]) -> [u32; SYMBOLS] {
        let mut counts = [0; SYMBOLS];
        pairs.iter().for_each(|(symbol, count)| counts[usize::from(*symbol)] = *count);
        counts
    }

    fn check_codes(counts: &[u32; SYMBOLS]) {
        let table = CodeTable::for_counts(counts);
        let decoder = Decoder::new(&table).expect("our own tables are prefix codes");
        let codes = table.codes();
        for (symbol, count) in counts.iter().enumerate() {
            let (code, length) = codes[symbol];
            assert_eq!(*count > 0, length > 0, "symbol {symbol}");
            if length == 0 {
                continue;
            }
            assert!(u32::from(code) + 1 < 1 << length, "all ones given to {symbol}");
            for rest in [0u16, u16::MAX] {
                let bits = (u32::from(code) << (16 - length)) as u16 | (u32::from(rest) >> length) as u16;
                assert_eq!(decoder.look_up(bits), Some((u32::from(length), symbol as u8)));
            }
        }
    }

    #[test]
    fn one_symbol_has_one_bit() {
        let table = CodeTable::for_counts(&counts_of(&[(106, 9)]));
        assert_eq!(table.counts[0], 1);
        assert_eq!(table.codes()[106], (0, 1));
        check_codes(&counts_of(&[(106, 9)]));
    }

    #[test]
    fn steep_counts_are_limited_to_sixteen_bits() {
        let mut counts = [0u32; SYMBOLS];
        let (mut a, mut b) = (1u32, 1u32);
        for count in counts.iter_mut().take(40) {
            *count = a;
            (a, b) = (b, a + b);
        }
        check_codes(&counts);
        check_codes(&[1; SYMBOLS]);
    }

    #[test]
    fn overfull_and_short_tables_are_refused() {
        let mut counts = [0; CODE_BITS_MAX];
        counts[0] = 3;
        assert!(Decoder::new(&CodeTable { counts, symbols: vec![1, 2, 3] }).is_none());
        counts[0] = 2;
        assert!(Decoder::new(&CodeTable { counts, symbols: vec![1] }).is_none());
        assert!(Decoder::new(&CodeTable { counts, symbols: vec![1, 2] }).is_some());
        assert!(Decoder::new(&CodeTable { counts: [0; CODE_BITS_MAX], symbols: vec![] }).is_some());
    }

    proptest! {
        #[test]
        fn any_counts_give_a_prefix_code(counts in proptest::collection::vec((any::<u8>(), 1u32..5_000_000), 0..256)) {
            check_codes(&counts_of(&counts));
        }
    }
}
