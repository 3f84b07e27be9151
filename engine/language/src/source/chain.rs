//! Upcasts follow one another: from each schema of a type that there is an upcast for, one leads
//! to the next, until the newest. Nothing may be missing on the way, stand twice, or lead back.

use std::collections::{BTreeMap, BTreeSet};

use super::Upcast;
use super::read::Reader;
use crate::problem::{Code, Problem, Source, Span};
use crate::yaml::brief;

/// A type, and a schema of it.
type At<'u> = (&'u str, u32);

impl Reader<'_> {
    /// Says where a chain of upcasts does not hold.
    pub(super) fn chained(&mut self, upcasts: &[Upcast]) {
        let mut chains: BTreeMap<&str, BTreeMap<u32, &Upcast>> = BTreeMap::new();
        let lines = Source::new("", self.text);
        for upcast in upcasts {
            let chain = chains.entry(&upcast.kind.text).or_default();
            let from = upcast.from;
            if let Some(first) = chain.get(&from.value) {
                let kind = brief(&upcast.kind.text);
                let what = format!("`{kind}` has an upcast from schema {} already", from.value);
                let line = lines.place(first.span.from).line;
                let hint = format!("line {line} has it: put all steps into one");
                self.problems.push(Problem::new(Code::UpcastChain, from.span, what).hint(hint));
            } else {
                chain.insert(from.value, upcast);
            }
        }
        for (kind, chain) in &chains {
            for (before, after) in chain.keys().zip(chain.keys().skip(1)) {
                if after - before > 1
                    && let Some(upcast) = chain.get(after)
                {
                    let missing = before + 1;
                    let kind = brief(kind);
                    let what = format!("`{kind}` has no upcast from schema {missing}");
                    let hint = format!(
                        "an upcast leads to the next schema: write one from {missing}, with \
                         `steps: []` if nothing is to be done"
                    );
                    self.tell(Code::UpcastChain, upcast.from.span, what, &hint);
                }
            }
        }
        self.reached(upcasts, &chains);
        self.ended(upcasts, &chains);
    }

    /// Says which type is led to in a schema that its own upcasts do not go on from.
    fn reached(&mut self, upcasts: &[Upcast], chains: &BTreeMap<&str, BTreeMap<u32, &Upcast>>) {
        for (of, span) in upcasts.iter().flat_map(Upcast::leads_to) {
            let lowest = chains.get(&*of.kind.text).and_then(|chain| chain.keys().next());
            if let Some(lowest) = lowest.filter(|lowest| of.schema < **lowest) {
                let kind = brief(&of.kind.text);
                let what = format!("no upcast leads on from schema {} of `{kind}`", of.schema);
                let hint = format!("say which it is then: `{{ type: {kind}, schema: {lowest} }}`");
                self.tell(Code::UpcastChain, span, what, &hint);
            }
        }
    }

    /// Says which upcasts lead an event back to what it was.
    fn ended(&mut self, upcasts: &[Upcast], chains: &BTreeMap<&str, BTreeMap<u32, &Upcast>>) {
        let mut done: BTreeSet<At<'_>> = BTreeSet::new();
        let mut way: BTreeSet<At<'_>> = BTreeSet::new();
        for upcast in upcasts {
            // What is open, each with those that it leads to and that were not gone to yet.
            let mut open: Vec<(At<'_>, Vec<(At<'_>, Span)>)> = Vec::new();
            let mut next = Some((&*upcast.kind.text, upcast.from.value));
            loop {
                if let Some(at) = next.take() {
                    let found = chains.get(at.0).and_then(|chain| chain.get(&at.1));
                    if let Some(found) = found.filter(|_| !done.contains(&at)) {
                        way.insert(at);
                        open.push((at, found.nexts()));
                    }
                }
                let Some((at, nexts)) = open.last_mut() else { break };
                match nexts.pop() {
                    Some((next_at, span)) if way.contains(&next_at) => {
                        let (kind, schema) = (brief(next_at.0), next_at.1);
                        let what = format!("this leads back to schema {schema} of `{kind}`");
                        let hint = "an event would never come to an end: say the schema that it is \
                                    in then, a later one";
                        self.tell(Code::UpcastCycle, span, what, hint);
                    }
                    Some((next_at, _)) => next = Some(next_at),
                    None => {
                        let at = *at;
                        way.remove(&at);
                        done.insert(at);
                        open.pop();
                    }
                }
            }
        }
    }
}

impl Upcast {
    fn leads_to(&self) -> impl Iterator<Item = (&super::Retyped, Span)> {
        self.steps.iter().flat_map(|step| step.act.leads_to())
    }

    /// What its events are afterwards.
    fn nexts(&self) -> Vec<(At<'_>, Span)> {
        match self.steps.last() {
            Some(step) if step.act.ends() => {
                let to = step.act.leads_to().into_iter();
                to.map(|(of, span)| ((&*of.kind.text, of.schema), span)).collect()
            }
            _ => vec![((&*self.kind.text, self.from.value + 1), self.span)],
        }
    }
}
