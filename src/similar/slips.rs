//! Turns a word that is one slip of the hand away from a word of the language into what was meant.

use super::guards::Guards;
use super::tokens::Token;

/// The first and the last letter of a word.
pub(super) type Ends = (Option<char>, Option<char>);

impl Guards {
    /// The unit that a word behind a number is, or is but for one slip of the hand.
    pub fn unit(&self, word: &str) -> Option<String> {
        let slips = || self.measured.get(&ends(word)).into_iter().flatten();
        let meant = || slips().find(|known| one_slip(known, word)).and_then(|known| self.units.get(known));
        self.units.get(word).or_else(meant).cloned()
    }

    /// Whether a word is a light one but for one slip of the hand.
    pub fn is_faint(&self, word: &str) -> bool {
        let turned = turned_end(word).and_then(|ends| self.faint.get(&ends));
        let known = self.faint.get(&ends(word)).into_iter().chain(turned).flatten();
        known.into_iter().any(|known| one_slip(known, word))
    }

    /// Whether of two words of four letters one is known, and the other one that with two neighbours behind the first
    /// exchanged: pian.
    pub fn is_slip(&self, a: &str, b: &str) -> bool {
        a != b && turned_inside(a).any(|turned| turned == b) && self.is_known(a) != self.is_known(b)
    }

    /// Whether a word is in one of the lists.
    fn is_known(&self, word: &str) -> bool {
        let stem = self.stem(word);
        self.first.contains(word)
            || self.same_stems.contains_key(&stem)
            || self.kin.knows(word)
            || self.kin.knows(&stem)
    }

    /// The guard word that a word is but for one slip of the hand, inside it or at its end.
    pub fn meant(&self, word: &str) -> Option<(&'static str, u32)> {
        let known = self.long.get(&ends(word)).into_iter().flatten();
        let known = known.chain(turned_end(word).and_then(|ends| self.long.get(&ends)).into_iter().flatten());
        let slips = known.filter(|known| one_slip(known, word));
        let found = slips.chain(self.cut.get(word)).filter_map(|known| self.classes.get(known).copied());
        found.min().or_else(|| {
            let short = turned_inside(word).filter_map(|known| self.classes.get(&known).copied());
            short.min().filter(|_| !self.is_known(word))
        })
    }

    /// Puts right the slips in words on which the reading of others turns: numbers, denials, "between".
    pub(super) fn corrected(&self, tokens: &mut [Token]) {
        for token in tokens {
            let Token::Word(word) = token else { continue };
            if word.len() >= 4
                && let Some(known) = self.meant_by(word)
            {
                known.clone_into(word);
            }
        }
    }

    fn meant_by(&self, word: &str) -> Option<&String> {
        let turned = turned_end(word).and_then(|ends| self.telling.get(&ends));
        let known = self.telling.get(&ends(word)).into_iter().chain(turned).flatten();
        let mut found = known.filter(|known| one_slip(known, word) && !self.apart.contains_key(word));
        found.next().filter(|_| self.is_plain(word) && !self.is_known(word))
    }
}

pub(super) fn ends(word: &str) -> Ends {
    (word.chars().next(), word.chars().next_back())
}

/// The ends of a word whose last two letters changed places.
fn turned_end(word: &str) -> Option<Ends> {
    Some((word.chars().next(), Some(word.chars().rev().nth(1)?)))
}

/// A word of four letters with two neighbours behind the first exchanged.
fn turned_inside(word: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    let places = if letters.len() == 4 { 1..3 } else { 0..0 };
    places.map(move |at| {
        let mut turned = letters.clone();
        turned.swap(at, at + 1);
        turned.into_iter().collect()
    })
}

/// Whether two words differ by one letter left out, put in, changed or exchanged with its neighbour, behind the first.
/// Names with digits are told apart by them.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    if a.bytes().chain(b.bytes()).any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if a.is_ascii() && b.is_ascii() {
        return slip(a.as_bytes(), b.as_bytes());
    }
    let letters = |word: &str| word.chars().collect::<Vec<char>>();
    slip(&letters(a), &letters(b))
}

fn slip<L: PartialEq + Copy + Into<u32>>(a: &[L], b: &[L]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 4 || long.len() < 5 || long.len() - short.len() > 1 || short[0] != long[0] {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (rest, other) = (&short[same..], &long[same..]);
    if short.len() < long.len() {
        return *rest == other[1..];
    }
    match rest {
        [] => true,
        [x, tail @ ..] if *tail == other[1..] => changed(*x, other[0], &short[..same], short.len()),
        [x, y, tail @ ..] => other.len() >= 2 && *x == other[1] && *y == other[0] && *tail == other[2..],
        _ => false,
    }
}

/// Whether one letter for another is a slip and makes no other word: a vowel for a vowel that does not bear the word
/// (calender; but massage is no message), or any letter of a long word.
fn changed<L: Copy + Into<u32>>(a: L, b: L, before: &[L], length: usize) -> bool {
    let vowel = |letter: L| "aeiouy".chars().any(|vowel| u32::from(vowel) == letter.into());
    if vowel(a) && vowel(b) {
        length >= 6 && before.iter().any(|letter| vowel(*letter))
    } else {
        length >= 9 && !vowel(a) && !vowel(b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_hand() {
        for (a, b) in [
            ("children", "childern"),
            ("should", "shoud"),
            ("wrapped", "wraped"),
            ("extensors", "extensers"),
            ("calendar", "calender"),
        ] {
            assert!(one_slip(a, b) && one_slip(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("medius", "minimus"),
            ("heel", "heal"),
            ("left", "lift"),
            ("inhale", "exhale"),
            ("string", "strong"),
            ("cooking", "cooling"),
            ("massage", "message"),
            ("case_001", "case_002"),
        ] {
            assert!(!one_slip(a, b), "{a} {b}");
        }
    }
}
