//! Work on several threads whose results arrive in the order of the work.

use std::num::NonZero;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What all workers share: the results, and whose turn it is to add to them.
struct Lane<S> {
    state: Mutex<State<S>>,
    moved: Condvar,
}

/// The results, and the number of the piece of work that may add to them.
pub(crate) struct State<S> {
    current: u64,
    pub(crate) sink: S,
}

/// One piece of work's place in the order. When it is dropped the next piece's turn comes.
pub(crate) struct Turn<'l, S> {
    lane: &'l Lane<S>,
    number: u64,
}

impl<S> Turn<'_, S> {
    /// Whether all earlier pieces are done.
    pub(crate) fn has_come(&self) -> bool {
        self.lane.state.lock().unwrap_or_else(PoisonError::into_inner).current == self.number
    }

    /// Waits until all earlier pieces are done, and gives the results so far to add to.
    pub(crate) fn wait(&self) -> MutexGuard<'_, State<S>> {
        let state = self.lane.state.lock().unwrap_or_else(PoisonError::into_inner);
        let early = |it: &mut State<S>| it.current != self.number;
        self.lane.moved.wait_while(state, early).unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Drop for Turn<'_, S> {
    fn drop(&mut self) {
        self.wait().current += 1;
        self.lane.moved.notify_all();
    }
}

/// Does each piece of work that `next` gives, on so many threads. `next` is asked by one thread at a time. Each thread
/// has a `tool` of its own.
pub(crate) fn in_order<T: Send, M, S: Send>(
    threads: NonZero<usize>,
    next: impl FnMut() -> Option<T> + Send,
    sink: S,
    tool: impl Fn() -> M + Sync,
    work: impl Fn(T, &mut M, &Turn<'_, S>) + Sync,
) -> S {
    let lane = Lane { state: Mutex::new(State { current: 0, sink }), moved: Condvar::new() };
    let queue = Mutex::new((0, next));
    let take = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let item = (queue.1)()?;
        let number = queue.0;
        queue.0 += 1;
        Some((item, Turn { lane: &lane, number }))
    };
    let worker = || {
        let mut tool = tool();
        while let Some((item, turn)) = take() {
            work(item, &mut tool, &turn);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(worker);
        }
        worker();
    });
    lane.state.into_inner().unwrap_or_else(PoisonError::into_inner).sink
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_work() {
        let mut numbers = 0..200_u64;
        let threads = NonZero::new(4).expect("four is not zero");
        let got = in_order(
            threads,
            || numbers.next(),
            Vec::new(),
            || 0,
            |number, done, turn| {
                *done += 1;
                // Later pieces are done sooner, and some add twice.
                std::thread::sleep(std::time::Duration::from_micros(200 - number));
                if number % 3 == 0 {
                    turn.wait().sink.push(number);
                }
                turn.wait().sink.push(number);
            },
        );
        let want: Vec<u64> = (0..200).flat_map(|it| vec![it; if it % 3 == 0 { 2 } else { 1 }]).collect();
        assert_eq!(got, want);
    }
}
