//! Mistakes, and what is said of a text that is no expression.

use std::ops::Range;

use super::Mistake;

/// A mistake; an empty hint is none.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "it is the error of functions that return it boxed"
)]
pub(super) fn mistake(at: Range<usize>, message: &str, hint: &str) -> Box<Mistake> {
    Box::new(Mistake {
        at,
        message: message.to_owned(),
        hint: Some(hint.to_owned()).filter(|hint| !hint.is_empty()),
    })
}

/// What minijinja could not read, in words.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "it is the error of functions that return it boxed"
)]
pub(super) fn not_understood(text: &str, error: &minijinja::Error) -> Box<Mistake> {
    let said = error.detail().unwrap_or("it is not an expression").to_owned();
    let signs = [
        ("&&", "and"),
        ("||", "or"),
        ("!=", ""),
        ("!", "not"),
        ("==", ""),
        ("=", "=="),
    ];
    let foreign = signs
        .into_iter()
        .find(|(sign, word)| !word.is_empty() && outside_quotes(text, sign));
    let hint = if text.trim_start().starts_with("{{") {
        "Write the expression alone, without `{{ }}`.".to_owned()
    } else if let Some((sign, word)) = foreign {
        format!("Write `{word}` for `{sign}`.")
    } else if text.matches(['\'', '"']).count() % 2 == 1 {
        "A quotation mark is not closed.".to_owned()
    } else {
        "An expression is a field (`billing_address.email`), a text in quotes, or made of them: `words(first_name, last_name)`, `price * 100`, `sku | upper`."
            .to_owned()
    };
    let at = error.range().unwrap_or(0..text.len());
    mistake(
        at.start.min(text.len())..at.end.min(text.len()),
        &format!("the expression is not understood: {said}"),
        &hint,
    )
}

/// True where `sign` stands in the text outside of quotes and not as a part of `==`, `!=`, `<=`, `>=`.
fn outside_quotes(text: &str, sign: &str) -> bool {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None if text[at..].starts_with(sign) => {
                let before = text[..at].chars().next_back();
                let after = text[at + sign.len()..].chars().next();
                let part = matches!(before, Some('=' | '!' | '<' | '>')) || after == Some('=');
                if !part {
                    return true;
                }
            }
            Some(_) | None => {}
        }
    }
    false
}
