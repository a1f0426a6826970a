//! What if a peer hands out something false? Players check every segment and report who gave them
//! a bad one; such a peer is kept away from them, and in the end from everybody.

use std::net::IpAddr;

use super::Tracker;
use super::protocol::Id;

/// Reports of so many sockets keep a peer away from everybody.
const ENOUGH_REPORTS: usize = 2;
/// In a swarm smaller than this, one is enough.
const SMALL_SWARM: usize = 4;

impl Tracker {
    /// Hears from `from` that `bad` gave `reporter` a segment that is not the video's. It counts
    /// when the tracker brought the two together and the report comes from where the reporter's
    /// socket does; false otherwise. The two are not matched again, nor is `bad` with anybody
    /// after the reports of two sockets, or of one where there are few.
    pub fn report_bad(&self, info_hash: Id, reporter: Id, bad: Id, from: IpAddr) -> bool {
        let met = self.in_shard(&info_hash, |shard| {
            let swarm = shard.swarms.get(&info_hash)?;
            let (reporter, bad) = swarm.met(&reporter, &bad)?;
            Some((reporter, bad, swarm.len()))
        });
        let Some((reporter, bad, size)) = met else { return false };
        if !reporter.caller.is(from) {
            return false;
        }
        reporter.avoid(&bad);
        if bad.reported_by(&reporter) >= ENOUGH_REPORTS || size < SMALL_SWARM {
            bad.shun();
        }
        self.counters.report();
        true
    }
}
