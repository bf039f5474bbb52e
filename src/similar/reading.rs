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

/// What stands for the word that was denied, where a pronoun does.
pub(super) const NAMED: &str = "=it";

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
    /// What is denied, with the clause that denies it; nothing where no word follows.
    pub denied: Vec<(String, usize)>,
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
        asking: false,
        doing: false,
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
    /// Whether a word that asks came in this clause, and "do" behind it.
    asking: bool,
    doing: bool,
}

impl Reader<'_> {
    fn step(&mut self) {
        match &self.tokens[self.at] {
            Token::Pause => {
                self.settle("");
                self.clause += 1;
                self.toward.clear();
                self.before.pause = true;
                (self.modal, self.fresh) = (None, true);
                (self.asking, self.doing) = (false, false);
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
        self.ask();
        if self.begins_clause() {
            self.clause += 1;
            self.before.other = true;
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
        if self.parted() {
            return;
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

    /// Notes what makes the clause a question.
    fn ask(&mut self) {
        let Token::Word(word) = &self.tokens[self.at] else { return };
        self.doing |= self.asking && self.guards.auxiliaries.contains(word);
        self.doing |= self.fresh && self.guards.wondering.contains(word);
        self.asking |= self.guards.asking.contains(word);
    }

    /// "Once dry" is no number of times; "once a day" is.
    fn begins_clause(&self) -> bool {
        let Token::Word(word) = &self.tokens[self.at] else { return false };
        let next = self.tokens.get(self.at + 1);
        self.guards.times.contains(word)
            && matches!(next, Some(Token::Word(next)) if !self.guards.counted.contains(next))
    }

    /// A phrase with a pronoun in it: "take it off".
    fn parted(&mut self) -> bool {
        let kin = &self.guards.kin;
        let Some([Token::Word(first), Token::Word(object), Token::Word(last)]) = self.tokens.get(self.at..self.at + 3)
        else {
            return false;
        };
        if !kin.objects.contains(object) {
            return false;
        }
        let Some(called) = kin.phrases.get(&format!("{first} {last}")) else { return false };
        self.content(called.clone(), called.clone(), false);
        self.at += 3;
        true
    }

    /// Whether a modal verb only makes a question: "how long should I", "what do I need to".
    fn asks(&self, length: usize) -> bool {
        let next = self.tokens.get(self.at + length);
        let inverted = matches!(next, Some(Token::Word(next)) if self.guards.asked.contains(next));
        self.asking && (self.doing || inverted)
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
        let key = self.bounded(key);
        self.word(key.clone(), format!("#{key}"), true);
        self.before.article = true;
        self.reading.guards.push(("number", key));
    }

    /// "Do not take more than four" asks for at most four: the denial is part of the number.
    fn bounded(&mut self, key: String) -> String {
        let not = self.reading.denied.last().filter(|(_, clause)| *clause == self.clause && self.denied.is_empty());
        let (Some((stem, _)), Some((sign, rest))) = (not, key.split_once(':')) else { return key };
        let sign = match sign {
            "1" => "3",
            "2" => "4",
            _ => return key,
        };
        let guard = ("negation", stem.clone());
        if let Some(at) = self.reading.guards.iter().rposition(|own| *own == guard) {
            self.reading.guards.remove(at);
            self.reading.denied.pop();
        }
        format!("{sign}:{rest}")
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
        // "And do not pour" commands, too.
        self.fresh &= guards.and.contains(word) || guards.auxiliaries.contains(word);
    }

    /// What a phrase does, where it is known.
    fn role(&mut self, phrase: &str, length: usize) -> bool {
        let guards = self.guards;
        if guards.clauses.contains(phrase) {
            self.clause += 1;
            self.before.other = true;
        }
        // "After that date" is no step.
        let thing = |token: Option<&Token>| matches!(token, Some(Token::Word(next)) if !guards.light.contains(next));
        if guards.steps.contains(phrase) && !(length > 1 && thing(self.tokens.get(self.at + length))) {
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
            // "Without it" denies what was named before; "unless you ask" does not.
            let word = |ahead: usize| match self.tokens.get(self.at + length + ahead) {
                Some(Token::Word(word)) => Some(word),
                _ => None,
            };
            let ends = word(1).is_none_or(|word| guards.light.contains(word) || guards.clauses.contains(word));
            if ends && word(0).is_some_and(|word| guards.kin.objects.contains(word)) {
                self.reading.guards.push(("negation", NAMED.to_owned()));
                self.reading.denied.push((NAMED.to_owned(), self.clause));
            } else {
                self.denied.push(());
            }
            return true;
        }
        if let Some((class, key)) = guards.classes.get(phrase) {
            if *class == "modality" && self.asks(length) {
                self.before.other = true;
                return true;
            }
            self.guard(class, *key, phrase.to_owned());
            return true;
        }
        if let Some(key) = guards.same.get(phrase) {
            self.content(phrase.to_owned(), format!("={key}"), false);
            return true;
        }
        if let Some(called) = guards.kin.phrases.get(phrase).filter(|_| length > 1) {
            self.content(called.clone(), called.clone(), false);
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
            self.reading.denied.push((stem.to_owned(), self.clause));
        }
    }

    fn finish(mut self) -> Reading {
        self.settle("");
        self.reading.guards.sort();
        self.reading.directions.sort();
        self.reading
    }
}
