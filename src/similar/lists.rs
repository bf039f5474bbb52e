//! Turns the lists of a language into the tables in which its texts are read.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::affixes::Affixes;
use super::guards::{Guards, Spelling};

impl Guards {
    /// Reads all lists.
    pub(super) fn read(&mut self, value: &Value) {
        self.read_sets(value);
        self.read_numbers(value);
        self.read_written(value);
        self.spelling = spelling(value);
        self.affixes = Affixes::new(value);
        for (number, words) in (0..).zip(list(value, "apart")) {
            split(words).for_each(|word| _ = self.apart.insert(word.to_owned(), number));
        }
        for (field, class) in [("modality", "modality"), ("quantifiers", "quantifier")] {
            let words: Vec<&str> = list(value, field).collect();
            self.group(class, &words);
        }
        for group in value.get("opposites").and_then(Value::as_array).into_iter().flatten() {
            let words: Vec<&str> = group.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            self.group("side", &words);
        }
        for (at, words) in (1..).zip(list(value, "comparisons")) {
            split(words).for_each(|word| _ = self.comparisons.entry(word.to_owned()).or_insert(at));
        }
        for (at, words) in (1..).zip(list(value, "directions")) {
            split(words).for_each(|word| _ = self.directions.entry(word.to_owned()).or_insert(at));
        }
        self.actors = meanings(value, "actors");
        self.paused = meanings(value, "paused");
        self.hosts.extend(list(value, "hosts").map(str::to_owned));
        self.bare = meanings(value, "bare");
        self.needing = meanings(value, "needing");
        self.inverted = meanings(value, "inverted");
        self.doing = list(value, "doing").map(str::to_owned).collect();
        for word in list(value, "waived") {
            let class = self.same.get(word).map_or_else(|| self.stem(word), |class| format!("={class}"));
            self.waived.insert(class);
        }
        for words in list(value, "weak") {
            let key = split(words).next().and_then(|first| self.classes.get(first)).map(|(_, key)| *key);
            split(words).skip(1).for_each(|word| _ = key.map(|key| self.weak.insert(word.to_owned(), key)));
        }
        self.endings = list(value, "endings").map(str::to_owned).collect();
        self.resting = list(value, "resting").map(|word| self.stem(word)).collect();
        // Last, because synonyms are known by their stems too.
        for words in list(value, "same") {
            self.alike(split(words));
        }
    }

    /// Reads words of numbers and units.
    fn read_numbers(&mut self, value: &Value) {
        for (month, names) in (1..).zip(list(value, "months")) {
            split(names).for_each(|name| _ = self.months.insert(name.to_owned(), month));
        }
        for (number, words) in (0..).zip(list(value, "parts")) {
            for (at, word) in split(words).enumerate() {
                self.parts.insert(word.to_owned(), number + 2);
                if at > 0 {
                    self.parts_many.insert(word.to_owned());
                }
            }
        }
        for words in list(value, "units") {
            let first = split(words).next().unwrap_or("");
            split(words).for_each(|word| _ = self.units.entry(word.to_owned()).or_insert_with(|| first.to_owned()));
        }
        for (word, number) in value.get("numbers").and_then(Value::as_object).into_iter().flatten() {
            let text = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
            let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
            self.numbers.insert(word.clone(), (number.to_owned(), unit.to_owned()));
        }
        for (unit, measure) in value.get("measures").and_then(Value::as_object).into_iter().flatten() {
            let known = measure.as_str().and_then(|text| text.split_once(' '));
            if let Some((factor, base)) = known.and_then(|(factor, base)| Some((factor.parse().ok()?, base))) {
                self.measures.insert(unit.clone(), (factor, base.to_owned()));
            }
        }
        for (word, part) in value.get("fractions").and_then(Value::as_object).into_iter().flatten() {
            self.fractions.insert(word.clone(), part.to_string());
        }
    }

    /// Reads phrases that are read as others.
    fn read_written(&mut self, value: &Value) {
        for (phrase, words) in value.get("written").and_then(Value::as_object).into_iter().flatten() {
            let cut =
                |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
            let (phrase, words) = (cut(phrase), cut(words.as_str().unwrap_or_default()));
            let of_word = self.written.entry(phrase[0].clone()).or_default();
            of_word.push((phrase, words));
            // Of two phrases that fit, the longer one counts.
            of_word.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        }
    }

    /// Reads what is a set of words.
    fn read_sets(&mut self, value: &Value) {
        let sets = [
            ("light", &mut self.light),
            ("hedges", &mut self.hedges),
            ("clauses", &mut self.clauses),
            ("negation", &mut self.negation),
            ("ranges", &mut self.ranges),
            ("between", &mut self.between),
            ("each", &mut self.each),
            ("before", &mut self.before),
            ("bearings", &mut self.bearings),
            ("bounds", &mut self.bounds),
            ("multipliers", &mut self.multipliers),
            ("steps", &mut self.steps),
            ("pronouns", &mut self.pronouns),
            ("determiners", &mut self.determiners),
            ("periods", &mut self.periods),
            ("subjects", &mut self.subjects),
            ("of", &mut self.of),
            ("and", &mut self.and),
            ("or", &mut self.or),
            ("unless", &mut self.unless),
            ("conditions", &mut self.conditions),
            ("particles", &mut self.particles),
            ("dimensions", &mut self.dimensions),
            ("articles", &mut self.articles),
            ("agents", &mut self.agents),
            ("passives", &mut self.passives),
            ("joined", &mut self.joined),
            ("firsts", &mut self.firsts),
            ("asking", &mut self.asking),
            ("wondering", &mut self.wondering),
            ("auxiliaries", &mut self.auxiliaries),
            ("asked", &mut self.asked),
            ("inverts", &mut self.inverts),
            ("times", &mut self.times),
            ("counted", &mut self.counted),
            ("ambiguous", &mut self.ambiguous),
            ("coordinate", &mut self.coordinate),
            ("allowing", &mut self.allowing),
            ("nobody", &mut self.nobody),
            ("recipients", &mut self.recipients),
            ("hyphenated", &mut self.hyphenated),
            ("places", &mut self.places),
            ("latest", &mut self.latest),
            ("until_then", &mut self.until_then),
            ("naught", &mut self.naught),
            ("persons", &mut self.persons),
            ("echoes", &mut self.echoes),
            ("forbidding", &mut self.forbidding),
            ("parting", &mut self.parting),
        ];
        for (field, words) in sets {
            words.extend(list(value, field).map(str::to_owned));
        }
    }

    /// A group of alternatives of which each word excludes the others. What is known stays what it is.
    pub(super) fn group(&mut self, class: &'static str, alternatives: &[&str]) {
        // The words of a group share all but the last byte of their number.
        self.groups += 1;
        for (at, words) in (0..0xFF).zip(alternatives) {
            for word in split(words) {
                self.classes.entry(word.to_lowercase()).or_insert((class, self.groups << 8 | at));
            }
        }
    }

    pub(super) fn alike<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        let number = u32::try_from(self.same.len()).unwrap_or(u32::MAX);
        let words: Vec<String> = words.map(str::to_lowercase).collect();
        // A first word that is in a group already brings the others into it: the forms of a verb.
        let number = words.first().and_then(|word| self.same.get(word).copied()).unwrap_or(number);
        // One whose opposites are known lends them to what means the same.
        let class = words.iter().find_map(|word| self.classes.get(word).copied()).filter(|(class, _)| *class == "side");
        for word in words {
            if let Some(class) = class.filter(|_| !self.light.contains(&word) && !self.same.contains_key(&word)) {
                self.classes.entry(word.clone()).or_insert(class);
            }
            if !word.contains(' ') {
                self.same_stems.entry(self.stem(&word)).or_insert(number);
            }
            self.same.entry(word).or_insert(number);
        }
    }
}

pub(super) fn list<'v>(value: &'v Value, field: &str) -> impl Iterator<Item = &'v str> {
    value.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The words of one alternative.
/// How letters are written elsewhere.
fn spelling(value: &Value) -> Vec<Spelling> {
    let pairs = value.get("spelling").and_then(Value::as_array).into_iter().flatten();
    let pair = |pair: &Value| {
        let text = |at: usize| Some(pair.get(at)?.as_str()?.to_owned());
        let least = |at: usize| pair.get(at).and_then(Value::as_u64).map_or(1, |letters| letters as usize);
        Some(Spelling {
            from: text(0)?,
            to: text(1)?,
            before: least(2),
            behind: if pair.get(3).is_some() { least(3) } else { 0 },
        })
    };
    pairs.filter_map(pair).collect()
}

/// Words with what each means.
fn meanings(value: &Value, field: &str) -> FxHashMap<String, String> {
    list(value, field).filter_map(|words| words.split_once('/')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

pub(super) fn split(words: &str) -> impl Iterator<Item = &str> {
    words.split('/').filter(|word| !word.is_empty())
}
