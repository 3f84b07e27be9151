//! What a cursor's digests tell of the last few versions, and of no other.

use super::Digests;
use crate::limits;

/// The versions of one turn of the places.
const TURN: u64 = limits::DIGESTS as u64;

#[test]
fn the_last_few_versions_are_told_apart_by_their_digests() {
    let mut digests = Digests::default();
    for version in 0..10 {
        digests.set(version, 100 + u32::try_from(version).expect("it is small"));
    }
    let next = 10;
    for version in next - TURN..next {
        let digest = 100 + u32::try_from(version).expect("it is small");
        assert!(digests.agree(version, next, digest));
        assert!(!digests.differ(version, next, digest));
        assert!(digests.differ(version, next, digest + 1));
        assert!(!digests.agree(version, next, digest + 1));
    }
}

#[test]
fn of_other_versions_nothing_is_said() {
    let mut digests = Digests::default();
    let says = |digests: &Digests, version, next| {
        digests.agree(version, next, 7) || digests.differ(version, next, 7)
    };
    assert!(!says(&digests, 0, 1), "nothing was noted");
    digests.set(3, 7);
    assert!(says(&digests, 3, 4));
    assert!(!says(&digests, 3, 3), "it is not in yet");
    assert!(says(&digests, 3, 3 + TURN));
    assert!(!says(&digests, 3, 4 + TURN), "too long ago");
    for turn in 1..256 {
        let version = 3 + turn * TURN;
        assert!(
            !says(&digests, version, version + 1),
            "{turn} turns ago another one had the place"
        );
    }
    digests.set(3 + TURN, 7);
    assert!(!says(&digests, 3, 4), "a newer one has its place");
}

#[test]
fn a_digest_that_ends_in_zeros_is_one() {
    let mut digests = Digests::default();
    digests.set(0, 0xab00_0000);
    assert!(digests.differ(0, 1, 2));
    assert!(digests.agree(0, 1, 0xcd00_0000), "24 bits are kept");
}

#[test]
fn stored_digests_are_read_back() {
    let mut digests = Digests::default();
    digests.set(6, 12_345);
    let back = Digests::from_raw(digests.raw());
    assert_eq!(back, digests);
    assert!(back.agree(6, 7, 12_345));
}
