//! Turns what the links of a site are worth into the bar above which they are made, so that the site as a whole keeps to the
//! number for each hundred words that it allows.
//!
//! People link unevenly: some pages name many things, most name few. A bar for all pages leaves the choice to what the links
//! are worth; the same number for each page would cut the good ones of one page and let weak ones through on another.

use super::autolink::AutoLink;
use crate::parse::Article;

/// In thousandths: a small edit does not change what all pages link.
const STEP: u16 = 20;
/// From one step to the next, up to what is certain.
const STEPS: usize = 1000 / STEP as usize + 1;

/// How much a few pages say that has no links yet, and how many links to be made in it are worth how much.
#[derive(Clone)]
pub(super) struct Worths {
    words: usize,
    links: [u32; STEPS],
}

impl Default for Worths {
    fn default() -> Self {
        Self { words: 0, links: [0; STEPS] }
    }
}

impl Worths {
    /// Counts one page. The links that its authors made take the room of so many words.
    pub fn count(&mut self, article: &Article, by_hand: usize, links: &[AutoLink], allowed: f64) {
        let taken = (by_hand as f64 * 100.0 / allowed) as usize;
        self.words += if article.url.is_some() { article.words.saturating_sub(taken) } else { 0 };
        for link in links {
            self.links[usize::from(link.worth / STEP).min(STEPS - 1)] += 1;
        }
    }

    pub fn add(mut self, other: &Self) -> Self {
        self.words += other.words;
        self.links.iter_mut().zip(other.links).for_each(|(sum, more)| *sum += more);
        self
    }

    /// What a link must be worth, in thousandths, for no more of them than allowed for each hundred words that is begun. What
    /// is certain is always made.
    pub fn bar(&self, allowed: f64) -> u16 {
        let mut room = (allowed * self.words.div_ceil(100) as f64).ceil() as u64;
        let fits = |links: &&u32| {
            let rest = room.checked_sub(u64::from(**links));
            room = rest.unwrap_or(0);
            rest.is_some()
        };
        let steps = self.links.iter().rev().take_while(fits).count().max(1);
        (STEPS - steps) as u16 * STEP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worths(words: usize, links: &[(usize, u32)]) -> Worths {
        let mut worths = Worths { words, ..Worths::default() };
        links.iter().for_each(|(at, count)| worths.links[*at] = *count);
        worths
    }

    #[test]
    fn few_links_are_all_made() {
        assert_eq!(worths(1000, &[(15, 10), (30, 10)]).bar(2.0), 0);
    }

    #[test]
    fn of_many_links_the_best_are_made() {
        assert_eq!(worths(1000, &[(15, 10), (30, 15)]).bar(2.0), 16 * STEP);
        assert_eq!(worths(1000, &[(15, 10), (30, 10)]).add(&worths(0, &[(15, 1)])).bar(2.0), 16 * STEP);
    }

    #[test]
    fn what_is_certain_is_always_made() {
        assert_eq!(worths(100, &[(50, 9)]).bar(2.0), 1000);
    }
}
