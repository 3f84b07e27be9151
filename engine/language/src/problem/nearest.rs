//! The name that an author may have meant: the one that the fewest slips of the keyboard lead to.

/// Of these names the nearest to what was written; none where all are too far from it, a third of
/// its letters at most. Of names that are as near the first counts.
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let written: Vec<char> =
        written.chars().take(LETTERS_MAX).flat_map(char::to_lowercase).collect();
    let most = (written.len().max(3) / 3).min(SLIPS_MAX);
    let slips = names.into_iter().filter_map(|name| {
        let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
        let slips = distance(&written, &letters);
        (slips <= most && letters.len() > slips).then_some((slips, name))
    });
    slips.min_by_key(|(slips, _)| *slips).map(|(_, name)| name)
}

/// Letters of what was written that are looked at.
const LETTERS_MAX: usize = 64;

/// Slips beyond which two names have nothing to do with one another.
const SLIPS_MAX: usize = 4;

/// How many letters must be put in, taken out, changed or swapped with their neighbour.
fn distance(one: &[char], other: &[char]) -> usize {
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.iter().enumerate() {
        let mut row = vec![line + 1];
        for (column, own) in other.iter().enumerate() {
            let changed = at(&above, column) + usize::from(letter != own);
            let mut fewest = changed.min(at(&above, column + 1) + 1).min(at(&row, column) + 1);
            let swapped = line > 0
                && column > 0
                && one.get(line - 1) == Some(own)
                && other.get(column - 1) == Some(letter);
            if swapped {
                fewest = fewest.min(at(&before, column - 1) + 1);
            }
            row.push(fewest);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_name_that_was_meant_is_found() {
        let names = ["balance", "currency", "opened_at", "set", "subtract"];
        for (written, meant) in [
            ("balanse", Some("balance")),
            ("Balance", Some("balance")),
            ("blaance", Some("balance")),
            ("openedat", Some("opened_at")),
            ("sett", Some("set")),
            ("sub", None),
            ("x", None),
            ("", None),
            ("owner", None),
        ] {
            assert_eq!(nearest(written, names), meant, "{written}");
        }
        assert_eq!(nearest(&"balance".repeat(10_000), names), None);
    }
}
