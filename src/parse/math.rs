//! Turns LaTeX into MathML, which browsers show without a script.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

/// A formula longer than this is refused: no reader could read it.
const LIMIT: usize = 4096;
/// Braces may nest this deep.
const DEPTH: usize = 40;

/// MathML for a formula.
///
/// # Errors
/// What is wrong with the formula.
pub(crate) fn mathml(latex: &str, display: bool) -> Result<String, String> {
    let mut depth = 0_usize;
    let deepest = latex.bytes().fold(0, |most, byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most.max(depth)
    });
    if latex.len() > LIMIT || deepest > DEPTH {
        return Err("this formula is too long or too deeply nested".to_owned());
    }
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(latex, &storage).collect();
    if let Some(Err(error)) = events.iter().find(|event| event.is_err()) {
        return Err(error.to_string().lines().next().unwrap_or("unreadable").to_owned());
    }
    let mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let mut html = String::new();
    push_mathml(&mut html, events.into_iter(), RenderConfig { display_mode: mode, ..RenderConfig::default() })
        .map_err(|error| error.to_string())?;
    Ok(html)
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas() {
        assert!(super::mathml("x^2", false).unwrap().starts_with("<math"));
        assert!(super::mathml("\\frac{1", false).is_err());
        assert!(super::mathml(&"{".repeat(1000), false).is_err());
    }
}
