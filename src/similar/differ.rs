//! Turns two readings into the guards by which they differ.

use super::order;
use super::reading::{NAMED, Reading, Word};
use super::swapped;

/// Numbers that say no more than "a", and than nothing: once.
const ONE: [&str; 2] = ["1", "1 time"];

/// Whether a guard of one list is an alternative to one of the other.
fn opposed(a: &[u32], b: &[u32]) -> bool {
    a.iter().any(|own| b.iter().any(|their| own >> 8 == their >> 8 && own != their))
}

impl Reading {
    /// How many of the words at these places carry no content of their own.
    pub fn light(&self, places: &[usize]) -> usize {
        places.iter().filter(|at| self.words[**at].minor).count()
    }

    /// Whether it has all guards of a kind that another text has, as often.
    pub fn has_all_of(&self, other: &Reading, kind: &str) -> bool {
        let count =
            |reading: &Reading, guard: &(&str, String)| reading.guards.iter().filter(|own| *own == guard).count();
        let asked = other.guards.iter().filter(|(name, _)| *name == kind);
        asked.into_iter().all(|guard| count(self, guard) >= count(other, guard))
    }

    /// The kinds of guards that are not the same.
    pub fn differs(&self, other: &Reading) -> Vec<&'static str> {
        let kinds = ["negation", "number", "side", "modality", "quantifier"];
        let of = |reading: &Reading, kind: &str| -> Vec<String> {
            reading.guards.iter().filter(|(name, _)| *name == kind).map(|(_, key)| key.clone()).collect()
        };
        let asks = |reading: &Reading, other: &Reading| {
            let mut own = of(reading, "modality");
            reading.commanded(other).for_each(|key| _ = own.iter().position(|k| *k == key).map(|at| own.remove(at)));
            own
        };
        let differs = |kind: &&str| {
            of(self, kind) != of(other, kind) && (*kind != "modality" || asks(self, other) != asks(other, self))
        };
        let mut found: Vec<&'static str> = kinds.into_iter().filter(differs).collect();
        // "From seven" and "until seven" have their words in one order.
        let moved = || !self.words.iter().map(|word| &word.stem).eq(other.words.iter().map(|word| &word.stem));
        if self.turned(other) || self.stepped(other) {
            found.push(if moved() { "order" } else { "direction" });
        }
        found
    }

    /// The modal verbs by which this text asks for what the other commands: "you must press", "press".
    fn commanded<'r>(&'r self, other: &'r Reading) -> impl Iterator<Item = String> + 'r {
        // The first of the modal verbs of a language lets, and does not ask.
        let asked = self.asked.iter().filter(|(key, verb)| key & 0xFF > 0 && other.commands.contains(verb));
        let same = |(key, verb): &&(u32, String)| !other.asked.iter().any(|(k, v)| k == key && v == verb);
        asked.filter(same).map(|(key, _)| key.to_string())
    }

    /// Whether a word of one text has its opposite in the other, and not only no counterpart.
    pub fn opposed(&self, other: &Reading) -> bool {
        ["side", "modality", "quantifier"]
            .into_iter()
            .any(|kind| opposed(&self.more(other, kind), &other.more(self, kind)))
    }

    /// Whether no guard says another thing. What one of two texts leaves out – that all of them do it, that one can – is
    /// no other thing where the words around it are told in another way.
    pub fn agrees(&self, other: &Reading, in_one_form: bool, one_is_none: bool) -> bool {
        let both = |kind: &str| (self.more(other, kind), other.more(self, kind));
        let bare = |number: &u32| number & 0xFF == 0;
        let (sides, asks, counts) = (both("side"), both("modality"), both("quantifier"));
        let lets =
            || [(self, other), (other, self)].into_iter().flat_map(|(one, two)| one.asks(two)).all(|key| bare(&key));
        let weak = |counts: &[u32], other: &Reading| counts.iter().all(|key| other.weak.contains(key));
        let asked = || self.asks(other).is_empty() && other.asks(self).is_empty();
        !self.denies(other)
            && !self.turned(other)
            && !self.stepped(other)
            && self
                .numbers(other)
                .iter()
                .chain(&other.numbers(self))
                .all(|number| ONE.contains(&&**number) && one_is_none)
            && (counts.0.is_empty() && counts.1.is_empty()
                || (!in_one_form || weak(&counts.0, other) && weak(&counts.1, self))
                    && self.numbers(other).is_empty()
                    && other.numbers(self).is_empty())
            && !opposed(&sides.0, &sides.1)
            && (asked() || !opposed(&asks.0, &asks.1) && lets() && !in_one_form && self.hedged == other.hedged)
            && !opposed(&counts.0, &counts.1)
            && counts.0.iter().all(|key| bare(key) || other.says(*key) || other.weak.contains(key))
            && counts.1.iter().all(|key| bare(key) || self.says(*key) || self.weak.contains(key))
    }

    /// Whether it says the opposite of a word of another text.
    pub fn says_opposite(&self, stem: &str) -> bool {
        let key: Option<u32> = stem.strip_prefix('#').and_then(|key| key.parse().ok());
        let own = |word: &Word| word.stem.strip_prefix('#').and_then(|key| key.parse::<u32>().ok());
        key.is_some_and(|key| self.words.iter().filter_map(own).any(|own| opposed(&[own], &[key])))
    }

    /// Whether a quantifier stands in it.
    fn says(&self, quantifier: u32) -> bool {
        self.guards.iter().any(|(kind, key)| *kind == "quantifier" && *key == quantifier.to_string())
    }

    /// The guards of a kind, of a list of words, that it has and another text has not, or not so often.
    fn more(&self, other: &Reading, kind: &str) -> Vec<u32> {
        self.excess(other, kind).filter_map(|key| key.parse().ok()).collect()
    }

    fn numbers(&self, other: &Reading) -> Vec<String> {
        self.excess(other, "number").map(str::to_owned).collect()
    }

    fn excess<'r>(&'r self, other: &'r Reading, kind: &str) -> impl Iterator<Item = &'r str> {
        let of = |reading: &'r Reading| -> Vec<&'r str> {
            reading.guards.iter().filter(|(name, _)| *name == kind).map(|(_, key)| key.as_str()).collect()
        };
        let (own, mut theirs) = (of(self), of(other));
        own.into_iter().filter(move |key| match theirs.iter().position(|their| their == key) {
            Some(at) => {
                theirs.swap_remove(at);
                false
            }
            None => true,
        })
    }

    /// The modal verbs that another text has not, but for those with which it asks for what the other commands: what
    /// must be, said once or twice, is the same.
    fn asks(&self, other: &Reading) -> Vec<u32> {
        let mut own = self.more(other, "modality");
        own.retain(|key| {
            key & 0xFF == 0
                || !other.guards.iter().any(|(kind, asked)| *kind == "modality" && *asked == key.to_string())
        });
        for key in self.commanded(other).filter_map(|key| key.parse::<u32>().ok()) {
            if let Some(at) = own.iter().position(|own| *own == key) {
                own.remove(at);
            }
        }
        own
    }

    /// Whether one of two texts denies what the other says: more often, or in a clause in which the other denies nothing.
    pub(super) fn denies(&self, other: &Reading) -> bool {
        let without = |a: &Reading, b: &Reading| -> Vec<String> {
            let of = |reading: &Reading, stem: &str| reading.denied.iter().filter(|own| own.stem == stem).count();
            let more = a.denied.iter().map(|denied| &denied.stem);
            more.filter(|stem| of(a, stem) > of(b, stem) && *stem != NAMED).cloned().collect()
        };
        // A denial with no word behind it denies whatever stands in its clause.
        let affirms = |reading: &Reading, stem: &String| {
            // What stands before the denial is said: "back away and do not run".
            // "On wool, silk or linen", but not behind "but".
            let listed = |from: usize, at: usize| {
                let begins = |word: &Word| word.before.other || word.before.and && word.before.pause;
                reading.words[from..=at].windows(2).all(|pair| {
                    let [last, word] = pair else { return true };
                    let apart = word.clause != last.clause && !word.before.pause;
                    word.sentence == last.sentence && !(word.case || apart || word.before.pause && begins(word))
                })
            };
            // Another modal verb denies nothing: "need not be read here, and may be taken home".
            let modal = |from: usize, at: usize| {
                let words = &reading.words;
                (from + 1..=at).any(|at| words[at].before.and && !words[at].modals.is_empty())
            };
            let denied = |(at, word): &(usize, &Word)| {
                reading.denied.iter().any(|own| {
                    own.from <= *at
                        && (own.clause == word.clause || listed(own.from, *at))
                        && !(own.from < *at && modal(own.from, *at))
                })
            };
            let mut said = reading.words.iter().enumerate().filter(|(_, word)| word.stem == *stem);
            stem.is_empty() || said.any(|word| !denied(&word))
        };
        // "You need no key" is no denial in the place of another.
        let waives = |a: &Reading| a.denied.iter().filter(|own| own.waives).count();
        let (left, right) = (without(self, other), without(other, self));
        let affirmed = |stems: &[String], reading: &Reading| stems.iter().any(|stem| affirms(reading, stem));
        self.denied.len() != other.denied.len()
            || affirmed(&left, other) && (affirmed(&right, self) || waives(self) < waives(other))
            || affirmed(&right, self) && waives(self) > waives(other)
    }

    /// Whether one of two texts denies only in some case what the other denies in all.
    pub(super) fn excepts(&self, other: &Reading) -> bool {
        let alone = |a: &Reading, b: &Reading| a.unless > 0 && b.conditions == 0;
        alone(self, other) || alone(other, self)
    }

    /// Whether what it says to do then is to be done before what came first, in another text.
    fn goes_back(&self, other: &Reading) -> bool {
        let place = |reading: &Reading, stem: &String| reading.words.iter().position(|word| word.stem == *stem);
        let before = |reading: &Reading, x: &String, y: &String| matches!((place(reading, x), place(reading, y)), (Some(x), Some(y)) if x < y);
        // "Then open the link" begins with "open".
        let verb = |step: &'_ String| {
            let at = place(self, step).and_then(|at| at.checked_sub(1)).map(|at| &self.words[at]);
            at.filter(|word| word.minor && self.commands.contains(&word.stem))
                .map_or(step.clone(), |word| word.stem.clone())
        };
        self.steps.iter().map(verb).any(|step| {
            let step = &step;
            let first = self.commands.iter().filter(|command| *command != step);
            other.commands.contains(step)
                && first.into_iter().any(|first| before(self, first, step) && before(other, step, first))
        })
    }

    /// Whether the same steps come in another order, or what comes first here comes then there.
    fn stepped(&self, other: &Reading) -> bool {
        let sorted = |reading: &Reading| {
            let mut steps = reading.steps.clone();
            steps.sort();
            steps
        };
        if self.steps.is_empty() != other.steps.is_empty() {
            return self.goes_back(other) || other.goes_back(self);
        }
        if self.steps.is_empty() || self.steps == other.steps {
            return false;
        }
        let says = |reading: &Reading, steps: &[String]| {
            steps.iter().all(|step| reading.words.iter().any(|word| word.stem == *step))
        };
        sorted(self) == sorted(other)
            || self.steps.len() == other.steps.len() && says(other, &self.steps) && says(self, &other.steps)
    }

    /// Whether one of two texts goes from here to there and the other from there to here.
    pub(super) fn turned(&self, other: &Reading) -> bool {
        let without = |a: &Reading, b: &Reading| -> Vec<(u32, String)> {
            a.directions.iter().filter(|pair| !b.directions.contains(pair)).cloned().collect()
        };
        let (left, right) = (without(self, other), without(other, self));
        // "Learn to swim" and "to learn swimming" go one way.
        let first = |reading: &Reading, x: &str, y: &str| {
            let place = |stem: &str| reading.words.iter().position(|word| word.stem == stem);
            place(x) < place(y)
        };
        let flipped = |x: &str, y: &str| first(self, x, y) != first(other, x, y);
        // "Until the file is closed" goes where "until you close it" goes.
        let done = |reading: &Reading, thing: &str, verb: &str| {
            let place = |stem: &str| reading.words.iter().position(|word| word.stem == stem);
            let by = || place(thing).zip(place(verb)).is_some_and(|(x, y)| x < y && swapped::is_done_by(reading, x, y));
            let is_done = |(x, y): (usize, usize)| {
                x < y && reading.words[y].before.passive && reading.words[x].sentence == reading.words[y].sentence
            };
            place(thing).zip(place(verb)).is_some_and(is_done) || by()
        };
        // "To the frame of the bunk", "to the bunk frame".
        let runs = |reading: &Reading, x: &str, y: &str| {
            reading.words.windows(2).any(|pair| pair[0].stem == x && pair[1].stem == y)
        };
        let flipped = |x: &str, y: &str| flipped(x, y) && !(runs(self, x, y) && runs(other, y, x));
        let flipped = |x: &str, y: &str| flipped(x, y) && !done(self, x, y) && !done(other, y, x);
        let says = |reading: &Reading, stem: &str| reading.words.iter().any(|word| word.stem == *stem);
        !(left.is_empty() || right.is_empty() || order::told_in_another(self, other))
            && left.iter().any(|(way, stem)| {
                says(other, stem)
                    && right.iter().any(|(back, to)| {
                        (back == way) != (to == stem) && says(self, to) && (back != way || flipped(stem, to))
                    })
            })
    }
}
