//! A consumer group in memory: partitions in order of name go to members in order of name, in
//! turn; whoever holds one too many is asked to release it.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::sync::Mutex;
use std::task::{Poll, Waker};

use foldline_core::fault::Trouble;
use foldline_core::name::Name;

use super::lock;
use crate::Answer;
use crate::feed::Spot;
use crate::group::Ownership;

/// A consumer group.
#[derive(Debug, Default)]
pub struct Group(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Who takes part.
    members: Vec<Name>,
    /// What each member, also one expelled, has yet to be told.
    news: BTreeMap<Name, VecDeque<Ownership>>,
    holders: BTreeMap<Name, Option<Holder>>,
    waiting: Vec<Waker>,
}

#[derive(Debug)]
struct Holder {
    member: Name,
    revoking: bool,
}

impl State {
    fn tell(&mut self, member: &Name, news: Ownership) {
        self.news.entry(member.clone()).or_default().push_back(news);
    }

    /// Grants what is free, and asks back what is to be another's.
    fn rebalance(&mut self) {
        let mut news = Vec::new();
        for (number, (partition, holder)) in self.holders.iter_mut().enumerate() {
            let Some(turn) = number.checked_rem(self.members.len()) else { return };
            let Some(member) = self.members.get(turn) else { return };
            match holder {
                None => {
                    news.push((member.clone(), Ownership::Granted(partition.clone())));
                    *holder = Some(Holder { member: member.clone(), revoking: false });
                }
                Some(holder) if holder.member != *member && !holder.revoking => {
                    holder.revoking = true;
                    let partition = partition.clone();
                    let revoked = Ownership::Revoked { partition, lost: false };
                    news.push((holder.member.clone(), revoked));
                }
                Some(_) => {}
            }
        }
        for (member, news) in news {
            self.tell(&member, news);
        }
    }

    /// Ends a membership; returns what it held.
    fn remove(&mut self, member: &str) -> Vec<Name> {
        self.members.retain(|name| name != member);
        let held = self.holders.iter_mut().filter_map(|(partition, holder)| {
            holder.take_if(|holder| holder.member == member).map(|_| partition.clone())
        });
        held.collect()
    }
}

impl Group {
    pub(super) fn new() -> Group {
        Group::default()
    }

    /// Says which partitions there are. Those that are gone are lost to whoever held them.
    pub(super) fn partitions_now(&self, partitions: &[Name]) {
        self.change(|state| {
            let before = std::mem::take(&mut state.holders);
            state.holders = partitions.iter().map(|name| (name.clone(), None)).collect();
            for (partition, holder) in before {
                match (state.holders.get_mut(&partition), holder) {
                    (Some(place), holder) => *place = holder,
                    (None, Some(holder)) => {
                        state.tell(&holder.member, Ownership::Revoked { partition, lost: true });
                    }
                    (None, None) => {}
                }
            }
        });
    }

    /// Takes part.
    pub fn join_now(&self, member: &str) {
        self.change(|state| {
            let place = state.members.binary_search_by(|name| name.as_str().cmp(member));
            if let Err(place) = place {
                state.members.insert(place, Name::from(member));
            }
        });
    }

    /// The next thing that a member must know, if there is one.
    pub fn next_now(&self, member: &str) -> Option<Ownership> {
        lock(&self.0).news.get_mut(member)?.pop_front()
    }

    /// Gives up a partition that was revoked. What another holds by now stays.
    pub fn release_now(&self, member: &str, partition: &str) {
        self.change(|state| {
            if let Some(holder) = state.holders.get_mut(partition) {
                holder.take_if(|holder| holder.member == member);
            }
        });
    }

    /// Takes part no longer.
    pub fn leave_now(&self, member: &str) {
        self.change(|state| {
            state.remove(member);
            state.news.remove(member);
        });
    }

    /// What a broker does with a member that it has not heard of for too long: what it held
    /// goes to others at once, and it learns of it when it asks.
    pub fn expel_now(&self, member: &str) {
        self.change(|state| {
            // What it was yet to be told is of a time that is over.
            let unheard = state.news.remove(member).unwrap_or_default();
            let lost = state
                .remove(member)
                .into_iter()
                .filter(|partition| !unheard.contains(&Ownership::Granted(partition.clone())));
            for partition in lost.collect::<Vec<Name>>() {
                state.tell(&Name::from(member), Ownership::Revoked { partition, lost: true });
            }
        });
    }

    /// Changes the group, puts it in balance, and wakes whoever waits for news.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = lock(&self.0);
        change(&mut state);
        state.rebalance();
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl crate::group::Group for Group {
    fn join<'a>(&'a self, member: &'a str) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(async move {
            self.join_now(member);
            Ok(())
        })
    }

    fn next<'a>(&'a self, member: &'a str) -> Answer<'a, Result<Ownership, Trouble>> {
        Box::pin(poll_fn(move |context| {
            let mut state = lock(&self.0);
            if let Some(news) = state.news.get_mut(member).and_then(VecDeque::pop_front) {
                return Poll::Ready(Ok(news));
            }
            let waker = context.waker();
            if !state.waiting.iter().any(|known| known.will_wake(waker)) {
                state.waiting.push(waker.clone());
            }
            Poll::Pending
        }))
    }

    fn release<'a>(
        &'a self,
        member: &'a str,
        partition: &'a str,
    ) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(async move {
            self.release_now(member, partition);
            Ok(())
        })
    }

    fn leave<'a>(&'a self, member: &'a str) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(async move {
            self.leave_now(member);
            Ok(())
        })
    }

    fn tell<'a>(&'a self, partition: &'a str, spot: &'a Spot) -> Answer<'a, Result<(), Trouble>> {
        // Nobody here has tools that would show it.
        let _ = (partition, spot);
        Box::pin(async move { Ok(()) })
    }
}
