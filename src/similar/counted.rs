//! Turns numbers in a text that is read into guards, and tells those that are none.

use super::left::is_number;
use super::numbers;
use super::reading::{Before, Denied, Reader};
use super::tokens::{Token, phrase};

/// The comparisons of a language that may stand behind what is counted: at least, at most.
const AT_LEAST: u32 = 3;
const AT_MOST: u32 = 4;
/// So many words behind a number what compares it may come: the number itself, and what is counted.
const NEAR: usize = 3;

impl Reader<'_> {
    /// A number whose thing was named with another one of its sentence: "six euros for adults and three for children".
    pub(super) fn with_unit(&self, key: String, used: usize) -> String {
        let ends = match self.tokens.get(self.at + used) {
            Some(Token::Word(next)) => self.guards.light.contains(next) && !self.guards.of.contains(next),
            Some(Token::Pause | Token::Stop) | None => true,
            _ => false,
        };
        let bare = key.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.'));
        // "In 2024", "week eight", "Hall 4".
        let year = key.len() == 4 && key.parse::<u32>().is_ok_and(|year| (1000..2100).contains(&year));
        // "Groups of ten".
        let label = self.at.checked_sub(1).is_some_and(|before| match &self.tokens[before] {
            Token::Word(word) => {
                self.names[before] || self.guards.units.contains_key(word) || self.guards.of.contains(word)
            }
            _ => false,
        });
        // "Half the amount".
        let part = matches!(&self.tokens[self.at], Token::Word(word) if self.guards.fractions.contains_key(word))
            && matches!(self.tokens.get(self.at + used), Some(Token::Word(next)) if self.guards.articles.contains(next));
        if year || label || part || !ends || !bare || self.tells_group() || key == "1" || key.len() > 7 {
            return key;
        }
        let Some(unit) = self.unit_nearby(used) else { return key };
        let mut tokens = self.tokens[self.at..self.at + used].to_vec();
        tokens.push(Token::Word(unit));
        match numbers::at(&tokens, 0, self.guards) {
            Some((full, all)) if all == tokens.len() => full,
            _ => key,
        }
    }

    /// Whether a number only tells who is meant: "children under 16".
    fn tells_group(&self) -> bool {
        matches!(&self.tokens[self.at], Token::Word(word) if self.guards.bounds.contains(word))
    }

    /// The unit of the number before this place in its sentence, or of the next one.
    fn unit_nearby(&self, used: usize) -> Option<String> {
        let tokens = self.tokens;
        let stop = |at: &usize| tokens[*at] != Token::Stop;
        let back = || (0..self.at).rev().take_while(stop).filter(|at| self.is_count(*at));
        // What was counted last tells; parts of a range have no unit of their own.
        let of = |at: usize| match tokens.get(at + 1) {
            Some(Token::Word(next)) if self.guards.units.contains_key(next) => Some(Some(next.clone())),
            Some(Token::Word(next)) if !self.guards.light.contains(next) => Some(None),
            _ => None,
        };
        // "30 minutes on five days, and lifts on two": days.
        let leads = |at: usize| matches!(at.checked_sub(1).map(|at| &tokens[at]), Some(Token::Word(word)) if self.guards.light.contains(word));
        let alike = |at: &usize| leads(*at) && tokens[*at - 1] == tokens[self.at - 1];
        let led = || leads(self.at).then(|| back().filter(alike).find_map(of).flatten()).flatten();
        // "Adults sleep eight hours; children, ten."
        let last = || {
            let from = (0..self.at).rev().find(|at| !stop(at))?;
            (0..from).rev().take_while(stop).filter(|at| self.is_count(*at)).find_map(of).flatten()
        };
        let before = led().or_else(|| back().find_map(of).flatten());
        let ahead = (self.at + used..tokens.len()).take_while(stop).filter(|at| self.is_count(*at));
        before.or_else(|| ahead.into_iter().find_map(of).flatten()).or_else(last)
    }

    fn is_count(&self, at: usize) -> bool {
        match &self.tokens[at] {
            Token::Number(_) => true,
            Token::Word(word) => self.guards.numbers.contains_key(word),
            _ => false,
        }
    }

    /// Whether a modal verb only asks whether something is so: "can the program open it" is "does it open".
    pub(super) fn offers(&self, key: u32, length: usize) -> bool {
        let word = |at: usize| match self.tokens.get(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        };
        let first = self.at == 0 || self.tokens[self.at - 1] == Token::Stop;
        let inverted = || first && word(self.at).is_some_and(|word| self.guards.inverts.contains(word));
        self.fresh
            && key & 0xFF == 0
            && word(self.at + length).is_some_and(|next| self.guards.asked.contains(next) || inverted())
    }

    /// A number is a guard, and a word where words may have changed places.
    pub(super) fn number(&mut self, key: String, used: usize) {
        let key = self.bounded(self.with_unit(self.among(key, used), used));
        // "From seven" is not "until seven".
        self.reading.directions.extend(self.toward.iter().map(|direction| (*direction, format!("#{key}"))));
        self.word(key.clone(), format!("#{key}"), true);
        // A number makes a place for a thing, as an article does; not before "if".
        let next = self.tokens.get(self.at + used);
        self.before.article = !matches!(next, Some(Token::Word(next)) if self.guards.clauses.contains(next));
        self.reading.guards.push(("number", key));
    }

    /// "One of the tallest" is not the tallest.
    pub(super) fn among(&self, key: String, used: usize) -> String {
        let next = self.tokens.get(self.at + used);
        // "No later than an hour before" is at least an hour.
        let phrase = (1..=3)
            .rev()
            .find_map(|length| phrase(self.tokens, self.at, length).filter(|it| self.guards.latest.contains(it)));
        if let Some(rest) = key.strip_prefix("4:")
            && phrase.is_some()
            && matches!(next, Some(Token::Word(next)) if self.guards.until_then.contains(next))
        {
            return format!("{AT_LEAST}:{rest}");
        }
        let of = key == "1" && matches!(next, Some(Token::Word(next)) if self.guards.of.contains(next));
        if of { format!("{key} of") } else { key }
    }

    /// "15 kg of honey or more" is at least 15 kg.
    pub(super) fn trails(&mut self, phrase: &str) -> bool {
        let joined = phrase.contains(' ');
        let sign = self.guards.comparisons.get(phrase).filter(|sign| joined && (AT_LEAST..=AT_MOST).contains(*sign));
        let Some(sign) = sign else { return false };
        let words = &mut self.reading.words;
        let near = words.len().saturating_sub(NEAR)..;
        let Some(number) = words[near].iter_mut().find(|word| is_number(word) && word.clause == self.clause) else {
            return false;
        };
        let guard = ("number", number.form.clone());
        let Some(own) = self.reading.guards.iter_mut().rev().find(|own| **own == guard) else { return false };
        if number.form.contains(':') {
            return false;
        }
        number.form = format!("{sign}:{}", number.form);
        number.stem = format!("#{}", number.form);
        own.1.clone_from(&number.form);
        true
    }

    /// "Do not take more than four" asks for at most four: the denial is part of the number.
    pub(super) fn bounded(&mut self, key: String) -> String {
        // "Not for more than four".
        if let Some((sign @ ("1" | "2"), rest)) = key.split_once(':')
            && !self.tells_group()
            && self.denied.pop().is_some()
        {
            return format!("{}:{rest}", if sign == "1" { AT_LEAST } else { AT_MOST });
        }
        let not = self.reading.denied.last().filter(|_| !self.tells_group());
        let not = not.filter(|denied| denied.clause == self.clause && self.denied.is_empty());
        let (Some(Denied { stem, .. }), Some((sign, rest))) = (not, key.split_once(':')) else { return key };
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
    pub(super) fn half(&mut self, number: &str, used: usize) {
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

    /// "A day", "per day", "each day" and "every day" are one; "each night" is "a night".
    pub(super) fn each(&mut self) -> bool {
        let word = |at: usize| match self.tokens.get(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        };
        let (Some(each), Some(next)) = (word(self.at), word(self.at + 1)) else { return false };
        if !self.guards.each.contains(each) {
            return false;
        }
        if let Some(unit) = self.guards.units.get(next).filter(|_| !self.guards.ambiguous.contains(next)) {
            let key = numbers::of_one(unit, self.guards);
            self.number(key, 2);
            self.at += 2;
            return true;
        }
        let period = self.guards.periods.contains(next);
        self.at += usize::from(period);
        period
    }

    /// Whether "one" stands for a thing here, and is no number: "the first one".
    pub(super) fn is_pronoun(&self) -> bool {
        let word = |at: usize| match self.tokens.get(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        };
        let ends = match self.tokens.get(self.at + 1) {
            Some(Token::Word(next)) => self.guards.light.contains(next),
            Some(Token::Pause | Token::Stop) | None => true,
            _ => false,
        };
        let before = |back: usize| self.at.checked_sub(back).and_then(word);
        let guards = self.guards;
        let thing = before(2).is_some_and(|word| guards.articles.contains(word) && !guards.kin.objects.contains(word));
        let counts = |word: &String| guards.units.contains_key(word) || guards.numbers.contains_key(word);
        // "One to three", but "a hard one to throw".
        let counts = |word: &String| {
            let number = || match self.tokens.get(self.at + 2) {
                Some(Token::Word(next)) => guards.numbers.contains_key(next),
                Some(Token::Number(_)) => true,
                _ => false,
            };
            counts(word) || guards.ranges.contains(word) && number()
        };
        let part = word(self.at + 1).is_some_and(|next| guards.of.contains(next));
        let ends = ends && !part && !word(self.at + 1).is_some_and(counts);
        let goes_on = || word(self.at + 1).is_some_and(|next| !counts(next));
        // "The first one", "a later one arrives", "the smallest one is".
        let stands = before(1).is_some_and(|word| match guards.determiners.contains(word) {
            true => ends || thing && goes_on(),
            false => ends && thing && !guards.light.contains(word) && !counts(word),
        });
        stands && word(self.at).is_some_and(|word| guards.pronouns.contains(word))
    }

    /// Whether a word only says what was measured: "two metres long", "16 letters long".
    pub(super) fn measures(&self, word: &str) -> bool {
        let words = &self.reading.words;
        let last = words.iter().rev().take(2).any(is_number);
        // A number makes a place for a thing, as an article does.
        last && Before { article: false, ..self.before } == Before::default() && self.guards.dimensions.contains(word)
    }
}
