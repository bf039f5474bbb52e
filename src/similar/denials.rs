//! Turns what forbids, allows or asks into the denial that it is: "parking is not allowed", "nobody may park".

use super::reading::{Denied, NAMED, Reader, Reading};
use super::tokens::{Token, phrase};

/// So many words behind "no" the verb may stand that goes with it: "no large dogs may".
const SUBJECT: usize = 5;

impl Reader<'_> {
    /// Notes what a phrase denies.
    pub(super) fn negates(&mut self, phrase: &str, length: usize) -> bool {
        let guards = self.guards;
        // "Do not press it, not even gently" denies once.
        if guards.echoes.contains(phrase) && self.reading.denied.len() > self.reading.unless && self.denied.is_empty() {
            self.before.other = true;
            return true;
        }
        if !guards.negation.contains(phrase) {
            return false;
        }
        // "Without it" denies what was named before; "unless you ask" does not.
        let word = |ahead: usize| match self.tokens.get(self.at + length + ahead) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        };
        let behind = word(0).is_none_or(|word| guards.clauses.contains(word));
        let named = word(0).is_some_and(|word| guards.kin.objects.contains(word));
        let ends = word(1).is_none_or(|word| guards.light.contains(word) || guards.clauses.contains(word));
        // "It loses nothing when you save it" denies the verb.
        let verb = self.last_of_part().map(|last| last.stem.clone());
        let verb = verb.filter(|_| behind && self.lights.is_empty() && guards.naught.contains(phrase));
        if ends && named {
            self.deny(NAMED);
        } else if let Some(verb) = verb {
            self.deny(&verb);
            self.reading.denied.last_mut().into_iter().for_each(|denied| denied.from = denied.from.saturating_sub(1));
        } else {
            self.denied.push(());
        }
        true
    }

    /// Reads "forbidden" as a denial of what its clause names, and "allowed" as nothing where that is denied already:
    /// "no dogs are allowed". Both only behind "is".
    pub(super) fn forbids(&mut self, phrase: &str) -> bool {
        let by = |token: Option<&Token>| matches!(token, Some(Token::Word(next)) if self.guards.agents.contains(next));
        if !self.before.passive || !self.denied.is_empty() || by(self.tokens.get(self.at + 1)) {
            return false;
        }
        if self.guards.allowing.contains(phrase) {
            return self.is_nobody();
        }
        if !self.guards.forbidding.contains(phrase) {
            return false;
        }
        let first = self.reading.words.iter().position(|word| word.clause == self.clause);
        match first {
            Some(from) => {
                let stem = self.reading.words[from].stem.clone();
                self.reading.guards.push(("negation", stem.clone()));
                self.reading.denied.push(Denied { stem, clause: self.clause, from, waives: false });
            }
            None => self.denied.push(()),
        }
        true
    }

    /// Whether a modal verb says no more than the denial that goes with it: "must not", "nobody may".
    pub(super) fn is_denied(&self, key: u32, length: usize) -> bool {
        let must = || {
            key & 0xFF == 1
                && matches!(self.tokens.get(self.at + length), Some(Token::Word(next)) if self.guards.negation.contains(next))
        };
        must() || key & 0xFF <= 1 && self.is_nobody()
    }

    /// Whether what it says is said of nobody: "no dogs are allowed".
    fn is_nobody(&self) -> bool {
        let word = |at: usize| match &self.tokens[at] {
            Token::Word(word) => Some(word),
            _ => None,
        };
        // Not "with no connection you can".
        let begins = |at: usize| {
            let leads = |word: &String| {
                self.guards.and.contains(word)
                    || self.guards.clauses.contains(word)
                    || self.guards.units.contains_key(word)
            };
            at == 0 || word(at - 1).is_none_or(leads)
        };
        let near = (self.at.saturating_sub(SUBJECT)..self.at).rev().map_while(|at| Some((at, word(at)?)));
        // "No more than two may" lets two.
        let compares = |at: usize| {
            (2..=3).any(|length| {
                phrase(self.tokens, at, length).is_some_and(|it| self.guards.comparisons.contains_key(&it))
            })
        };
        near.into_iter().any(|(at, word)| self.guards.nobody.contains(word) && begins(at) && !compares(at))
    }
}

/// Whether one of two texts denies a word that stands several times in it where the other affirms it: "pay nothing, and
/// later half", "pay half, and later nothing"; or other things by "is not".
pub(super) fn differ(a: &Reading, b: &Reading, pairs: &[(usize, usize)], in_one_form: bool) -> bool {
    let denied = |reading: &Reading, at: usize| {
        let is = |own: &Denied| own.from == at && own.stem == reading.words[at].stem;
        reading.denied.iter().any(is)
    };
    let often = |reading: &Reading, at: usize| {
        reading.words.iter().filter(|word| word.stem == reading.words[at].stem).count() > 1
    };
    let crossed = |(x, y): &&(usize, usize)| often(a, *x) && often(b, *y) && denied(a, *x) != denied(b, *y);
    in_one_form && pairs.iter().filter(crossed).count() > 1 || others_denied(a, b)
}

/// Whether what each of two texts denies at the end of a clause is what the other affirms: "calls are, groups are not".
fn others_denied(a: &Reading, b: &Reading) -> bool {
    let denied = |reading: &Reading| -> Option<Vec<String>> {
        let mut bare = reading.denied.iter().filter(|denied| denied.stem.is_empty());
        let (Some(own), None) = (bare.next(), bare.next()) else { return None };
        let mut words: Vec<String> =
            reading.words.iter().filter(|word| word.clause == own.clause).map(|word| word.stem.clone()).collect();
        words.sort();
        Some(words)
    };
    let (Some(own), Some(theirs)) = (denied(a), denied(b)) else { return false };
    let within = |own: &[String], theirs: &[String]| own.iter().all(|word| theirs.contains(word));
    !own.is_empty() && !theirs.is_empty() && !within(&own, &theirs) && !within(&theirs, &own)
}
