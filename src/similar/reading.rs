//! Turns a text into its content words, its numbers and its guards.

use super::guards::Guards;
use super::numbers;
use super::tokens::{Token, phrase, tokens};
pub(super) use super::word::NAMED;
pub(crate) use super::word::{Before, Denied, Reading, Word};

/// Reads a text.
pub(crate) fn read(text: &str, guards: &Guards) -> Reading {
    let mut tokens = tokens(text);
    guards.corrected(&mut tokens.all);
    tokens.freed(guards);
    tokens.paused(guards);
    tokens.turn_back(guards);
    tokens.bring_together(guards);
    tokens.needing(guards);
    let tokens = tokens.rewritten(guards);
    let mut reader = Reader {
        guards,
        tokens: &tokens.all,
        names: &tokens.names,
        before: Before::default(),
        lights: String::new(),
        case: false,
        modals: Vec::new(),
        modal: None,
        offered: false,
        fresh: true,
        at: 0,
        clause: 0,
        sentence: 0,
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
    let begins_with_pronoun = first.is_some_and(pronoun);
    Reading { begins_with_pronoun, code: tokens.code.clone(), ..reader.finish() }
}

pub(super) struct Reader<'a> {
    pub(super) guards: &'a Guards,
    pub(super) tokens: &'a [Token],
    pub(super) names: &'a [bool],
    /// What stood behind the last word.
    pub(super) before: Before,
    /// The light words behind it.
    pub(super) lights: String,
    /// The modal verbs that came before the first word of a part.
    pub(super) modals: Vec<u32>,
    /// Whether a word that begins a clause came behind it.
    pub(super) case: bool,
    /// A modal verb whose verb has not come yet.
    pub(super) modal: Option<u32>,
    /// Whether someone is told that: "you can".
    pub(super) offered: bool,
    /// Whether nothing but denials came in this clause.
    pub(super) fresh: bool,
    pub(super) at: usize,
    pub(super) clause: usize,
    pub(super) sentence: usize,
    pub(super) reading: Reading,
    /// Negations whose word has not come yet.
    pub(super) denied: Vec<()>,
    pub(super) toward: Vec<u32>,
    /// Whether a word that tells the order of steps came last.
    pub(super) step: bool,
    /// Whether a word that asks came in this clause, and "do" behind it.
    pub(super) asking: bool,
    pub(super) doing: bool,
}

impl Reader<'_> {
    fn step(&mut self) {
        match &self.tokens[self.at] {
            Token::Pause | Token::Stop => {
                self.sentence += usize::from(self.tokens[self.at] == Token::Stop);
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
            && (self.guards.is_plain(word) || self.is_letter(word))
        {
            return self.substance(word);
        }
        if self.is_pronoun() {
            self.stand();
            self.at += 1;
            return;
        }
        self.ask();
        if self.begins_clause() {
            self.clause += 1;
            (self.before.other, self.case) = (true, true);
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
            self.number(key, used);
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
        if self.parted() {
            return;
        }
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

    /// "Press the A key" names a letter.
    fn is_letter(&self, word: &str) -> bool {
        let pronoun = || self.guards.asked.contains(word) && !self.guards.articles.contains(word);
        word.len() == 1 && self.before.article && self.names.get(self.at).is_some_and(|name| *name) && !pronoun()
    }

    /// Notes what makes the clause a question.
    fn ask(&mut self) {
        let Token::Word(word) = &self.tokens[self.at] else { return };
        self.doing |= self.asking && self.guards.auxiliaries.contains(word);
        // "..., which can be paid" asks nothing.
        let relative = self.at > 0 && self.tokens[self.at - 1] == Token::Pause;
        let first = self.reading.words.last().is_none_or(|last| last.sentence != self.sentence);
        self.doing |= first && !relative && self.guards.wondering.contains(word);
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
        // What turns "up" where another turns something "down" is told by that.
        let beside = |at: usize| !matches!(self.tokens.get(at + 1), Some(Token::Word(next)) if kin.objects.contains(next) || next == last);
        let again = || {
            (0..self.tokens.len())
                .any(|at| matches!(&self.tokens[at], Token::Word(word) if word == first) && beside(at))
        };
        let classes = &self.guards.classes;
        let opposite = classes.contains_key(last) && !classes.contains_key(&format!("{first} {last}"));
        // "It refers it to" is not "it refers to it".
        let leads = self.guards.directions.contains_key(last) || kin.leading.contains(last);
        if !kin.objects.contains(object) || leads || opposite && again() {
            return false;
        }
        let Some(called) = kin.phrases.get(&format!("{first} {last}")) else { return false };
        self.content(called.clone(), called.clone(), false);
        self.at += 3;
        true
    }

    /// Whether a modal verb only asks, or says no more than the denial beside it.
    fn says_no_more(&self, key: u32, length: usize) -> bool {
        self.asks(key, length) || self.offers(key, length) || self.is_denied(key, length)
    }

    /// Whether a modal verb only makes a question: "how long should I", "what do I need to".
    fn asks(&self, key: u32, length: usize) -> bool {
        let next = self.tokens.get(self.at + length);
        let inverted = matches!(next, Some(Token::Word(next)) if self.guards.asked.contains(next));
        // "Who can", where that begins.
        let back = |by: usize| self.at.checked_sub(by).map(|at| &self.tokens[at]);
        let who = matches!(back(1), Some(Token::Word(word)) if self.guards.persons.contains(word))
            && matches!(back(2), None | Some(Token::Stop));
        self.asking && (self.doing || inverted) || who && key & 0xFF == 0
    }

    /// A word of content, or what was meant by one.
    fn substance(&mut self, word: &str) {
        let stem = self.guards.stem(word);
        match (self.guards.same_stems.get(&stem), self.guards.meant(word)) {
            (Some(same), _) => self.content(word.to_owned(), format!("={same}"), false),
            (None, Some(("modality", key))) if self.says_no_more(key, 1) => self.before.other = true,
            (None, Some((class, key))) => self.guard(class, key, word.to_owned()),
            (None, None) => self.content(word.to_owned(), stem, false),
        }
        self.at += 1;
    }

    pub(super) fn word(&mut self, form: String, stem: String, minor: bool) {
        let name = self.names.get(self.at).copied().unwrap_or(false);
        let (before, lights) = (std::mem::take(&mut self.before), std::mem::take(&mut self.lights));
        let (case, modals) = (std::mem::take(&mut self.case), std::mem::take(&mut self.modals));
        self.fresh = false;
        self.reading.words.push(Word {
            form,
            stem,
            clause: self.clause,
            sentence: self.sentence,
            minor,
            name,
            before,
            stands: false,
            hosted: self.guards.hosts.iter().any(|host| lights.split_terminator(' ').any(|word| word == host)),
            lights,
            case,
            modals,
        });
    }

    fn guard(&mut self, class: &'static str, key: u32, phrase: String) {
        if class == "side" && self.forbids(&phrase) {
            self.before.other = true;
            return;
        }
        self.reading.guards.push((class, key.to_string()));
        match class {
            "modality" => {
                let last = self.at.checked_sub(1).map(|at| &self.tokens[at]);
                self.offered = matches!(last, Some(Token::Word(word)) if self.guards.recipients.contains(word))
                    && !self.guards.hedges.contains(&phrase);
                self.reading.hedged += usize::from(self.guards.hedges.contains(&phrase) && !self.offered);
                self.modal = Some(key);
                match self.last_of_part() {
                    Some(last) => last.modals.push(key),
                    None => self.modals.push(key),
                }
            }
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

    /// Notes that something stands here for a thing that was named before.
    fn stand(&mut self) {
        if let Some(last) = self.last_of_part() {
            last.stands = true;
        }
        self.before.pronoun = true;
    }

    /// The last word, where it is in this part of the sentence.
    pub(super) fn last_of_part(&mut self) -> Option<&mut Word> {
        let (clause, goes_on) = (self.clause, !self.before.pause && !self.before.and);
        self.reading.words.last_mut().filter(|last| goes_on && last.clause == clause)
    }

    /// What a word that is light is to the words around it.
    fn place(&mut self, word: &str) {
        let guards = self.guards;
        self.reading.weak.extend(guards.weak.get(word));
        let names = guards.articles.contains(word) || guards.and.contains(word);
        if !names && (guards.kin.objects.contains(word) || guards.pronouns.contains(word)) {
            self.stand();
        }
        let before = &mut self.before;
        if guards.and.contains(word) {
            before.and = true;
            before.or |= guards.or.contains(word);
        } else if guards.articles.contains(word) {
            before.article = true;
        } else {
            before.other = true;
            self.lights.extend([word, " "]);
            before.agent |= guards.agents.contains(word);
            before.passive |= guards.passives.contains(word.rsplit(' ').next().unwrap_or(word));
            // "To be sore" leads nowhere.
            if guards.passives.contains(word) {
                self.toward.clear();
            }
        }
        // "And do not pour" commands, too.
        self.fresh &= guards.and.contains(word) || guards.auxiliaries.contains(word);
    }

    /// What a phrase does, where it is known.
    fn role(&mut self, phrase: &str, length: usize) -> bool {
        let guards = self.guards;
        self.reading.unless += usize::from(guards.unless.contains(phrase));
        self.reading.conditions += usize::from(guards.conditions.contains(phrase));
        if guards.clauses.contains(phrase) {
            // "Do not do it if it hurts" denies what is done; "not if it hurts" does not.
            let denied = |token: &Token| matches!(token, Token::Word(word) if guards.negation.contains(word));
            if !self.at.checked_sub(1).is_some_and(|before| denied(&self.tokens[before])) {
                self.settle("");
            }
            self.clause += 1;
            self.before.other = true;
            self.case |= !guards.coordinate.contains(phrase);
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
            self.lights.extend([phrase, " "]);
            if !guards.classes.contains_key(phrase) {
                return true;
            }
        }
        if self.negates(phrase, length) {
            return true;
        }
        if self.trails(phrase) {
            return true;
        }
        // "They are on a lead" does not say what is on.
        let state = phrase.split_once(' ').is_some_and(|(first, _)| guards.passives.contains(first));
        let goes_on = |token: Option<&Token>| match token {
            Some(Token::Word(next)) => guards.articles.contains(next) || !guards.light.contains(next),
            _ => false,
        };
        let side = || guards.classes.get(phrase).is_some_and(|(class, _)| *class == "side");
        if state && side() && goes_on(self.tokens.get(self.at + length)) {
            return false;
        }
        if let Some((class, key)) = guards.classes.get(phrase) {
            if *class == "modality" && self.says_no_more(*key, length) || self.measures(phrase) {
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
        if let Some(called) = guards.kin.phrases.get(phrase).filter(|_| length > 1 && !self.is_led(phrase, length)) {
            self.content(called.clone(), called.clone(), false);
            return true;
        }
        if guards.light.contains(phrase) {
            self.place(phrase);
            return true;
        }
        // "Or lower" compares only behind a number.
        let joined = phrase.split_once(' ').is_none_or(|(first, _)| guards.and.contains(first));
        // "More than a rest does" is the opposite of less.
        let opposite = |sign: &u32| {
            let first = phrase.split_once(' ').and_then(|(first, _)| guards.classes.get(first));
            *sign <= numbers::MORE && first.is_some_and(|(class, _)| *class == "side")
        };
        let compared = guards.comparisons.get(phrase).is_some_and(|sign| !joined && !opposite(sign));
        guards.clauses.contains(phrase) || compared
    }

    /// Whether a phrase is none because its last word leads on: "it gives up to five", "they are given in two arms".
    fn is_led(&self, phrase: &str, length: usize) -> bool {
        let (guards, next) = (self.guards, self.tokens.get(self.at + length));
        let last = phrase.rsplit(' ').next().unwrap_or(phrase);
        let counts = || guards.directions.contains_key(last) && matches!(next, Some(Token::Number(_)));
        let given = || {
            self.before.passive
                && guards.places.contains(last)
                && matches!(next, Some(Token::Word(_) | Token::Number(_)))
        };
        numbers::comparison(self.tokens, self.at + length - 1, guards).0.is_some() || counts() || given()
    }

    fn content(&mut self, form: String, stem: String, minor: bool) {
        self.settle(&stem);
        // "Then permanently removed" is "then removed".
        if self.step && !minor {
            self.step = false;
            self.reading.steps.push(stem.clone());
        }
        for direction in self.toward.drain(..) {
            self.reading.directions.push((direction, stem.clone()));
        }
        if self.fresh {
            self.reading.commands.push(stem.clone());
        }
        if let Some(modal) = self.modal.take() {
            if std::mem::take(&mut self.offered) {
                self.reading.offered.push(stem.clone());
            }
            self.reading.asked.push((modal, stem.clone()));
        }
        self.word(form, stem, minor);
    }

    /// What was denied is known: the next word that carries content.
    fn settle(&mut self, stem: &str) {
        for _ in 0..std::mem::take(&mut self.denied).len() {
            self.deny(stem);
        }
    }

    pub(super) fn deny(&mut self, stem: &str) {
        let from = if stem.is_empty() { 0 } else { self.reading.words.len() };
        self.reading.guards.push(("negation", stem.to_owned()));
        let waives = self.guards.waived.contains(stem);
        self.reading.denied.push(Denied { stem: stem.to_owned(), clause: self.clause, from, waives });
    }

    fn finish(mut self) -> Reading {
        self.settle("");
        self.reading.trailing = self.lights;
        self.reading.guards.sort();
        self.reading.directions.sort();
        self.reading
    }
}
