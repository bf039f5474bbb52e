//! Turns byte positions in a text into lines and columns: a text is counted once, however many positions are asked for.

/// Characters are counted at the start of every block of so many bytes.
const BLOCK: usize = 1024;

/// Where the lines of a text start, and how many characters stand before each block.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    before: Vec<usize>,
}

/// A byte position as people count: the line, the column in characters, and the line's text.
pub(super) struct Place<'a> {
    pub line: usize,
    pub column: usize,
    pub text: &'a str,
    /// Where the line starts in its file, in bytes, and where in the line the position is.
    pub start: usize,
    pub at: usize,
    /// The length of the line in characters.
    pub length: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let breaks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let before = bytes.chunks(BLOCK).scan(0, |count, block| {
            let before = *count;
            *count += characters(block);
            Some(before)
        });
        Self { text, starts: [0].into_iter().chain(breaks).collect(), before: before.collect() }
    }

    /// The place of a byte; of the last one, for what is behind the end.
    pub fn place(&self, at: usize) -> Place<'a> {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        let text = self.text[start..end].trim_end_matches('\r');
        let before = self.characters_before(start);
        Place {
            line,
            column: self.characters_before(at) - before + 1,
            text,
            start,
            at: (at - start).min(text.len()),
            length: self.characters_before(start + text.len()) - before,
        }
    }

    fn characters_before(&self, at: usize) -> usize {
        let block = (at / BLOCK).min(self.before.len().saturating_sub(1));
        let before = self.before.get(block).copied().unwrap_or(0);
        before + characters(&self.text.as_bytes()[block * BLOCK..at])
    }
}

/// The characters that start in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_that_counting_finds(text in "(é|a|\n|\r\n|😀|[b-z]{0,300}){0,60}", at in 0_usize..4000) {
            let place = Lines::new(&text).place(at);
            let mut at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let (before, line) = (&text[..at], text[..at].rfind('\n').map_or(0, |n| n + 1));
            prop_assert_eq!(place.line, before.matches('\n').count() + 1);
            prop_assert_eq!(place.column, text[line..at].chars().count() + 1);
            let whole = text[line..].split('\n').next().unwrap_or("").trim_end_matches('\r');
            prop_assert_eq!((place.text, place.start, place.length), (whole, line, whole.chars().count()));
        }
    }
}
