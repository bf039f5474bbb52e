//! Says how far two words are apart: Damerau-Levenshtein (restricted), with the slips people make most at a lower cost.

use super::words::compare;

/// Words offered for one, and how much less likely than the best they may be.
const OFFERED: usize = 4;
const BEHIND: usize = 4;

/// A word near another one.
pub(super) struct Near {
    pub cost: usize,
    pub word: String,
}

/// The most likely of the words near another one, the best first.
pub(super) fn likely(mut found: Vec<Near>) -> Vec<String> {
    found.sort_by(|a, b| a.cost.cmp(&b.cost).then_with(|| compare(&a.word, &b.word)));
    let best = found.first().map_or(0, |near| near.cost);
    found.into_iter().filter(|near| near.cost <= best + BEHIND).take(OFFERED).map(|near| near.word).collect()
}

/// Ten for a letter, less for letters swapped, doubled, and vowels taken for each other. Given up beyond `most`.
pub(super) fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<u16>, Vec<u16>) = (a.encode_utf16().collect(), b.encode_utf16().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last = vec![0];
    for j in 0..b.len() {
        last.push(last[j] + twice(&b, j));
    }
    for i in 0..a.len() {
        let mut row = vec![last[0] + twice(&a, i)];
        let mut least = row[0];
        for j in 0..b.len() {
            let (x, y) = (a[i], b[j]);
            let other = if x == y {
                0
            } else if vowel(x) && vowel(y) {
                8
            } else {
                10
            };
            let mut cost = (last[j + 1] + twice(&a, i)).min(row[j] + twice(&b, j)).min(last[j] + other);
            if i > 0 && j > 0 && x != y && x == b[j - 1] && y == a[i - 1] {
                cost = cost.min(before[j - 1] + 8);
            }
            row.push(cost);
            least = least.min(cost);
        }
        if least > most {
            return least;
        }
        before = last;
        last = row;
    }
    last[b.len()]
}

/// What it costs to leave out a letter, or to put it in: less where it stands beside its like.
fn twice(word: &[u16], at: usize) -> usize {
    let like = at > 0 && word[at] == word[at - 1] || word.get(at + 1) == Some(&word[at]);
    if like { 6 } else { 10 }
}

fn vowel(letter: u16) -> bool {
    u8::try_from(letter).is_ok_and(|letter| b"aeiouy".contains(&letter))
}

/// How far a word may be from the one meant, by its length.
pub(super) fn patience(length: usize) -> usize {
    match length {
        0..4 => 0,
        4..6 => 10,
        6..8 => 20,
        _ => 26,
    }
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn slips_cost_less_than_other_letters() {
        assert_eq!(distance("sholder", "shoulder", 20), 10);
        assert_eq!(distance("occuring", "occurring", 20), 6);
        assert_eq!(distance("haed", "head", 20), 8);
        assert_eq!(distance("embriology", "embryology", 20), 8);
        assert!(distance("knee", "shoulder", 20) > 20);
    }
}
