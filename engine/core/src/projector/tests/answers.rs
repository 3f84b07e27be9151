//! What the dice answer to what a machine asks, and what they say unasked.

use crate::cursor::Cursor;
use crate::cursor::CursorWrite;
use crate::effect::{Effect, LoadKey, Ticket};
use crate::fault::Fault;
use crate::guard::{GuardKind, Revision};
use crate::input::{
    CursorLoaded, FetchError, Fetched, Head, Input, Loaded, SideAnswer, WriteAnswer,
};
use crate::letter::LetterAnswer;
use crate::name::Name;
use crate::position::Position;
use crate::progress::Progress;

use super::dice::Dice;

/// A plausible answer to an effect, or a failure.
pub(super) fn answer(dice: &mut Dice, kind: GuardKind, effect: Effect) -> Option<Input> {
    let incarnation = Name::from(["i", "j"][usize::from(dice.roll(40) == 0)]);
    Some(match effect {
        Effect::Fetch { ticket, partition, after, .. } => {
            fetched(dice, ticket, (incarnation, partition), after)
        }
        Effect::Locate { ticket, partition } => {
            let position = if dice.roll(3) == 0 {
                Err(dice.trouble())
            } else {
                Ok((dice.roll(2) == 0).then(|| Position::number(5)))
            };
            Input::Located { ticket, partition, incarnation, position }
        }
        Effect::Sweep { ticket, partition, .. } => heads(dice, Some((partition, ticket))),
        Effect::Load { ticket, mut keys } => {
            keys.truncate(dice.length(keys.len()));
            let documents = keys.into_iter().map(|key| loaded(dice, kind, key)).collect();
            Input::Loaded { ticket, documents }
        }
        Effect::LoadCursors { ticket, mut streams } => {
            streams.truncate(dice.length(streams.len()));
            let cursors = streams.into_iter().map(|stream| cursor_loaded(dice, stream)).collect();
            Input::CursorsLoaded { ticket, cursors }
        }
        Effect::Write { ticket, documents } => {
            let answers = documents.iter().map(|_| write_answer(dice)).collect();
            Input::Written { ticket, answers }
        }
        Effect::SaveCursors { ticket, cursors } => {
            let answers = cursors.into_iter().map(|write| saved(dice, write)).collect();
            Input::CursorsSaved { ticket, answers }
        }
        Effect::Repair { ticket, stream, from, through, .. } => {
            let failed = dice.roll(6) == 0;
            let history = dice.history(&stream, from, through);
            let history = if failed { Err(dice.trouble()) } else { Ok(history) };
            Input::Repaired { ticket, stream, history }
        }
        Effect::Park { ticket, letters } => {
            let answers = letters.iter().map(|_| letter_answer(dice)).collect();
            Input::Parked { ticket, answers }
        }
        Effect::Commit { ticket, partition, checkpoint, .. } => {
            let answer = match dice.roll(8) {
                0 => SideAnswer::Retry(dice.trouble()),
                1 => SideAnswer::Conflict(Some((dice.checkpoint(77), Revision(3, 0)))),
                2 => SideAnswer::Conflict(Some((checkpoint, Revision(3, 0)))),
                _ => SideAnswer::Written(Revision(dice.roll(5), 0)),
            };
            Input::Committed { ticket, partition, answer }
        }
        Effect::Report { ticket, partition, .. } => {
            let answer = SideAnswer::Written(Revision(dice.roll(5), 0));
            Input::Committed { ticket, partition, answer }
        }
        _ => return None,
    })
}

fn fetched(
    dice: &mut Dice,
    ticket: Ticket,
    (incarnation, partition): (Name, Name),
    after: Option<Position>,
) -> Input {
    if dice.roll(8) == 0 {
        let error = match dice.roll(3) {
            0 => FetchError::Trimmed,
            1 => FetchError::Incarnation(Name::from("k")),
            _ => FetchError::Trouble(dice.trouble()),
        };
        return Input::FetchFailed { ticket, partition, error };
    }
    let from = dice.roll(1_000_000);
    let batch = dice.batch(from + 1_000_000);
    let next = batch.events().last().map(|event| event.position().clone());
    let next = next.or_else(|| after.clone());
    let ended = dice.roll(30) == 0;
    let fetched = Fetched { partition, incarnation, follows: after, batch, next, ended };
    Input::Fetched { ticket, fetched }
}

fn loaded(dice: &mut Dice, kind: GuardKind, key: LoadKey) -> Loaded {
    let rows = key.rows.into_iter().map(|row| (row, Progress::default())).collect();
    let failed = dice.roll(8) == 0;
    let stored = if failed { Err(dice.trouble()) } else { Ok(dice.stored(kind)) };
    Loaded { key: key.key, rows, stored }
}

fn cursor_loaded(dice: &mut Dice, stream: Name) -> CursorLoaded {
    let failed = dice.roll(8) == 0;
    (stream, if failed { Err(dice.trouble()) } else { Ok(dice.cursor()) })
}

fn saved(dice: &mut Dice, write: CursorWrite) -> SideAnswer<Cursor> {
    match dice.roll(6) {
        0 => SideAnswer::Retry(dice.trouble()),
        1 => SideAnswer::Conflict(dice.cursor()),
        2 => SideAnswer::Conflict(Some((write.cursor, Revision(9, 9)))),
        _ => SideAnswer::Written(Revision(dice.roll(5), 0)),
    }
}

fn letter_answer(dice: &mut Dice) -> LetterAnswer {
    match dice.roll(8) {
        0 => LetterAnswer::Closed,
        1 => LetterAnswer::Full,
        2 => LetterAnswer::Retry,
        _ => LetterAnswer::Parked,
    }
}

fn write_answer(dice: &mut Dice) -> WriteAnswer {
    match dice.roll(9) {
        0 => WriteAnswer::Conflict,
        1 => WriteAnswer::Retry(dice.trouble()),
        2 => WriteAnswer::Refused(Fault::new("refused", "by the dice")),
        _ => WriteAnswer::Written(Revision(dice.roll(1000), 0)),
    }
}

fn heads(dice: &mut Dice, sweep: Option<(Name, Ticket)>) -> Input {
    let page = (0..dice.roll(4))
        .map(|_| Head { stream: dice.name(), version: dice.roll(40) })
        .filter(|head| !head.stream.is_empty());
    let page: Vec<Head> = page.collect();
    let more = page.last().filter(|_| dice.roll(3) == 0).map(|head| head.stream.clone());
    let page = if dice.roll(8) == 0 { Err(dice.trouble()) } else { Ok(page) };
    Input::Heads { sweep, page, more }
}

/// Something that nobody asked for.
pub(super) fn noise(dice: &mut Dice, kind: GuardKind) -> Input {
    let partition = Name::from(dice.pick(&["p", "q"]));
    match dice.roll(9) {
        0 | 1 => {
            let checkpoint = (dice.roll(2) == 0).then(|| (dice.checkpoint(5), Revision(1, 0)));
            let begun = dice.roll(2) == 0;
            Input::Granted { partition, incarnation: Name::from("i"), checkpoint, begun }
        }
        2 => Input::Revoked { partition, lost: dice.roll(2) == 0 },
        3 => heads(dice, None),
        4 => Input::Written { ticket: Ticket(dice.roll(30)), answers: vec![write_answer(dice)] },
        5 => Input::Parked { ticket: Ticket(dice.roll(30)), answers: vec![LetterAnswer::Parked] },
        6 => Input::CursorsSaved { ticket: Ticket(dice.roll(30)), answers: Vec::new() },
        7 => {
            let ticket = Ticket(dice.roll(30));
            let after = Some(Position::number(dice.roll(9)));
            let incarnation = "i".into();
            let effect = Effect::Fetch { ticket, partition, incarnation, after };
            answer(dice, kind, effect).unwrap_or(Input::Ticked)
        }
        _ => {
            let ticket = Ticket(dice.roll(30));
            let effect = Effect::LoadCursors { ticket, streams: vec![dice.name()] };
            answer(dice, kind, effect).unwrap_or(Input::Ticked)
        }
    }
}
