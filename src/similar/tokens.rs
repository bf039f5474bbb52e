//! Turns a text into words, numbers, signs and pauses.

use unicode_normalization::UnicodeNormalization;

use super::key::plain_char;

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
}

/// The letters of a text in lower case, but for the M of a mega-unit and an option of one letter: 5 Mg
/// is not 5 mg, and -V is not -v.
fn lower(text: &str) -> Vec<char> {
    let typed: Vec<char> =
        if text.is_ascii() { text.chars().collect() } else { text.nfkc().filter_map(plain_char).collect() };
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
    let mut chars = Vec::with_capacity(typed.len());
    for (at, c) in typed.iter().enumerate() {
        if *c == 'M' && mega(at) || c.is_uppercase() && option(at) {
            chars.push(*c)
        } else if c.is_ascii() {
            chars.push(c.to_ascii_lowercase());
        } else {
            chars.extend(c.to_lowercase())
        }
    }
    chars
}

/// Cuts a text into words, numbers and pauses.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars = lower(text);
    let mut lexer = Lexer { chars: &chars, at: 0, tokens: Vec::new() };
    while lexer.at < chars.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    tokens: Vec<Token>,
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
            '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '\n' => self.one(Token::Pause),
            _ => self.at += 1,
        }
    }

    fn one(&mut self, token: Token) {
        self.tokens.push(token);
        self.at += 1;
    }

    fn dash(&mut self) {
        let (before, after) = (self.before(), self.peek(1));
        if before.is_ascii_digit() && after.is_ascii_digit()
            || matches!(self.tokens.last(), Some(Token::Number(_))) && after == ' ' && self.peek(2).is_ascii_digit()
        {
            self.one(Token::Range);
        } else if after.is_ascii_digit() && !before.is_alphanumeric() {
            self.at += 1;
            self.number("-");
        } else if after.is_alphabetic() && before.is_whitespace() {
            // An option of a program.
            let start = self.at;
            self.at += 1;
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
        self.tokens.push(Token::Number(number));
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
        self.tokens.push(Token::Word(bare.to_owned()));
    }
}
