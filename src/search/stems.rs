//! Turns a word into its stem, and says which words carry no meaning, by the language of the text.

use rust_stemmers::{Algorithm, Stemmer};

/// What the engine knows of a language.
pub(super) struct Language {
    stemmer: Option<Stemmer>,
    /// Words that are left out of a query that has others.
    pub stop: &'static str,
}

impl Language {
    /// By a tag such as `en` or `de-AT`; a language without a stemmer keeps its words as they are.
    pub fn new(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        let (algorithm, stop) = match primary.as_str() {
            "ar" => (Algorithm::Arabic, ""),
            "da" => (Algorithm::Danish, "og i at det er en et den til som på de med for ikke der var af om"),
            "de" => (Algorithm::German, GERMAN),
            "el" => (Algorithm::Greek, ""),
            "en" => (Algorithm::English, ENGLISH),
            "es" => (Algorithm::Spanish, SPANISH),
            "fi" => (Algorithm::Finnish, "ja on ei se että en hän oli mutta kun ovat tai"),
            "fr" => (Algorithm::French, FRENCH),
            "hu" => (Algorithm::Hungarian, "a az és hogy nem is egy ez azt meg de van volt vagy"),
            "it" => (Algorithm::Italian, ITALIAN),
            "nl" => {
                (Algorithm::Dutch, "de het een en van in is dat op te voor met die niet aan er om bij wat hoe ik mijn")
            }
            "no" | "nb" | "nn" => (Algorithm::Norwegian, "og i er det en et den til som på de med for ikke av om"),
            "pt" => {
                (Algorithm::Portuguese, "a o as os e de da do das dos em no na um uma que não com por para se é como")
            }
            "ro" => (Algorithm::Romanian, "și în de la cu nu o un pe că este să din care"),
            "ru" => (Algorithm::Russian, "и в не на я с что а по это как к у из за о от для"),
            "sv" => (Algorithm::Swedish, "och i att det är en ett den till som på de med för inte av om"),
            "ta" => (Algorithm::Tamil, ""),
            "tr" => (Algorithm::Turkish, "ve bir bu da de için ile ne mi"),
            _ => return Self { stemmer: None, stop: "" },
        };
        Self { stemmer: Some(Stemmer::create(algorithm)), stop }
    }

    /// The stem of a word in lower case.
    pub fn stem(&self, word: &str) -> String {
        match &self.stemmer {
            Some(stemmer) => stemmer.stem(word).into_owned(),
            None => word.to_owned(),
        }
    }
}

const ENGLISH: &str = "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was were will with what which how do does has have been from can should would could just much i dont doesnt isnt my me you your we our when where why who";
const GERMAN: &str = "der die das den dem des ein eine einen einem einer und oder in im ist sind zu zum zur von vom mit auf für bei an am als auch nicht es ich mein meine wie was wo wenn dass";
const FRENCH: &str = "le la les un une des du de d l et ou en à au aux est sont que qui dans pour par sur avec ne pas ce cette il elle je mon ma mes comment quand où";
const SPANISH: &str =
    "el la los las un una unos unas de del y o en a al es son que por para con no se su mi lo como cuando donde";
const ITALIAN: &str = "il lo la i gli le un una uno di del della dei delle e o in a al alla da dal è sono che per con non si come quando dove mio mia";
