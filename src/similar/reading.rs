//! Turns a text into its content words, its numbers and its guards.

use super::guards::Guards;
use super::numbers;
use super::tokens::{Token, phrase, tokens};

/// A word that carries content.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    /// As typed, in lower case.
    pub form: String,
    /// What it is compared by.
    pub stem: String,
    pub clause: usize,
    /// A guard word, whose difference is told by its guard.
    pub minor: bool,
    /// Written like a name.
    pub name: bool,
    /// What stands between it and the word before it, as far as lists and verbs are concerned.
    pub before: Before,
}

/// What stands in front of a word, up to the word before it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Before {
    pub pause: bool,
    /// What joins the last of a list.
    pub and: bool,
    /// What comes before a thing.
    pub article: bool,
    /// Any other word.
    pub other: bool,
    /// "By", before the one who does it.
    pub agent: bool,
    /// "Is", before what is done.
    pub passive: bool,
}

/// What a text says, for comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    pub words: Vec<Word>,
    /// Sorted: the kind of guard and what it says.
    pub guards: Vec<(&'static str, String)>,
    /// Directions with what they lead to, sorted.
    pub directions: Vec<(u32, String)>,
    /// What stands behind each "then", in order.
    pub steps: Vec<String>,
    /// What a modal verb asks for: the verb behind each, with the key of its guard.
    pub asked: Vec<(u32, String)>,
    /// The first words of clauses, which may be commands.
    pub commands: Vec<String>,
    /// Whether what it speaks of was named before it.
    pub begins_with_pronoun: bool,
}

/// Reads a text.
pub(crate) fn read(text: &str, guards: &Guards) -> Reading {
    let tokens = tokens(text).rewritten(&guards.written);
    let mut reader = Reader {
        guards,
        tokens: &tokens.all,
        names: &tokens.names,
        before: Before::default(),
        modal: None,
        fresh: true,
        at: 0,
        clause: 0,
        reading: Reading::default(),
        denied: Vec::new(),
        toward: Vec::new(),
        step: false,
    };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    let first = tokens.all.first();
    let pronoun = |token: &Token| matches!(token, Token::Word(word) if guards.subjects.contains(word));
    Reading { begins_with_pronoun: first.is_some_and(pronoun), ..reader.finish() }
}

struct Reader<'a> {
    guards: &'a Guards,
    tokens: &'a [Token],
    names: &'a [bool],
    /// What stood behind the last word.
    before: Before,
    /// A modal verb whose verb has not come yet.
    modal: Option<u32>,
    /// Whether nothing but denials came in this clause.
    fresh: bool,
    at: usize,
    clause: usize,
    reading: Reading,
    /// Negations whose word has not come yet.
    denied: Vec<()>,
    toward: Vec<u32>,
    /// Whether a word that tells the order of steps came last.
    step: bool,
}

impl Reader<'_> {
    fn step(&mut self) {
        match &self.tokens[self.at] {
            Token::Pause => {
                self.clause += 1;
                self.settle("");
                self.toward.clear();
                self.before.pause = true;
                (self.modal, self.fresh) = (None, true);
                self.at += 1;
            }
            Token::Range => self.at += 1,
            _ => self.number_or_word(),
        }
    }

    fn number_or_word(&mut self) {
        if let Token::Word(word) = &self.tokens[self.at]
            && self.guards.is_plain(word)
        {
            return self.substance(word);
        }
        if self.is_pronoun() {
            self.at += 1;
            return;
        }
        // "Once you" is no number of times.
        if let Some(phrase) = self.phrase(2)
            && self.guards.clauses.contains(&phrase)
        {
            self.role(&phrase, 2);
            self.at += 2;
            return;
        }
        if let Some((key, used)) = numbers::at(self.tokens, self.at, self.guards) {
            self.half(&key, used);
            self.number(key);
            self.at += used;
            return;
        }
        if self.each() {
            return;
        }
        let Token::Word(word) = &self.tokens[self.at] else {
            self.at += 1;
            return;
        };
        for length in (1..=self.guards.longest).rev() {
            if let Some(phrase) = self.phrase(length)
                && self.role(&phrase, length)
            {
                self.at += length;
                return;
            }
        }
        let mut word = word.clone();
        if self.guards.joined.contains(&word)
            && let Some(Token::Word(rest)) = self.tokens.get(self.at + 1)
            && !self.guards.light.contains(rest)
        {
            word.push_str(rest);
            self.at += 1;
        }
        self.substance(&word);
    }

    /// A word of content, or what was meant by one.
    fn substance(&mut self, word: &str) {
        let stem = self.guards.stem(word);
        match (self.guards.same_stems.get(&stem), self.guards.meant(word)) {
            (Some(same), _) => self.content(word.to_owned(), format!("={same}"), false),
            (None, Some((class, key))) => self.guard(class, key, word.to_owned()),
            (None, None) => self.content(word.to_owned(), stem, false),
        }
        self.at += 1;
    }

    /// A number is a guard, and a word where words may have changed places.
    fn number(&mut self, key: String) {
        self.word(key.clone(), format!("#{key}"), true);
        self.before.article = true;
        self.reading.guards.push(("number", key));
    }

    /// A word for a part without a unit says of how many, too: "half the rooms".
    fn half(&mut self, number: &str, used: usize) {
        for token in &self.tokens[self.at..self.at + used] {
            let Token::Word(word) = token else { continue };
            if let Some(("quantifier", key)) = self.guards.classes.get(word)
                && self.guards.fractions.contains_key(word)
                && !number.contains(' ')
            {
                self.reading.guards.push(("quantifier", key.to_string()));
            }
        }
    }

    fn word(&mut self, form: String, stem: String, minor: bool) {
        let name = self.names.get(self.at).copied().unwrap_or(false);
        let before = std::mem::take(&mut self.before);
        self.fresh = false;
        self.reading.words.push(Word { form, stem, clause: self.clause, minor, name, before });
    }

    /// "A day", "per day", "each day" and "every day" are one; "each night" is "a night".
    fn each(&mut self) -> bool {
        let word = |at: usize| match self.tokens.get(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        };
        let (Some(each), Some(next)) = (word(self.at), word(self.at + 1)) else { return false };
        if !self.guards.each.contains(each) {
            return false;
        }
        if let Some(unit) = self.guards.units.get(next) {
            let key = numbers::of_one(unit, self.guards);
            self.number(key);
            self.at += 2;
            return true;
        }
        let period = self.guards.periods.contains(next);
        self.at += usize::from(period);
        period
    }

    /// Whether "one" stands for a thing here, and is no number: "the first one".
    fn is_pronoun(&self) -> bool {
        let word = |at: usize| match self.tokens.get(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        };
        let ends = match self.tokens.get(self.at + 1) {
            Some(Token::Word(next)) => self.guards.light.contains(next),
            Some(Token::Pause) | None => true,
            _ => false,
        };
        let before = self.at.checked_sub(1).and_then(word);
        ends && word(self.at).is_some_and(|word| self.guards.pronouns.contains(word))
            && before.is_some_and(|before| self.guards.determiners.contains(before))
    }

    fn guard(&mut self, class: &'static str, key: u32, phrase: String) {
        self.reading.guards.push((class, key.to_string()));
        match class {
            "modality" => self.modal = Some(key),
            _ if class != "side" => self.before.article = true,
            _ => {}
        }
        if class == "side" {
            self.content(phrase, format!("#{key}"), true);
        }
    }

    /// The next words as one phrase, when there are so many without a pause.
    fn phrase(&self, length: usize) -> Option<String> {
        phrase(self.tokens, self.at, length)
    }

    /// What a word that is light is to the words around it.
    fn place(&mut self, word: &str) {
        let guards = self.guards;
        let before = &mut self.before;
        if guards.and.contains(word) {
            before.and = true;
        } else if guards.articles.contains(word) {
            before.article = true;
        } else {
            before.other = true;
            before.agent |= guards.agents.contains(word);
            before.passive |= guards.passives.contains(word);
        }
        self.fresh = false;
    }

    /// What a phrase does, where it is known.
    fn role(&mut self, phrase: &str, length: usize) -> bool {
        let guards = self.guards;
        if guards.clauses.contains(phrase) {
            self.clause += 1;
            self.before.other = true;
        }
        if guards.steps.contains(phrase) {
            self.step = true;
            return true;
        }
        if let Some(direction) = guards.directions.get(phrase) {
            self.toward.push(*direction);
            self.before.other = true;
            if !guards.classes.contains_key(phrase) {
                return true;
            }
        }
        if guards.negation.contains(phrase) {
            self.denied.push(());
            return true;
        }
        if let Some((class, key)) = guards.classes.get(phrase) {
            self.guard(class, *key, phrase.to_owned());
            return true;
        }
        if let Some(key) = guards.same.get(phrase) {
            self.content(phrase.to_owned(), format!("={key}"), false);
            return true;
        }
        if guards.light.contains(phrase) {
            self.place(phrase);
            return true;
        }
        guards.clauses.contains(phrase) || length > 1 && guards.comparisons.contains_key(phrase)
    }

    fn content(&mut self, form: String, stem: String, minor: bool) {
        self.settle(&stem);
        if std::mem::take(&mut self.step) {
            self.reading.steps.push(stem.clone());
        }
        for direction in self.toward.drain(..) {
            self.reading.directions.push((direction, stem.clone()));
        }
        if self.fresh {
            self.reading.commands.push(stem.clone());
        }
        if let Some(modal) = self.modal.take() {
            self.reading.asked.push((modal, stem.clone()));
        }
        self.word(form, stem, minor);
    }

    /// What was denied is known: the next word that carries content.
    fn settle(&mut self, stem: &str) {
        for () in self.denied.drain(..) {
            self.reading.guards.push(("negation", stem.to_owned()));
        }
    }

    fn finish(mut self) -> Reading {
        self.settle("");
        self.reading.guards.sort();
        self.reading.directions.sort();
        self.reading
    }
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
        if self.turned(other) || self.stepped(other) {
            found.push("order");
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
        // What is said twice here and once there is more, too.
        let only = |a: &Reading, b: &Reading| -> Vec<u32> {
            let mut theirs = b.guards.clone();
            let own = a.guards.iter().filter(|guard| match theirs.iter().position(|their| their == *guard) {
                Some(at) => {
                    theirs.swap_remove(at);
                    false
                }
                None => true,
            });
            own.filter_map(|(_, key)| key.parse::<u32>().ok()).map(|key| key >> 8).filter(|group| *group > 0).collect()
        };
        let theirs = only(other, self);
        only(self, other).iter().any(|group| theirs.contains(group))
    }

    /// Whether the same steps come in another order, or what comes first here comes then there.
    fn stepped(&self, other: &Reading) -> bool {
        let sorted = |reading: &Reading| {
            let mut steps = reading.steps.clone();
            steps.sort();
            steps
        };
        if self.steps.is_empty() || other.steps.is_empty() || self.steps == other.steps {
            return false;
        }
        let says = |reading: &Reading, steps: &[String]| {
            steps.iter().all(|step| reading.words.iter().any(|word| word.stem == *step))
        };
        sorted(self) == sorted(other)
            || self.steps.len() == other.steps.len() && says(other, &self.steps) && says(self, &other.steps)
    }

    /// Whether one of two texts goes from here to there and the other from there to here.
    fn turned(&self, other: &Reading) -> bool {
        let without = |a: &Reading, b: &Reading| -> Vec<(u32, String)> {
            a.directions.iter().filter(|pair| !b.directions.contains(pair)).cloned().collect()
        };
        let (left, right) = (without(self, other), without(other, self));
        let says = |reading: &Reading, stem: &str| reading.words.iter().any(|word| word.stem == *stem);
        left.iter().any(|(way, stem)| {
            says(other, stem) && right.iter().any(|(back, to)| (back == way) != (to == stem) && says(self, to))
        })
    }
}
