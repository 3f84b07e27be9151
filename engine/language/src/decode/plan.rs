//! What is read of an event: paths, each with the number of its slot, and types, each with the
//! number that a table of handlers knows it by.

use foldline_core::event::KIND_UNKNOWN;
use foldline_core::fault::Fault;
use foldline_core::limits;

/// What the attached modules read of an event.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The first is above the event's own names.
    nodes: Vec<Node>,
    slots: usize,
    /// In order of length, then of content: most types differ in length already.
    kinds: Vec<(Box<str>, u32)>,
    every_kind: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub(crate) slot: Option<usize>,
    pub(crate) below: Vec<(Box<str>, usize)>,
}

impl Default for Plan {
    /// A plan that reads nothing: of each event its stream, version, type and time.
    fn default() -> Plan {
        Plan { nodes: vec![Node::default()], slots: 0, kinds: Vec::new(), every_kind: false }
    }
}

impl Plan {
    /// The slot of a path into `data`, `meta` or `id`; the same path has the same slot.
    pub fn path(&mut self, path: &[&str]) -> Result<usize, Fault> {
        let root = path.first().copied().unwrap_or_default();
        if !["data", "meta", "id"].contains(&root) || path.len() >= limits::JSON_DEPTH_MAX {
            let message = format!("`{}` is no path into data, meta or id", path.join("."));
            return Err(Fault::new("path", message));
        }
        let mut place = 0;
        for name in path {
            place = match self.below(place, name) {
                Some(below) => below,
                None => self.grow(place, name),
            };
        }
        let slot = self.slots;
        let node = self.nodes.get_mut(place).map(|node| *node.slot.get_or_insert(slot));
        self.slots += usize::from(node == Some(slot));
        Ok(node.unwrap_or(slot))
    }

    /// The number of a type that is handled; the same type has the same number.
    pub fn kind(&mut self, kind: &str) -> u32 {
        match self.search(kind) {
            Ok(_) => self.kind_id(kind),
            Err(place) => {
                let id = u32::try_from(self.kinds.len()).unwrap_or(KIND_UNKNOWN);
                self.kinds.insert(place, (kind.into(), id));
                id
            }
        }
    }

    /// The slots of types that are not listed are filled too: somebody handles every type.
    pub fn every_kind(&mut self) {
        self.every_kind = true;
    }

    /// How many slots an event has.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// The number of a type; [`KIND_UNKNOWN`] where nobody handles it by name.
    pub fn kind_id(&self, kind: &str) -> u32 {
        let place = self.search(kind).ok();
        place.and_then(|place| self.kinds.get(place)).map_or(KIND_UNKNOWN, |(_, id)| *id)
    }

    /// Whether anybody reads the slots of a type with this number.
    pub(crate) fn reads(&self, kind_id: u32) -> bool {
        self.every_kind || kind_id != KIND_UNKNOWN
    }

    /// The paths below one of `data`, `meta` and `id` that have a slot; an empty one is all of it.
    pub(crate) fn paths(&self, root: &str) -> Vec<Vec<&str>> {
        let mut paths = Vec::new();
        let mut open: Vec<(usize, Vec<&str>)> =
            self.below(0, root).map(|place| (place, Vec::new())).into_iter().collect();
        while let Some((place, path)) = open.pop() {
            let Some(node) = self.nodes.get(place) else { continue };
            open.extend(node.below.iter().map(|(name, place)| {
                let mut below = path.clone();
                below.push(&**name);
                (*place, below)
            }));
            if node.slot.is_some() {
                paths.push(path);
            }
        }
        paths
    }

    pub(super) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn node(&self, place: usize) -> Option<&Node> {
        self.nodes.get(place)
    }

    /// The node of this name below another.
    #[inline]
    pub(crate) fn below(&self, place: usize, name: &str) -> Option<usize> {
        let below = &self.nodes.get(place)?.below;
        below.iter().find(|(own, _)| **own == *name).map(|(_, place)| *place)
    }

    fn grow(&mut self, above: usize, name: &str) -> usize {
        let place = self.nodes.len();
        self.nodes.push(Node::default());
        if let Some(node) = self.nodes.get_mut(above) {
            node.below.push((name.into(), place));
        }
        place
    }

    fn search(&self, kind: &str) -> Result<usize, usize> {
        self.kinds
            .binary_search_by(|(own, _)| own.len().cmp(&kind.len()).then_with(|| (**own).cmp(kind)))
    }
}

#[cfg(test)]
mod tests;
