//! Members, peers, tokens, settings, and the rule that nothing is written unrecorded.

use uuid::Uuid;
use vigie_model::id::{PeerId, TokenId};
use vigie_model::journal::Act;
use vigie_model::member::Membership;
use vigie_model::peer::Peer;
use vigie_model::token::{Scope, Token};
use vigie_store::{Change, Options, StoreError, hash_secret};

use crate::world::{World, collection, member};

#[test]
fn the_epoch_moves_when_a_member_may_see_something_else() {
    let world = World::new();
    let mut it = member("ma");
    let set = |it: &_| world.write(|tx| tx.set_member(it)).unwrap();
    assert_eq!(set(&it), 1);
    it.name = "Another name".to_owned();
    assert_eq!(set(&it), 1);
    it.state = Membership::Suspended;
    assert_eq!(set(&it), 2);
    assert_eq!(set(&it), 2);
    it.groups.insert("group".to_owned());
    assert_eq!(set(&it), 3);
    assert_eq!(world.store.read(|r| r.member(it.id)).unwrap(), Some(it.clone()));
    assert_eq!(world.store.read(|r| r.epoch(it.id)).unwrap(), Some(3));
    assert_eq!(world.store.read(|r| r.epoch(member("fr").id)).unwrap(), None);
    let mut twin = member("fr");
    twin.identity = it.identity;
    assert!(matches!(world.write(|tx| tx.set_member(&twin)), Err(StoreError::Taken { .. })));
}

#[test]
fn peers_keep_their_place() {
    let world = World::new();
    let peer = Peer {
        id: PeerId::new(Uuid::from_u128(1)),
        member: member("il").id,
        api_root: "https://il.example/taxii2/".to_owned(),
        collection: collection(7),
        fingerprint: "ab".repeat(32).parse().unwrap(),
        cursor: None,
        epoch: 0,
    };
    world.write(|tx| tx.set_peer(&peer)).unwrap();
    world.write(|tx| tx.set_cursor(peer.id, Some("here"), u64::MAX)).unwrap();
    let kept = Peer { cursor: Some("here".to_owned()), epoch: u64::MAX, ..peer.clone() };
    assert_eq!(world.store.read(|it| it.peers()).unwrap(), std::slice::from_ref(&kept));
    assert_eq!(world.store.read(|it| it.peer(peer.id)).unwrap(), Some(kept.clone()));
    let found = world.store.read(|it| it.peer_by_fingerprint(&peer.fingerprint)).unwrap();
    assert_eq!(found, Some(kept));
    let twin = Peer { id: PeerId::new(Uuid::from_u128(2)), ..peer.clone() };
    assert!(matches!(world.write(|tx| tx.set_peer(&twin)), Err(StoreError::Taken { .. })));
    let stranger = Peer { member: member("fr").id, ..peer.clone() };
    assert!(matches!(world.write(|tx| tx.set_peer(&stranger)), Err(StoreError::NotFound { .. })));
    assert!(world.write(|tx| tx.remove_peer(peer.id)).unwrap());
    assert!(!world.write(|tx| tx.remove_peer(peer.id)).unwrap());
    assert!(matches!(world.write(|tx| tx.set_cursor(peer.id, None, 0)), Err(StoreError::NotFound { .. })));
}

#[test]
fn a_token_is_known_by_name_and_hash_and_its_secret_is_not_kept() {
    let world = World::new();
    let token = Token {
        id: TokenId::new(Uuid::from_u128(1)),
        name: "sensor".to_owned(),
        secret_hash: hash_secret("a secret that is long enough"),
        member: member("ma").id,
        read: Scope::All,
        write: Scope::Only([collection(1)].into()),
    };
    world.write(|tx| tx.add_token(&token)).unwrap();
    assert_eq!(world.store.read(|it| it.token_by_name("sensor")).unwrap(), Some(token.clone()));
    assert_eq!(world.store.read(|it| it.token_by_hash(&token.secret_hash)).unwrap(), Some(token.clone()));
    assert_eq!(world.store.read(|it| it.token_by_hash(&hash_secret("another"))).unwrap(), None);
    assert_eq!(world.store.read(|it| it.tokens()).unwrap(), std::slice::from_ref(&token));
    let twin = Token { id: TokenId::new(Uuid::from_u128(2)), ..token.clone() };
    assert!(matches!(world.write(|tx| tx.add_token(&twin)), Err(StoreError::Taken { .. })));
    assert!(world.write(|tx| tx.remove_token(token.id)).unwrap());
    assert!(!world.write(|tx| tx.remove_token(token.id)).unwrap());
    let folder = std::fs::read_dir(world.folder.path()).unwrap();
    for file in folder {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|it| it == b"a secret"));
    }
}

#[test]
fn what_is_not_journalled_is_not_written() {
    let world = World::new();
    let error = world.write(|tx| tx.set_setting("node", "ma")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a transaction by `node` wrote rows without a journal entry and was undone"
    );
    assert_eq!(world.store.read(|it| it.setting("node")).unwrap(), None);
    world
        .write(|tx| {
            tx.set_setting("node", "ma")?;
            tx.journal(&Act::Initialised {})
        })
        .unwrap();
    assert_eq!(world.store.read(|it| it.setting("node")).unwrap().as_deref(), Some("ma"));
    let last = world.store.read(|it| it.last_sequence()).unwrap();
    let failed = world.write(|tx| {
        tx.journal(&Act::Initialised {})?;
        tx.set_cursor(PeerId::new(Uuid::nil()), None, 0)
    });
    assert!(failed.is_err());
    assert_eq!(world.store.read(|it| it.last_sequence()).unwrap(), last, "an error undoes everything");
    let entries = world.store.read(|it| it.journal(0, 100)).unwrap();
    let sequences: Vec<u64> = entries.iter().map(|it| it.sequence).collect();
    assert_eq!(sequences, (1..=last).collect::<Vec<_>>());
    assert!(entries.iter().all(|it| it.actor == "node" && it.time == crate::world::NOW));
}

#[test]
fn a_listener_that_fell_behind_is_told() {
    let world = World::with(&Options { outbox_kept: 2, ..Options::default() });
    let mut it = member("ma");
    for round in 0..4 {
        it.groups.insert(round.to_string());
        world.write(|tx| tx.set_member(&it)).unwrap();
    }
    let last = world.store.read(|it| it.last_message()).unwrap();
    let outbox = world.store.read(|it| it.outbox(last - 2, 9)).unwrap();
    assert_eq!((outbox.messages.len(), outbox.missed), (2, false));
    assert!(outbox.messages.iter().all(|it| it.change == Change::Member && it.label.is_none()));
    assert!(world.store.read(|it| it.outbox(0, 9)).unwrap().missed);
    let outbox = world.store.read(|it| it.outbox(last, 9)).unwrap();
    assert_eq!((outbox.messages.len(), outbox.missed), (0, false));
}
