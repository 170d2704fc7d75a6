//! Bounds per peer.

use super::*;

#[test]
fn one_peer_holds_a_share_and_gives_it_back() {
    let peers = Arc::new(Peers::default());
    let (one, other) = ("kiosk-1", "kiosk-2");
    let first = peers.serve(one, 2);
    let second = peers.serve(one, 2);
    assert!(first.is_some() && second.is_some());
    assert!(peers.serve(one, 2).is_none(), "a third place");
    assert!(peers.serve(other, 2).is_some(), "another peer is not touched");
    drop(first);
    assert!(peers.serve(one, 2).is_some(), "a place was given back");
    drop(second);
    assert!(peers.shake(IpAddr::from([192, 0, 2, 1]), 0).is_none());
}
