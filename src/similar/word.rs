//! Holds what is read of a text: its words, and what they are to each other.

/// A word that carries content.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    /// As typed, in lower case.
    pub form: String,
    /// What it is compared by.
    pub stem: String,
    pub clause: usize,
    pub sentence: usize,
    /// A guard word, whose difference is told by its guard.
    pub minor: bool,
    /// Written like a name.
    pub name: bool,
    /// What stands between it and the word before it, as far as lists and verbs are concerned.
    pub before: Before,
    /// Whether what stands for a thing follows it: "bends it".
    pub stands: bool,
    /// The light words before it that are no articles, each with a space behind it.
    pub lights: String,
    /// Whether a word that begins a clause stands before it: "when".
    pub case: bool,
    /// The modal verbs of its part of a sentence that stand before or behind it.
    pub modals: Vec<u32>,
    /// Whether what stands before it leads to where something is done, or with what: "at".
    pub hosted: bool,
}

/// What stands in front of a word, up to the word before it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Before {
    pub pause: bool,
    /// What joins the last of a list.
    pub and: bool,
    /// Whether that leaves a choice.
    pub or: bool,
    /// What stands for a thing that was named before.
    pub pronoun: bool,
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

/// What is denied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Denied {
    /// Nothing where no word follows.
    pub stem: String,
    /// The clause that denies it.
    pub clause: usize,
    /// From which word of it on.
    pub from: usize,
    /// Whether it says only that something need not be.
    pub waives: bool,
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
    /// How many modal verbs say that something is only possible: "may mean".
    pub hedged: usize,
    /// The verbs behind modal verbs with which someone is told something: "you can".
    pub offered: Vec<String>,
    pub denied: Vec<Denied>,
    /// Clauses that deny only in some case, and all that tell a case.
    pub unless: usize,
    pub conditions: usize,
    /// The first words of clauses, which may be commands.
    pub commands: Vec<String>,
    /// Whether what it speaks of was named before it.
    pub begins_with_pronoun: bool,
    /// The light words behind the last word.
    pub trailing: String,
    /// Quantifiers that may be meant.
    pub weak: Vec<u32>,
    /// Sorted, the words that begin with signs of code.
    pub code: Vec<String>,
}
