//! Turns two texts into how they relate: the same words, the same meaning, a contradiction, or two things.
//!
//! Equality is decided by words alone ([`key()`]). Nearness is never decided by a threshold alone: the guards of both texts –
//! numbers, negations, opposites, quantifiers – must be equal, and so must every word that carries content, but for words
//! that are kin and, where a text is told in another form, a few that say nothing.

mod affixes;
mod content;
mod counted;
mod denials;
mod differ;
mod guards;
mod key;
mod kin;
mod left;
mod lists;
mod matched;
mod numbers;
mod order;
mod phrases;
mod reading;
mod sketch;
mod slips;
mod swapped;
mod tokens;
mod voice;
mod word;

pub(crate) use guards::{GuardWords, Guards};
pub(crate) use key::{key, words};
pub(crate) use reading::{Reading, read};
pub(crate) use sketch::{SENTENCE_WORDS, Sketch, Sketcher, Topic};
pub(crate) use slips::one_slip;
pub(crate) use tokens::JOINED;

/// How two texts that are not equal relate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Relation {
    /// They say the same in other words.
    Near(f32),
    /// They say nearly the same, but for these guards; with the words that differ.
    Differ { guards: Vec<&'static str>, similarity: f32, words: (Vec<String>, Vec<String>) },
    /// They are two things.
    Apart,
}

/// Content words that two texts must share before a difference of guards is worth a word.
const LEAST_SHARED: usize = 3;
/// The share of content words that must be shared for a contradiction.
const ALIKE: f32 = 0.6;
/// The same, where content words differ as well as guards: less would be two things told in one form.
const ALIKE_BUT_FOR_WORDS: f32 = 0.8;

/// Content words that two texts share where one replaced word is a change of a copy, and not another thing of one form.
const COPIED: usize = 12;

/// Compares two texts that have been read.
pub(crate) fn relate(a: &Reading, b: &Reading, guards: &Guards) -> Relation {
    let matched = content::align(a, b, guards);
    let told = matched::in_words_of(a, b, &matched);
    let b = told.as_ref().unwrap_or(b);
    let (left, right) = (a.words.len() - a.light(&matched.only_a), b.words.len() - b.light(&matched.only_b));
    let similarity = if left + right == 0 { 0.0 } else { 2.0 * matched.shared as f32 / (left + right) as f32 };
    let mut failed = a.differs(b);
    for guard in &matched.affixed {
        if !failed.contains(guard) {
            failed.push(*guard);
        }
    }
    let substance = |side: &[usize], reading: &Reading| -> Vec<String> {
        side.iter().map(|at| &reading.words[*at]).filter(|word| !word.minor).map(|word| word.form.clone()).collect()
    };
    let words = (substance(&matched.only_a, a), substance(&matched.only_b, b));
    let same_words = words.0.is_empty() && words.1.is_empty();
    let in_one_form = !matched.lets && left::in_one_form(a, b, &matched) && !left::is_offered(a, b, guards);
    let nothing_left = matched.shared > 0 && left::is_nothing(a, b, &matched, guards);
    let agree =
        nothing_left && matched.affixed.is_empty() && a.agrees(b, in_one_form, left::one_is_none(a, b, &matched));
    let alike = agree || failed.is_empty() && same_words;
    let turned = alike
        && (swapped::swapped(a, b, &matched) && !order::told_in_another(a, b) && !told_actively(a, b, guards)
            || content::turned_about(a, b, &matched));
    let chosen = alike && same_words && content::chosen(a, b, &matched);
    let excepted = alike && (a.excepts(b) || denials::differ(a, b, &matched.all, in_one_form));
    let acted = alike && content::other_actors(a, b, &matched, guards);
    if agree && !turned && !chosen && !excepted && !acted && a.code == b.code {
        return Relation::Near(similarity);
    }
    let found = [
        (excepted, "negation"),
        (turned, "order"),
        (chosen, "choice"),
        (acted, "actor"),
        (alike && a.code != b.code, "name"),
    ];
    failed.extend(found.iter().filter(|(found, _)| *found).map(|(_, guard)| *guard));
    if failed.is_empty() {
        replaced(a, b, &matched, similarity, words)
    } else {
        contradicted(a, b, &matched, (failed, similarity, words))
    }
}

/// Whether two texts whose words stand in another order say the same once each says who does what.
fn told_actively(a: &Reading, b: &Reading, guards: &Guards) -> bool {
    let (x, y) = (voice::active(a, guards), voice::active(b, guards));
    if x.is_none() && y.is_none() {
        return false;
    }
    let (x, y) = (x.as_ref().unwrap_or(a), y.as_ref().unwrap_or(b));
    !swapped::swapped(x, y, &content::align(x, y, guards))
}

/// Words that only one of two texts has.
type Words = (Vec<String>, Vec<String>);

/// What two texts say of each other whose guards differ.
fn contradicted(
    a: &Reading,
    b: &Reading,
    matched: &content::Aligned,
    (failed, similarity, words): (Vec<&'static str>, f32, Words),
) -> Relation {
    let same_words = words.0.is_empty() && words.1.is_empty();
    let frame = matched.shared + a.guards.iter().filter(|guard| b.guards.contains(guard)).count();
    let enough = matched.shared >= LEAST_SHARED
        || same_words && matched.shared >= 1 && (frame >= 2 || content::of_one_form(a, b));
    let replaced = !words.0.is_empty() && !words.1.is_empty();
    if !enough || similarity < if replaced { ALIKE_BUT_FOR_WORDS } else { ALIKE } {
        return Relation::Apart;
    }
    // A number or a guard word that only one of them has says more, not another thing.
    let weak = |guard: &&str| match *guard {
        guard if matched.affixed.contains(&guard) => false,
        "number" => a.has_all_of(b, "number") || b.has_all_of(a, "number"),
        "side" | "modality" | "quantifier" => !a.opposed(b),
        _ => false,
    };
    let more = |a: &Reading, b: &Reading, words: &[String]| {
        !words.is_empty() || !a.guards.iter().all(|guard| b.guards.contains(guard))
    };
    let guards = if !failed.iter().all(weak) {
        failed
    } else if more(a, b, &words.0) && more(b, a, &words.1) {
        vec!["word"]
    } else {
        vec!["detail"]
    };
    Relation::Differ { guards, similarity, words }
}

/// What two texts say of each other whose guards are the same.
fn replaced(a: &Reading, b: &Reading, matched: &content::Aligned, similarity: f32, words: Words) -> Relation {
    let both = !words.0.is_empty() && !words.1.is_empty();
    let alike = matched.shared >= LEAST_SHARED && similarity >= ALIKE_BUT_FOR_WORDS;
    if !both || !alike && !content::framed(a, b, matched) {
        return Relation::Apart;
    }
    let copied = matched.shared >= COPIED && words.0.len() == 1 && words.1.len() == 1;
    Relation::Differ { guards: vec![if copied { "replaced" } else { "word" }], similarity, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(a: &str, b: &str) -> Relation {
        let guards = Guards::new("en", &GuardWords::default());
        relate(&read(a, &guards), &read(b, &guards), &guards)
    }

    #[test]
    fn what_says_the_same() {
        for (a, b) in [
            ("Add half a cup of vinegar to the rinse.", "Add 1/2 cup of vinegar to the rinse."),
            ("Three quarters of the plots are let.", "3/4 of the plots are let."),
            ("Add 1\u{BD} cups of flour to the bowl.", "Add one and a half cups of flour to the bowl."),
            ("The fund paid one thousand five hundred grants.", "The fund paid 1,500 grants."),
            ("The hall seats two hundred and forty people.", "The hall seats 240 people."),
            ("The rule has applied since 1 July 2019.", "The rule has applied since July 1st, 2019."),
            ("The tariff ends on 31 December 2024.", "The tariff ends on 2024-12-31."),
            ("A judge can extend the deadline.", "The deadline can be extended by a judge."),
            ("Mix the flour, the salt and the yeast.", "Mix the yeast, the flour and the salt."),
            ("You must not mix bleach with ammonia.", "Never mix bleach with ammonia."),
            ("The city collects paper every other week.", "Paper is collected by the city every two weeks."),
            (
                "The museum costs six euros for adults and three for children.",
                "The museum costs three euros for children and six for adults.",
            ),
            ("Rinse the filter three or four times a day.", "Rinse the filter 3-4 times a day."),
            ("The bridge is open every day but Monday.", "The bridge is open every day except Monday."),
            ("Turn the pump off before you clean the tank.", "Turn off the pump before you clean the tank."),
            ("It sends pain to the brow and behind the ear.", "It sends pain behind the ear and to the brow."),
            ("It leads to the old mill and the top of the hill.", "It leads to the top of the hill and the old mill."),
            ("Turn the dial left; the lever turns it right.", "The lever turns the dial right; turn it left."),
            (
                "Soap loosens the dirt when the water is warm; lye loosens it when the water is cold.",
                "Lye loosens the dirt when the water is cold; soap loosens it when the water is warm.",
            ),
            ("The footpath along the Wend floods.", "The footpath along the River Wend floods."),
            ("You can undo steps until you close the file.", "You can undo steps until the file is closed."),
            ("The shop opens at six in the morning.", "The shop opens at six in the mornig."),
            ("Apply ointment befor the dressing dries.", "Apply ointment before the dressing dries."),
            ("The lock bends the bar; the key straightens it.", "The key straightens the bar; the lock bends it."),
            (
                "Sow when the upper leaves are dry and the lower ones green.",
                "Sow when the lower leaves are green and the upper ones dry.",
            ),
            ("Paint the door, the old gate and down the wall.", "Paint the old gate, the door and down the wall."),
            ("The dye is not suitable for wool.", "The dye is unsuitable for wool."),
            ("Leave 15 kg of honey or more in the hive.", "Leave at least 15 kg of honey in the hive."),
            (
                "Stop the pump at least six hours before bedtime.",
                "Stop the pump at least six hours before going to bed.",
            ),
            ("Gardens may be watered only after sunset.", "Gardens may only be watered once the sun has set."),
            ("Do not lift the lid until the light is green.", "Only lift the lid after the light is green."),
            (
                "Tell your teacher about every change of address.",
                "Let your teacher know about every change of address.",
            ),
            ("Get medical help today if the leg turns cold.", "Seek medical help today if the leg turns cold."),
            (
                "The laptop belongs to the firm and stays in the hall.",
                "The laptop is the property of the firm and stays in the hall.",
            ),
            ("Press for 48 hours; should it last longer, ring us.", "Press for 48 hours; if it lasts longer, ring us."),
            ("Year one is dear, and the later one is free.", "Year one is dear, and the later year is free."),
            ("Swimming in the lake is allowed from May to June.", "You may swim in the lake from May to June."),
            (
                "At night, wear the splint for an hour on the left hand.",
                "For an hour at night, wear the splint on the left hand.",
            ),
            (
                "Adults sleep for about eight hours; newborns, for sixteen.",
                "Newborns sleep for about sixteen hours; adults, for eight.",
            ),
            (
                "Last year the race was won by the fire brigade, who beat the bakers.",
                "The fire brigade won the race last year, beating the bakers.",
            ),
            ("Porters are no longer employed at this station.", "This station no longer employs porters."),
            ("Parking in the yard is not allowed after six.", "Nobody may park in the yard after six."),
            ("You must not feed the geese on the bank.", "Feeding the geese on the bank is forbidden."),
            (
                "Keep the dressing on the left arm dry for two days after the visit.",
                "Do not let the dressing on the left arm get wet for two days after the visit.",
            ),
            (
                "We sell gluten-free bread on Mondays and Fridays.",
                "We sell bread without gluten on Mondays and Fridays.",
            ),
            ("The pads need washing after each run.", "The pads need to be washed after each run."),
            (
                "The nerve runs from the hip down to the heel and the toes.",
                "The nerve travels from the hip down to the heel and the toes.",
            ),
            (
                "Pupils may borrow one book at a time; teachers may borrow three.",
                "Pupils may borrow one book at a time; teachers three.",
            ),
            (
                "The free version exports pictures up to 2000 pixels wide.",
                "With the free version you can export pictures up to 2000 pixels wide.",
            ),
            (
                "A nail that is longer than seven centimetres bends the board.",
                "A nail that is more than seven centimetres long bends the board.",
            ),
            (
                "Do not dip the lens in water, not even for a moment.",
                "Do not dip the lens in water, even for a moment.",
            ),
            ("Bring the van back with a full tank by noon.", "Return the van with a full tank by noon."),
            (
                "Write to us at least two days before the course.",
                "Write to us no later than two days before the course.",
            ),
        ] {
            assert!(matches!(relation(a, b), Relation::Near(_)), "{a} / {b}: {:?}", relation(a, b));
        }
    }

    #[test]
    fn what_contradicts() {
        for (a, b, guard) in [
            ("The mixture is stable in the cold room.", "The mixture is unstable in the cold room.", "negation"),
            ("Use a conductive mat here.", "Use a non-conductive mat here.", "negation"),
            ("The dye is harmful to fish.", "The dye is harmless to fish.", "side"),
            ("The sensor sits upstream of the pump.", "The sensor sits downstream of the pump.", "side"),
            ("The employer pays the premium.", "The employee pays the premium.", "side"),
            ("Add sodium nitrate to the cure.", "Add sodium nitrite to the cure.", "name"),
            ("More than half of the residents voted.", "Less than half of the residents voted.", "number"),
            ("Two thirds of the members must agree.", "Three quarters of the members must agree.", "number"),
            ("Back away from the bear and do not run.", "Do not back away from the bear but run.", "negation"),
            ("Call if the arm is weak or the face droops.", "Call if the arm is weak and the face droops.", "choice"),
            ("Serve the folder ../site to all.", "Serve the folder /site to all.", "name"),
            ("The limit is 5 kB.", "The limit is 5 MB.", "number"),
            ("Copy a folder to a non-folder.", "Copy a non-folder to a folder.", "order"),
            ("The lizard is eaten by the snake.", "The snake is eaten by the lizard.", "order"),
            (
                "Press the A key to file a message in the oldest folder.",
                "Press the E key to file a message in the oldest folder.",
                "word",
            ),
            (
                "Choose chalk if you draw on slate, and ink if you draw on paper.",
                "Choose ink if you draw on slate, and chalk if you draw on paper.",
                "order",
            ),
            ("Heat eased pain more than rest did.", "Heat eased pain less than rest did.", "side"),
            ("Red ink turns the dial up; dye turns it down.", "Dye turns the dial up; red ink turns it down.", "order"),
            (
                "Send over mobile data. It waits for the cable.",
                "Send over the cable. It waits for mobile data.",
                "order",
            ),
            ("The ferry leaves Skarvik for Tornholm.", "The ferry leaves Tornholm for Skarvik.", "order"),
            ("Open the link and wait for the host.", "Wait for the host, and then open the link.", "order"),
            ("The lizard eats the snake.", "The lizard is eaten by the snake.", "order"),
            (
                "The well keeper opens the sluice at dawn and closes it two hours later.",
                "The well keeper closes the sluice at dawn and opens it two hours later.",
                "order",
            ),
            (
                "Children under seven enter the fair free, but adults pay eight euros.",
                "Adults enter the fair free, but children under seven pay eight euros.",
                "order",
            ),
            ("The town has one church and three bakeries.", "The town has one bakery and three churches.", "order"),
            ("Type vault --lock to close it.", "Type vault lock to close it.", "word"),
            (
                "Soak the reed for five minutes at noon and for ten at dusk.",
                "Soak the reed for ten minutes at noon and for five at dusk.",
                "order",
            ),
            (
                "Tickets are sold from 7 p.m. at the side door.",
                "Tickets are sold until 7 p.m. at the side door.",
                "direction",
            ),
            (
                "Cancel a day ahead and you pay nothing; cancel later and you pay half.",
                "Cancel a day ahead and you pay half; cancel later and you pay nothing.",
                "negation",
            ),
            (
                "They can read the notes, but they cannot edit them.",
                "You can read the notes, but you cannot edit them.",
                "actor",
            ),
            (
                "Letters must be read here and may not be taken home.",
                "Letters need not be read here and may be taken home.",
                "negation",
            ),
            (
                "Calls between two people are recorded. Group calls are not.",
                "Group calls are recorded. Calls between two people are not.",
                "negation",
            ),
            ("Smoking on the deck is allowed.", "Smoking on the deck is forbidden.", "negation"),
            (
                "Residents park on the even side of the street.",
                "Residents park on the odd side of the street.",
                "detail",
            ),
        ] {
            let found = relation(a, b);
            assert!(
                matches!(&found, Relation::Differ { guards, .. } if guards.contains(&guard)),
                "{a} / {b}: {found:?}"
            );
        }
    }

    #[test]
    fn one_word_for_another_is_no_rewording() {
        for (a, b) in [
            (
                "Take two pounds of rye and let them rest; see the first page.",
                "Take two pounds of wheat and let them rest; see the first page.",
            ),
            (
                "Whether all set bits are also in the target value.",
                "Whether any set bits are also in the target value.",
            ),
            (
                "Lie on your back on a firm mat with both knees bent.",
                "Sit on your back on a firm mat with both knees bent.",
            ),
            ("Rinse the wound with clean water and let it dry.", "Scrub the wound with clean water and let it dry."),
            ("Press the button until the lamp goes green.", "Hold the button until the lamp goes green."),
            ("Test entity_004 refers to a text.", "Test entity_006 refers to an escaped text."),
            ("Set the top of the screen at eye level.", "Set the top of the screen below eye level."),
            ("Camping is free for up to three nights.", "Camping is free for children for up to three nights."),
            ("Can I have the shot if I have a cold?", "Can my baby have the shot if it has a cold?"),
            ("The ball rolls on each side of the beam.", "The ball rolls on the right side of the beam."),
        ] {
            assert!(!matches!(relation(a, b), Relation::Near(_)), "{a} / {b}: {:?}", relation(a, b));
        }
    }

    #[test]
    fn one_name_is_not_another() {
        for (a, b) in [
            ("The method of Professor Hale came first.", "The method of Professor Hall came first."),
            ("The ferry goes to Norderney in winter.", "The ferry goes to Langeoog in winter."),
            ("It returns an object of StatFs type.", "It returns an object of Stats type."),
            ("The county court hears the appeal.", "The country court hears the appeal."),
        ] {
            let found = relation(a, b);
            assert!(matches!(&found, Relation::Differ { guards, .. } if guards == &["word"]), "{a} / {b}: {found:?}");
        }
    }

    proptest::proptest! {
        /// Of texts of few words many are the same in another order.
        #[test]
        fn any_two_texts_are_compared(a in TEXT, b in TEXT) {
            let guards = Guards::new("en", &GuardWords::default());
            let (a, b) = (read(&a, &guards), read(&b, &guards));
            relate(&a, &b, &guards);
            let differs = matches!(relate(&a, &a, &guards), Relation::Differ { .. });
            proptest::prop_assert!(!differs);
        }
    }

    const TEXT: &str = "((the|an|and|or|to|it|not|then|more than|no more than|until|is done|by|up|left|two|press|knot|Wend)( |, |; |\\. )){0,14}";
}
