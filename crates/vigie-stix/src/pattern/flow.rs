//! Giving each need observations of its own: maximum flow between needs and observations.
//!
//! A need asks for a number of observations out of a list; an observation may be given away as often as it was
//! observed. Augmenting paths, so a need that came first gives way where another has no choice.

use std::collections::{HashMap, HashSet, VecDeque};

/// Steps left to a search.
#[derive(Debug)]
pub(super) struct Steps {
    left: u64,
}

/// The limit of steps was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManySteps;

impl Steps {
    pub(super) fn new(limit: u64) -> Self {
        Self { left: limit }
    }

    /// Accounts for work before it is done.
    pub(super) fn take(&mut self, steps: usize) -> Result<(), TooManySteps> {
        self.left = self.left.checked_sub(steps as u64).ok_or(TooManySteps)?;
        Ok(())
    }
}

/// What one need asks for, and the observations that would do.
#[derive(Debug)]
pub(super) struct Demand {
    pub(super) number: u64,
    pub(super) observations: Vec<u32>,
}

/// For each demand, which observation it got and how often.
pub(super) type Shares = Vec<Vec<(u32, u64)>>;

struct Edge {
    demand: usize,
    observation: u32,
    flow: u64,
}

struct Network {
    edges: Vec<Edge>,
    /// The edges of each demand.
    of_demand: Vec<std::ops::Range<usize>>,
    /// The edges of each observation.
    of_observation: HashMap<u32, Vec<usize>>,
    /// How often each observation can still be given away.
    free: HashMap<u32, u64>,
}

/// Meets all demands, or none if that cannot be.
pub(super) fn share(
    demands: &[Demand],
    capacity: impl Fn(u32) -> u64,
    steps: &mut Steps,
) -> Result<Option<Shares>, TooManySteps> {
    let mut network = Network {
        edges: Vec::new(),
        of_demand: Vec::with_capacity(demands.len()),
        of_observation: HashMap::new(),
        free: HashMap::new(),
    };
    for (index, demand) in demands.iter().enumerate() {
        steps.take(1 + demand.observations.len())?;
        let start = network.edges.len();
        for observation in &demand.observations {
            network.of_observation.entry(*observation).or_default().push(network.edges.len());
            network.free.entry(*observation).or_insert_with(|| capacity(*observation));
            network.edges.push(Edge { demand: index, observation: *observation, flow: 0 });
        }
        network.of_demand.push(start..network.edges.len());
    }
    for (index, demand) in demands.iter().enumerate() {
        let mut wanted = demand.number - network.take_free(index, demand.number, steps)?;
        while wanted > 0 {
            let got = network.augment(index, wanted, steps)?;
            if got == 0 {
                return Ok(None);
            }
            wanted -= got;
        }
    }
    Ok(Some(network.shares(demands.len())))
}

impl Network {
    /// Gives a demand up to `wanted` observations that are still free; returns how many.
    fn take_free(&mut self, demand: usize, wanted: u64, steps: &mut Steps) -> Result<u64, TooManySteps> {
        let mut got = 0;
        for index in self.of_demand.get(demand).cloned().unwrap_or_default() {
            if got == wanted {
                break;
            }
            steps.take(1)?;
            let Some(edge) = self.edges.get_mut(index) else { continue };
            let Some(free) = self.free.get_mut(&edge.observation) else { continue };
            let taken = (*free).min(wanted - got);
            *free -= taken;
            edge.flow += taken;
            got += taken;
        }
        Ok(got)
    }

    /// Brings up to `wanted` observations to a demand along one path; returns how many.
    fn augment(&mut self, demand: usize, wanted: u64, steps: &mut Steps) -> Result<u64, TooManySteps> {
        // How each observation and each other demand was first reached, as edges.
        let mut into_observation: HashMap<u32, usize> = HashMap::new();
        let mut into_demand: HashMap<usize, usize> = HashMap::new();
        let mut reached = HashSet::from([demand]);
        let mut queue = VecDeque::from([demand]);
        while let Some(from) = queue.pop_front() {
            for index in self.of_demand.get(from).cloned().unwrap_or_default() {
                steps.take(1)?;
                let Some(edge) = self.edges.get(index) else { continue };
                let observation = edge.observation;
                if into_observation.contains_key(&observation) {
                    continue;
                }
                into_observation.insert(observation, index);
                if self.free.get(&observation).is_some_and(|it| *it > 0) {
                    return Ok(self.push(observation, demand, wanted, &into_observation, &into_demand));
                }
                for back in self.of_observation.get(&observation).into_iter().flatten() {
                    steps.take(1)?;
                    let edge = self.edges.get(*back).filter(|it| it.flow > 0);
                    if let Some(edge) = edge.filter(|it| reached.insert(it.demand)) {
                        into_demand.insert(edge.demand, *back);
                        queue.push_back(edge.demand);
                    }
                }
            }
        }
        Ok(0)
    }

    /// Moves flow along the path that ends at a free observation and began at the demand.
    fn push(
        &mut self,
        last: u32,
        demand: usize,
        wanted: u64,
        into_observation: &HashMap<u32, usize>,
        into_demand: &HashMap<usize, usize>,
    ) -> u64 {
        let mut forward = Vec::new();
        let mut backward = Vec::new();
        let mut observation = last;
        while let Some(index) = into_observation.get(&observation) {
            forward.push(*index);
            let Some(edge) = self.edges.get(*index) else { break };
            if edge.demand == demand {
                break;
            }
            let Some(back) = into_demand.get(&edge.demand) else { break };
            backward.push(*back);
            let Some(edge) = self.edges.get(*back) else { break };
            observation = edge.observation;
        }
        let movable = backward.iter().filter_map(|it| self.edges.get(*it)).map(|it| it.flow).min();
        let free = self.free.get(&last).copied().unwrap_or(0);
        let moved = wanted.min(free).min(movable.unwrap_or(u64::MAX));
        for index in forward {
            if let Some(edge) = self.edges.get_mut(index) {
                edge.flow += moved;
            }
        }
        for index in backward {
            if let Some(edge) = self.edges.get_mut(index) {
                edge.flow -= moved;
            }
        }
        self.free.insert(last, free - moved);
        moved
    }

    fn shares(&self, demands: usize) -> Shares {
        let mut shares = vec![Vec::new(); demands];
        for edge in self.edges.iter().filter(|it| it.flow > 0) {
            if let Some(share) = shares.get_mut(edge.demand) {
                share.push((edge.observation, edge.flow));
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(demands: &[(u64, &[u32])], capacities: &[u64], want: bool) {
        let demands: Vec<Demand> = demands
            .iter()
            .map(|(number, observations)| Demand { number: *number, observations: observations.to_vec() })
            .collect();
        let capacity = |it: u32| capacities.get(it as usize).copied().unwrap_or(0);
        let got = share(&demands, capacity, &mut Steps::new(10_000)).unwrap();
        assert_eq!(got.is_some(), want);
        let mut used: HashMap<u32, u64> = HashMap::new();
        for (share, demand) in got.iter().flatten().zip(&demands) {
            assert_eq!(share.iter().map(|(_, times)| times).sum::<u64>(), demand.number);
            for (observation, times) in share {
                assert!(demand.observations.contains(observation));
                *used.entry(*observation).or_default() += times;
            }
        }
        assert!(used.iter().all(|(observation, times)| *times <= capacity(*observation)));
    }

    #[test]
    fn the_first_gives_way_where_the_second_has_no_choice() {
        check(&[(1, &[0, 1]), (1, &[0])], &[1, 1], true);
        check(&[(1, &[0, 1]), (1, &[0]), (1, &[0, 1])], &[1, 1], false);
        check(&[(1, &[0, 1]), (1, &[0, 2]), (1, &[0]), (1, &[1, 3])], &[1, 1, 1, 1], true);
    }

    #[test]
    fn observations_made_several_times_serve_several_times() {
        check(&[(5, &[0, 1])], &[2, 3], true);
        check(&[(6, &[0, 1])], &[2, 3], false);
        check(&[(1_000_000_000, &[0, 1]), (3, &[1])], &[999_999_999, 4], true);
        check(&[(2, &[0, 1]), (2, &[0])], &[2, 2], true);
    }

    #[test]
    fn the_limit_is_an_error() {
        let demands = [Demand { number: 1, observations: (0..100).collect() }];
        assert_eq!(share(&demands, |_| 1, &mut Steps::new(50)), Err(TooManySteps));
    }
}
