//! The node is killed while it takes objects in: what was answered 202 is there when it starts again.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::node::Home;
use crate::samples::{envelope, indicator};

const ROUNDS: u64 = 5;
const WRITERS: usize = 3;
const IN_ONE_REQUEST: usize = 20;

#[test]
fn what_was_accepted_survives_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let number = AtomicUsize::new(0);
    let accepted = Mutex::new(HashSet::new());
    for round in 0..ROUNDS {
        let mut node = home.serve();
        let client = node.client.clone();
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    loop {
                        let first = number.fetch_add(IN_ONE_REQUEST, Ordering::Relaxed);
                        let texts: Vec<String> = (first..first + IN_ONE_REQUEST).map(indicator).collect();
                        let answer = client.try_post(envelope(&texts).as_bytes(), "");
                        let Some(answer) = answer.filter(|it| it.status == 202) else { break };
                        assert_eq!(answer.json()["success_count"], IN_ONE_REQUEST);
                        accepted.lock().unwrap().extend(texts);
                    }
                });
            }
            // At another moment in each round, and not before something was taken.
            let enough = accepted.lock().unwrap().len() + WRITERS * IN_ONE_REQUEST;
            let deadline = Instant::now() + Duration::from_secs(20);
            while accepted.lock().unwrap().len() < enough && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(17 * round));
            node.kill();
        });
        let node = home.serve();
        let there: HashSet<String> = node.client.everything(5_000).into_iter().collect();
        let accepted = accepted.lock().unwrap();
        assert!(accepted.len() >= IN_ONE_REQUEST * WRITERS, "{}", accepted.len());
        let lost: Vec<&String> = accepted.difference(&there).collect();
        assert!(
            lost.is_empty(),
            "round {round}: {} of {} are lost: {:?}",
            lost.len(),
            accepted.len(),
            lost[0]
        );
        // A request is taken whole or not at all.
        assert_eq!(there.len() % IN_ONE_REQUEST, 0, "round {round}");
    }
    crate::node::succeed(&["doctor", "--data", home.data()]);
}
