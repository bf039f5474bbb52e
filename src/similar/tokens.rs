//! Turns a text into words, numbers, signs and pauses.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::guards::{Guards, Written};
use super::key::plain_char;

/// Stands for the words that a phrase leaves open, and so many there may be.
const GAP: &str = "*";
const MOST: usize = 8;
/// Stands for a pause in a phrase, or for the end.
const PAUSE: &str = ",";

/// Stands for the signs inside a name in code, which is one word.
pub(crate) const JOINED: char = '_';

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Number(String),
    /// Between two numbers.
    Range,
    Comparison(char),
    /// The end of a clause.
    Pause,
    /// The end of a sentence.
    Stop,
}

/// A text in pieces.
pub(super) struct Tokens {
    pub all: Vec<Token>,
    /// For each piece, whether it is a word that is written like a name: with a capital, and not because it begins.
    pub names: Vec<bool>,
    /// Sorted, the words that begin with signs of code: `../site`, `!*.tmp`.
    pub code: Vec<String>,
    /// The ends of questions.
    questions: Vec<usize>,
    /// Words behind a hyphen.
    hyphened: Vec<usize>,
}

impl Tokens {
    /// Reads what denies the word in front of it, behind a hyphen, as a denial: "sugar-free", without sugar; and beginnings
    /// of words as such.
    pub fn freed(&mut self, guards: &Guards) {
        for at in std::mem::take(&mut self.hyphened).into_iter().rev() {
            if let [Token::Word(first), Token::Word(rest)] = &self.all[at - 1..=at]
                && guards.hyphenated.contains(first)
            {
                self.all[at - 1] = Token::Word(format!("{first}{rest}"));
                _ = (self.all.remove(at), self.names.remove(at));
                self.questions.iter_mut().filter(|end| **end > at).for_each(|end| *end -= 1);
                continue;
            }
            let Token::Word(word) = &self.all[at] else { continue };
            let denial = guards.bare.get(word).filter(|_| matches!(self.all[at - 1], Token::Word(_)));
            if let Some(denial) = denial {
                self.all[at] = Token::Word(denial.clone());
                self.all.swap(at - 1, at);
                self.names.swap(at - 1, at);
            }
        }
    }

    /// Brings together what a thing stands between: "switch scaling off".
    pub fn bring_together(&mut self, guards: &Guards) {
        let word = |tokens: &[Token], at: usize| match tokens.get(at) {
            Some(Token::Word(word)) => Some(word.clone()),
            _ => None,
        };
        for at in 2..self.all.len() {
            let Some(last) = word(&self.all, at).filter(|word| guards.particles.contains(word)) else { continue };
            let goes_on = |next: &String| {
                let leads = guards.directions.contains_key(next) || guards.clauses.contains(next);
                !guards.light.contains(next) && !leads || guards.articles.contains(next)
            };
            let ends = word(&self.all, at + 1).is_none_or(|next| guards.and.contains(&next) || !goes_on(&next));
            let parts = |verb: &usize| {
                let between = (*verb + 1..at).all(|at| matches!(self.all[at], Token::Word(_) | Token::Number(_)));
                let verb = word(&self.all, *verb).filter(|_| between);
                verb.is_some_and(|verb| guards.classes.contains_key(&format!("{verb} {last}")))
            };
            if let Some(verb) = (at.saturating_sub(4)..at - 1).rev().find(parts).filter(|_| ends) {
                self.all[verb + 1..=at].rotate_right(1);
                self.names[verb + 1..=at].rotate_right(1);
            }
        }
    }

    /// Reads what asks for something to be done as what must be: "needs washing", "needs to be washed".
    pub fn needing(&mut self, guards: &Guards) {
        let known = |word: &String| {
            guards.classes.contains_key(word) || guards.negation.contains(word) || guards.light.contains(word)
        };
        for at in (1..self.all.len()).rev() {
            let [Token::Word(verb), Token::Word(done)] = &self.all[at - 1..=at] else { continue };
            let Some(meant) = guards.needing.get(verb) else { continue };
            let ends =
                guards.doing.iter().any(|ending| done.len() > ending.len() + 2 && done.ends_with(ending.as_str()));
            if ends && !known(done) {
                let words: Vec<Token> = meant.split(' ').map(|word| Token::Word(word.to_owned())).collect();
                self.names.splice(at..at, words.iter().map(|_| false));
                self.all.splice(at..at, words);
            }
        }
    }

    /// Reads words behind a pause as what they mean there: ", provided it rains", if it rains.
    pub fn paused(&mut self, guards: &Guards) {
        for at in 1..self.all.len() {
            let behind = matches!(self.all[at - 1], Token::Pause | Token::Stop);
            let meant = match &self.all[at] {
                Token::Word(word) => guards.paused.get(word).filter(|_| behind),
                _ => None,
            };
            if let Some(meant) = meant {
                self.all[at] = Token::Word(meant.clone());
            }
        }
    }

    /// Reads what says "if" by its place as such: "should it rain", which asks nothing.
    pub fn turn_back(&mut self, guards: &Guards) {
        let word = |tokens: &[Token], at: usize| match tokens.get(at) {
            Some(Token::Word(word)) => Some(word.clone()),
            _ => None,
        };
        for at in 0..self.all.len() {
            let Some(meant) = word(&self.all, at).and_then(|word| guards.inverted.get(&word)) else { continue };
            let next = word(&self.all, at + 1);
            let whom = next.is_some_and(|next| guards.asked.contains(&next) || guards.articles.contains(&next));
            let end = (at..self.all.len()).find(|at| self.all[*at] == Token::Stop).unwrap_or(self.all.len());
            let begins = at == 0 || self.all[at - 1] == Token::Stop;
            let goes_on = || self.all[at..end].contains(&Token::Pause);
            let asks = self.questions.contains(&end)
                || word(&self.all, at.wrapping_sub(1)).is_some_and(|word| guards.asking.contains(&word));
            if whom && !asks && (!begins || goes_on()) {
                self.all[at] = Token::Word(meant.clone());
            }
        }
    }

    /// Reads some phrases as others.
    pub fn rewritten(mut self, guards: &Guards) -> Self {
        let mut at = 0;
        while at < self.all.len() {
            let found = match &self.all[at] {
                Token::Word(first) => guards.written.get(first),
                _ => None,
            };
            let fits =
                |(phrase, words): &'_ Written| Some((self.gap(at, phrase, guards)?, phrase.len(), words.clone()));
            let Some((gap, length, words)) = found.and_then(|list| list.iter().find_map(fits)) else {
                at += 1;
                continue;
            };
            let end = (at + length + gap.len() - usize::from(!gap.is_empty())).min(self.all.len());
            let kept: Vec<(Token, bool)> = gap.map(|at| (self.all[at].clone(), self.names[at])).collect();
            let (mut all, mut names) = (Vec::new(), Vec::new());
            for word in &words {
                if word == GAP {
                    kept.iter().for_each(|(token, name)| _ = (all.push(token.clone()), names.push(*name)));
                } else {
                    (all.push(Token::Word(word.clone())), names.push(false)).0
                }
            }
            self.all.splice(at..end, all);
            self.names.splice(at..end, names);
            at += words.iter().position(|word| word == GAP).unwrap_or(words.len()).max(1);
        }
        self
    }

    /// Where the words stand that a phrase leaves open, if it stands here; nowhere where it leaves none open.
    fn gap(&self, at: usize, phrase: &[String], guards: &Guards) -> Option<std::ops::Range<usize>> {
        let is = |at: usize, words: &[String]| {
            words.iter().zip(at..).all(|(word, at)| match self.all.get(at) {
                Some(Token::Word(own)) => own == word,
                Some(Token::Pause | Token::Stop) | None => word == PAUSE,
                _ => false,
            })
        };
        let open = phrase.iter().position(|word| word == GAP);
        let Some(open) = open else { return is(at, phrase).then_some(at..at) };
        let from = at + open;
        let plain = |at: &usize| match self.all.get(*at) {
            Some(Token::Word(word)) => {
                let turns =
                    guards.clauses.contains(word) || guards.negation.contains(word) || guards.and.contains(word);
                !turns && !guards.numbers.contains_key(word)
            }
            Some(Token::Number(_)) => true,
            _ => false,
        };
        let last = (from..from + MOST).take_while(plain).last()?;
        // "Send pain to the back" is no "send back".
        let named = |end: usize| !matches!(&self.all[end - 1], Token::Word(word) if guards.articles.contains(word));
        let mut ends = from + 1..=last + 1;
        let end = ends.find(|end| named(*end) && is(*end, &phrase[open + 1..])).filter(|_| is(at, &phrase[..open]))?;
        Some(from..end)
    }
}

/// So many words in a row, joined.
pub(super) fn phrase(tokens: &[Token], at: usize, length: usize) -> Option<String> {
    let mut phrase = String::new();
    for token in tokens.get(at..at + length)? {
        let Token::Word(word) = token else { return None };
        if !phrase.is_empty() {
            phrase.push(' ');
        }
        phrase.push_str(word);
    }
    Some(phrase)
}

/// The letters of a text in lower case, with whether each was typed as a capital, but for the M of a mega-unit and an option of one letter: 5 Mg
/// is not 5 mg, and -V is not -v.
fn lower(text: &str) -> (Vec<char>, Vec<bool>) {
    let typed: Vec<char> =
        if text.is_ascii() { text.chars().collect() } else { apart(text).nfkc().filter_map(plain_char).collect() };
    let mega = |at: usize| {
        let before = typed[..at].iter().rev().find(|c| !c.is_whitespace());
        let letter = |ahead: usize| typed.get(at + ahead).copied().unwrap_or(' ');
        letter(1).is_lowercase() && !letter(2).is_alphanumeric() && before.is_some_and(char::is_ascii_digit)
    };
    let around = |at: Option<usize>| at.and_then(|at| typed.get(at)).copied().unwrap_or(' ');
    let option = |at: usize| {
        let sign = around(at.checked_sub(1)) == '-' && around(at.checked_sub(2)).is_whitespace();
        sign && !around(Some(at + 1)).is_alphanumeric()
    };
    let (mut chars, mut capitals) = (Vec::with_capacity(typed.len()), Vec::with_capacity(typed.len()));
    for (at, c) in typed.iter().enumerate() {
        if *c == 'M' && mega(at) || c.is_uppercase() && option(at) {
            chars.push(*c)
        } else if c.is_ascii() {
            chars.push(c.to_ascii_lowercase());
        } else {
            chars.extend(c.to_lowercase())
        }
        capitals.resize(chars.len(), c.is_uppercase());
    }
    (chars, capitals)
}

/// A text in which a fraction that is one letter stands apart from the number before it.
fn apart(text: &str) -> Cow<'_, str> {
    let part = |c: char| matches!(c, '\u{BC}'..='\u{BE}' | '\u{2150}'..='\u{215E}');
    if !text.contains(part) {
        return Cow::Borrowed(text);
    }
    text.chars().flat_map(|c| part(c).then_some(' ').into_iter().chain([c])).collect::<String>().into()
}

/// A word with signs of code before it; a few points are none, nor is what Markdown puts there.
fn coded(chunk: &str) -> Option<&str> {
    let around = |c: char| matches!(c, '`' | '"' | '\'' | '(' | ')' | '[' | ']' | ',' | ';' | '?');
    let chunk = chunk.trim_matches(around).trim_end_matches(':');
    let sign = |c: char| matches!(c, ':' | '!' | '*' | '/' | '.' | '-' | '~' | '\\' | '$' | '@');
    let word = chunk.trim_start_matches(sign);
    let lead = &chunk[..chunk.len() - word.len()];
    // "UTC+2".
    let sum = || {
        chunk.split_once('+').is_some_and(|(from, to)| {
            from.ends_with(|c: char| c.is_ascii_alphanumeric()) && to.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let signed = lead.contains([':', '!', '/', '~', '\\', '$', '@'])
        || lead.strip_suffix('.').is_some_and(|rest| !rest.ends_with('.'));
    let word = word.trim_end_matches(['.', '!', '*']);
    let formula =
        !chunk.contains(['<', '>']) && word.contains(['=', '*', '^', '|', '\\']) || chunk.starts_with('=') || sum();
    let code = formula || signed && word.starts_with(|c: char| c.is_ascii_alphabetic());
    code.then(|| chunk.trim_end_matches('.'))
}

/// Cuts a text into words, numbers and pauses.
pub(super) fn tokens(text: &str) -> Tokens {
    let (chars, capitals) = lower(text);
    let mut lexer = Lexer {
        chars: &chars,
        capitals: &capitals,
        at: 0,
        tokens: Vec::new(),
        named: Vec::new(),
        coded: Vec::new(),
        questions: Vec::new(),
        hyphened: Vec::new(),
    };
    while lexer.at < chars.len() {
        lexer.step();
    }
    let mut names = vec![false; lexer.tokens.len()];
    let words = lexer.tokens.iter().filter(|token| matches!(token, Token::Word(_))).count();
    // Where most words have a capital it says nothing: a title.
    if lexer.named.len() * 2 <= words {
        lexer.named.iter().for_each(|at| names[*at] = true);
    }
    lexer.coded.iter().for_each(|at| names[*at] = true);
    let mut code: Vec<String> = text.split_whitespace().filter_map(coded).map(str::to_lowercase).collect();
    code.sort();
    Tokens { all: lexer.tokens, names, code, questions: lexer.questions, hyphened: lexer.hyphened }
}

struct Lexer<'a> {
    chars: &'a [char],
    capitals: &'a [bool],
    at: usize,
    tokens: Vec<Token>,
    /// The places of words that are written like names, and of those with capitals inside.
    named: Vec<usize>,
    coded: Vec<usize>,
    questions: Vec<usize>,
    hyphened: Vec<usize>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or(' ')
    }

    fn before(&self) -> char {
        self.at.checked_sub(1).map_or(' ', |at| self.chars[at])
    }

    fn step(&mut self) {
        let c = self.peek(0);
        match c {
            c if c.is_ascii_digit() => self.number(""),
            c if c.is_alphabetic() || c == JOINED => self.word(),
            '-' => self.dash(),
            '\u{B1}' if self.peek(1).is_ascii_digit() => {
                self.at += 1;
                self.number("\u{B1}");
            }
            '+' if self.peek(1).is_ascii_digit() && !self.before().is_alphanumeric() => {
                self.at += 1;
                self.number("+");
            }
            '<' | '>' | '\u{2264}' | '\u{2265}' | '~' => self.one(Token::Comparison(c)),
            '%' | '\u{B0}' | '\u{D7}' | '\u{20AC}' | '$' | '\u{A3}' => self.one(Token::Word(c.to_string())),
            '&' => self.one(Token::Word("and".to_owned())),
            '?' => {
                self.questions.push(self.tokens.len());
                self.one(Token::Stop);
            }
            '.' | '!' | '\n' | ';' => self.one(Token::Stop),
            ',' | ':' | '(' | ')' => self.one(Token::Pause),
            _ => self.at += 1,
        }
    }

    fn one(&mut self, token: Token) {
        self.tokens.push(token);
        self.at += 1;
    }

    fn dash(&mut self) {
        let (before, after) = (self.before(), self.peek(1));
        // "8 am-1 pm".
        let measured =
            matches!(self.tokens.as_slice(), [.., Token::Number(_), Token::Word(_)]) && before.is_alphabetic();
        if (before.is_ascii_digit() || measured) && after.is_ascii_digit()
            || matches!(self.tokens.last(), Some(Token::Number(_))) && after == ' ' && self.peek(2).is_ascii_digit()
        {
            self.one(Token::Range);
        } else if after.is_ascii_digit() && !before.is_alphanumeric() {
            self.at += 1;
            self.number("-");
        } else if before.is_whitespace() && (after.is_alphabetic() || after == '-' && self.peek(2).is_alphabetic()) {
            // An option of a program.
            let start = self.at;
            self.at += if after == '-' { 2 } else { 1 };
            while self.peek(0).is_alphanumeric() {
                self.at += 1;
            }
            self.tokens.push(Token::Word(self.chars[start..self.at].iter().collect()));
        } else if before.is_whitespace() && (after.is_whitespace() || after == '-') {
            self.one(Token::Pause);
        } else {
            self.at += 1;
        }
    }

    fn number(&mut self, sign: &str) {
        let mut number = sign.to_owned();
        while self.at < self.chars.len() {
            let (c, next) = (self.peek(0), self.peek(1));
            match c {
                c if c.is_ascii_digit() => number.push(c),
                ',' if next.is_ascii_digit()
                    && self.peek(2).is_ascii_digit()
                    && self.peek(3).is_ascii_digit()
                    && !self.peek(4).is_ascii_digit() => {}
                '.' | '/' | ':' if next.is_ascii_digit() => number.push(c),
                ',' if next.is_ascii_digit() => number.push('.'),
                _ => break,
            }
            self.at += 1;
        }
        let ordinal = self.ordinal(&number);
        self.tokens.push(ordinal.unwrap_or(Token::Number(number)));
    }

    /// "1st" and "2nd", which words of the language say too.
    fn ordinal(&mut self, number: &str) -> Option<Token> {
        let ending: String = [self.peek(0), self.peek(1)].iter().collect();
        if !matches!(&*ending, "st" | "nd" | "rd" | "th") || self.peek(2).is_alphanumeric() {
            return None;
        }
        self.at += 2;
        Some(if number == "1" { Token::Word("first".to_owned()) } else { Token::Number(format!("{number}{ending}")) })
    }

    fn word(&mut self) {
        let start = self.at;
        while self.peek(0).is_alphabetic()
            || self.peek(0) == JOINED
            || self.peek(0) == '\'' && self.peek(1).is_alphabetic()
            || self.peek(0).is_ascii_digit() && self.at > start
        {
            self.at += 1;
        }
        while matches!(self.peek(0), '#' | '+') && !self.peek(1).is_alphanumeric() {
            self.at += 1;
        }
        // "a.m.", "e.g.": letters with points between them are one word.
        let mut word: String = self.chars[start..self.at].iter().collect();
        while self.at - start == word.len() * 2 - 1
            && self.peek(0) == '.'
            && self.peek(1).is_ascii_alphabetic()
            && !self.peek(2).is_alphanumeric()
        {
            word.push(self.peek(1));
            self.at += 2;
            if self.peek(0) == '.' && !self.peek(1).is_alphanumeric() {
                self.at += 1;
                break;
            }
        }
        if let Some(stem) = word.strip_suffix("n't") {
            let stem = match stem {
                "ca" => "can",
                "wo" => "will",
                stem => stem,
            };
            self.tokens.push(Token::Word(stem.to_owned()));
            self.tokens.push(Token::Word("not".to_owned()));
            return;
        }
        let bare = word.strip_suffix("'s").unwrap_or(&word);
        if start > 1 && self.chars[start - 1] == '-' && self.chars[start - 2].is_alphabetic() && !self.tokens.is_empty()
        {
            self.hyphened.push(self.tokens.len());
        }
        let typed = &self.capitals[start..self.at.min(start + bare.chars().count())];
        if typed.iter().skip(1).any(|capital| *capital) && typed.iter().any(|capital| !capital) {
            self.coded.push(self.tokens.len());
        } else if typed[0] && !matches!(self.tokens.last(), None | Some(Token::Pause | Token::Stop)) {
            self.named.push(self.tokens.len());
        }
        self.tokens.push(Token::Word(bare.to_owned()));
    }
}
