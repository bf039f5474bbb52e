//! Turns the postings of a stem into bits, six to a character, and back. The script in the browser reads the same bits.

use super::code::{DIGITS, value};

/// The most that a word is worth, and that one of neighbours is. Up to so many pages, all numbers below are levels.
pub(super) const MOST: u8 = 32;
pub(super) const NEAR_MOST: u8 = 7;
const FINE: usize = 4_000;
const COARSE: [u8; 8] = [30, 26, 22, 18, 14, 10, 6, 2];
const COARSE_NEAR: [u8; 4] = [7, 5, 4, 2];
/// The first of the 64 characters that hold six bits each.
const ZERO: usize = DIGITS.len() - 64;
/// Bits of a unit's number in a posting; the script has no more.
const UNIT_BITS: u32 = 25;

/// What a word can be worth to a page: the levels of a unit that has it itself, and those of one whose neighbours use it.
pub(super) struct Levels {
    /// The strongest first.
    pub worth: Vec<u8>,
    /// How many of them are those of units that have the word.
    pub hits: usize,
}

impl Levels {
    /// A large site has few, so that a query loads less of it.
    pub fn of(pages: usize) -> Self {
        if pages <= FINE {
            return Self { worth: (1..=MOST).rev().chain((1..=NEAR_MOST).rev()).collect(), hits: usize::from(MOST) };
        }
        Self { worth: [COARSE.as_slice(), &COARSE_NEAR].concat(), hits: COARSE.len() }
    }
}

/// A posting in one number: the strongest are the smallest, then those of the first units. None beyond what the script
/// can count.
pub(super) fn posting(unit: u32, kind: usize) -> Option<u32> {
    (unit >> UNIT_BITS == 0).then_some((kind as u32) << UNIT_BITS | unit)
}

/// Which of the levels a posting has, the strongest first.
pub(super) fn kind(posting: u32) -> usize {
    (posting >> UNIT_BITS) as usize
}

/// The unit of a posting.
pub(super) fn unit(posting: u32) -> u32 {
    posting & ((1 << UNIT_BITS) - 1)
}

/// Where units stand.
pub(super) struct Places<'a> {
    /// By page, its first unit; at the end the number of units.
    first: &'a [u32],
    /// By unit, its page.
    page: Vec<u32>,
    /// Levels, and how many of them are those of units that have the word.
    levels: usize,
    hits: usize,
}

impl<'a> Places<'a> {
    pub fn new(first: &'a [u32], levels: &Levels) -> Self {
        let count = |pair: &[u32]| (pair[1] - pair[0]) as usize;
        let pages = (0..).zip(first.windows(2)).flat_map(|(page, pair)| std::iter::repeat_n(page, count(pair)));
        Self { first, page: pages.collect(), levels: levels.worth.len(), hits: levels.hits }
    }
}

/// Writes bits. What was written last is not complete before `end`.
#[derive(Default)]
pub(super) struct Writer {
    text: Vec<u8>,
    bits: u64,
    count: u32,
    /// Pages of the level that is written.
    pages: Vec<u32>,
}

impl Writer {
    /// The postings of a stem, which are in order; no page is twice in one level.
    pub fn postings(&mut self, first: u8, postings: &[u32], places: &Places<'_>) -> Box<str> {
        self.text.clear();
        self.text.push(first);
        let total = postings.len() as u32;
        let length = (total + 1).ilog2();
        self.push(0, length);
        self.push(total + 1, length + 1);
        self.counts(postings, 0, places.levels);
        let mut pages = std::mem::take(&mut self.pages);
        for level in postings.chunk_by(|a, b| kind(*a) == kind(*b)) {
            pages.clear();
            pages.extend(level.iter().map(|posting| places.page[unit(*posting) as usize]));
            self.list(&pages, 0, places.first.len() as u32 - 1);
            if kind(level[0]) < places.hits {
                level.iter().zip(&pages).for_each(|(posting, page)| self.unit(unit(*posting), *page as usize, places));
            }
        }
        self.pages = pages;
        self.end();
        std::str::from_utf8(&self.text).unwrap_or_default().into()
    }

    /// Numbers in order, none twice, all below another: by the gaps between them (Rice, 1979).
    pub fn gaps(&mut self, numbers: &[u32], below: u32) -> String {
        self.text.clear();
        let few = few(numbers.len() as u32, below);
        let mut next = 0;
        for number in numbers {
            let gap = number - next;
            (0..gap >> few).for_each(|_| self.push(1, 1));
            self.push(0, 1);
            self.push(gap & ((1 << few) - 1), few);
            next = number + 1;
        }
        self.end();
        String::from_utf8_lossy(&self.text).into_owned()
    }

    fn push(&mut self, number: u32, bits: u32) {
        self.bits = self.bits << bits | u64::from(number);
        self.count += bits;
        while self.count >= 6 {
            self.count -= 6;
            self.text.push(DIGITS[ZERO + (self.bits >> self.count & 63) as usize]);
        }
    }

    fn end(&mut self) {
        if self.count > 0 {
            self.push(0, 6 - self.count);
        }
    }

    /// One number of so many: those in the middle take a bit less, where not all take the same.
    fn one(&mut self, number: u32, of: u32) {
        let Split { bits, short, skip } = Split::new(of);
        let turned = if number < skip { number + of - skip } else { number - skip };
        if turned < short { self.push(turned, bits) } else { self.push(turned + short, bits + 1) }
    }

    /// How many postings each of some levels has.
    fn counts(&mut self, postings: &[u32], from: usize, end: usize) {
        if end - from > 1 && !postings.is_empty() {
            let middle = from.midpoint(end);
            let left = postings.partition_point(|posting| kind(*posting) < middle);
            self.one(left as u32, postings.len() as u32 + 1);
            self.counts(&postings[..left], from, middle);
            self.counts(&postings[left..], middle, end);
        }
    }

    /// Pages in order, from one up to another: binary interpolative code (Moffat and Stuiver, 2000).
    fn list(&mut self, pages: &[u32], from: u32, end: u32) {
        let count = pages.len() as u32;
        // Nothing is left to say where all pages are in the list.
        if count > 0 && count < end - from {
            let middle = pages.len() / 2;
            self.one(pages[middle] - from - middle as u32, end - from - count + 1);
            self.list(&pages[..middle], from, pages[middle]);
            self.list(&pages[middle + 1..], pages[middle] + 1, end);
        }
    }

    /// Which unit of its page: the head in one bit.
    fn unit(&mut self, unit: u32, page: usize, places: &Places<'_>) {
        let (first, end) = (places.first[page], places.first[page + 1]);
        if end - first > 1 {
            self.push(u32::from(unit > first), 1);
            if unit > first {
                self.one(unit - first - 1, end - first - 1);
            }
        }
    }
}

/// How numbers below another are written: the first `short` after `skip` in so many bits, the others in one more.
struct Split {
    bits: u32,
    short: u32,
    skip: u32,
}

impl Split {
    fn new(of: u32) -> Self {
        let bits = of.ilog2();
        let short = (2 << bits) - of;
        Self { bits, short, skip: (of - short) / 2 }
    }
}

/// The bits of a gap that are written as they are, for so many numbers below another.
fn few(count: u32, below: u32) -> u32 {
    // The best is near the mean of the gaps times ln 2.
    (u64::from(below) * 9 / (u64::from(count.max(1)) * 13)).max(1).ilog2()
}

/// So many numbers below another, from the gaps between them.
pub(super) fn gaps(text: &str, count: u32, below: u32) -> Vec<u32> {
    let mut reader = Reader { text: text.as_bytes(), bits: 0, count: 0, each: |_, _, _| {} };
    let few = few(count, below);
    let mut next = 0;
    let number = |_| {
        while next < below && reader.take(1) == 1 {
            next += 1 << few;
        }
        next += reader.take(few) + 1;
        next - 1
    };
    (0..count).map(number).collect()
}

/// Calls `each` with unit, worth and whether the word itself stands there. `first` is by page, its first unit.
pub(super) fn postings(text: &str, first: &[usize], levels: &Levels, each: impl FnMut(usize, usize, bool)) {
    let mut reader = Reader { text: text.as_bytes(), bits: 0, count: 0, each };
    let mut length = 0;
    while length < UNIT_BITS && reader.take(1) == 0 {
        length += 1;
    }
    let total = (1 << length | reader.take(length)) - 1;
    let mut counts = vec![0; levels.worth.len()];
    reader.counts(&mut counts, total);
    for (kind, count) in counts.into_iter().enumerate() {
        let mut pages = Vec::new();
        reader.list(&mut pages, count, 0, first.len() as u32 - 1);
        let (worth, hit) = (usize::from(levels.worth[kind]), kind < levels.hits);
        for page in pages {
            let units = first[page + 1] - first[page];
            let head = !hit || units < 2 || reader.take(1) == 0;
            let unit = if head { 0 } else { 1 + reader.one(units as u32 - 1) as usize };
            (reader.each)(first[page] + unit, worth, hit);
        }
    }
}

struct Reader<'t, F> {
    text: &'t [u8],
    bits: u64,
    count: u32,
    each: F,
}

impl<F: FnMut(usize, usize, bool)> Reader<'_, F> {
    /// The next bits; nought behind the end.
    fn take(&mut self, bits: u32) -> u32 {
        while self.count < bits {
            let (next, rest) = self.text.split_first().unwrap_or((&DIGITS[ZERO], &[]));
            self.text = rest;
            self.bits = self.bits << 6 | value(*next).saturating_sub(ZERO) as u64;
            self.count += 6;
        }
        self.count -= bits;
        (self.bits >> self.count & ((1 << bits) - 1)) as u32
    }

    fn one(&mut self, of: u32) -> u32 {
        let Split { bits, short, skip } = Split::new(of);
        let turned = self.take(bits);
        let turned = if turned < short { turned } else { 2 * turned + self.take(1) - short };
        (turned + skip) % of
    }

    fn counts(&mut self, counts: &mut [u32], total: u32) {
        if let [one] = counts {
            *one = total;
        } else if total > 0 {
            let (left, right) = counts.split_at_mut(counts.len() / 2);
            let sum = self.one(total + 1);
            self.counts(left, sum);
            self.counts(right, total - sum);
        }
    }

    fn list(&mut self, pages: &mut Vec<usize>, count: u32, from: u32, end: u32) {
        if count == 0 {
            return;
        }
        let before = count / 2;
        let middle = from + before + self.one((end - from).saturating_sub(count) + 1);
        self.list(pages, before, from, middle);
        pages.push(middle as usize);
        self.list(pages, count - before - 1, middle + 1, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Postings as (unit, kind), there and back.
    fn again(first: &[u32], list: &[(u32, usize)]) -> Vec<(usize, usize, bool)> {
        let mut coded: Vec<u32> = list.iter().filter_map(|(unit, kind)| posting(*unit, *kind)).collect();
        coded.sort_unstable();
        let levels = Levels::of(FINE + 1);
        let text = Writer::default().postings(b'x', &coded, &Places::new(first, &levels));
        let first: Vec<usize> = first.iter().map(|at| *at as usize).collect();
        let mut back = Vec::new();
        postings(&text[1..], &first, &levels, |unit, worth, hit| back.push((unit, worth, hit)));
        back
    }

    #[test]
    fn postings_come_back_strongest_first() {
        let first = [0, 1, 4, 5, 16, 17];
        let list = [(0, 6), (2, 0), (15, 6), (16, 9)];
        assert_eq!(again(&first, &list), [(2, 30, true), (0, 6, true), (15, 6, true), (16, 5, false)]);
        assert_eq!(again(&first, &[]), []);
    }

    #[test]
    fn numbers_come_back_from_their_gaps() {
        let numbers: Vec<u32> = (0..500).map(|n| n * n / 3 + n).collect();
        let text = Writer::default().gaps(&numbers, 90_000);
        assert_eq!(gaps(&text, 500, 90_000), numbers);
        assert_eq!(gaps(&Writer::default().gaps(&[], 64), 0, 64), [0_u32; 0]);
    }

    #[test]
    fn every_list_of_pages_comes_back() {
        let first: Vec<u32> = (0..=9).map(|page| 3 * page).collect();
        for set in 0..1_u32 << 9 {
            let list: Vec<(u32, usize)> =
                (0..9).filter(|page| set >> page & 1 == 1).map(|page| (3 * page + page % 3, 7)).collect();
            let expected: Vec<(usize, usize, bool)> = list.iter().map(|(unit, _)| (*unit as usize, 2, true)).collect();
            assert_eq!(again(&first, &list), expected, "{set:b}");
        }
    }
}
