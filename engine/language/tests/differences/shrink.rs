//! Makes an expression that shows something smaller, as long as it still shows it.

use super::text::{Form, Text};

/// The smallest that is found by one cut after another.
pub(crate) fn shrunk(text: Text, shows: impl Fn(&Text) -> bool) -> Text {
    let mut text = text;
    while let Some(smaller) = cuts(&text).into_iter().find(&shows) {
        text = smaller;
    }
    text
}

/// All that one cut makes of it, greater cuts first.
fn cuts(text: &Text) -> Vec<Text> {
    let mut all = text.parts.clone();
    if !matches!(text.form, Form::Plain(_)) {
        all.extend(["1", "true", "'a'", "[]", "{}", "null"].map(Text::plain));
    }
    let size = if matches!(text.form, Form::Map) { 2 } else { 1 };
    if matches!(text.form, Form::Map | Form::List) {
        all.extend((0..text.parts.len()).step_by(size).map(|place| {
            let mut text = text.clone();
            text.parts.drain(place..place + size);
            text
        }));
    }
    for (place, part) in text.parts.iter().enumerate() {
        all.extend(cuts(part).into_iter().map(|part| {
            let mut text = text.clone();
            text.parts.splice(place..=place, [part]);
            text
        }));
    }
    all
}
