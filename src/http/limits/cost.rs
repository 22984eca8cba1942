//! Rate limit by query cost: a token bucket for each API token or client address, refilled continuously (GCRA).
//!
//! A caller is charged the cost of an operation before it runs. Invariant: the table of buckets is bounded; when all
//! its buckets are in use, further addresses share one.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use parking_lot::Mutex;

use crate::http::clients::client_ip::ClientIp;
use crate::{
    config::limits::RateLimits,
    graphql::loaders::work_budget::WorkBudget,
    model::{rate_limit_status::RateLimitStatus, role::Caller},
};

type Buckets =
    RateLimiter<Key, DefaultKeyedStateStore<Key>, DefaultClock, StateInformationMiddleware>;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Token(String),
    Client(ClientIp),
    /// Shared by addresses that do not fit into the table.
    Overflow,
}

pub(crate) struct CostLimiter {
    /// `None` if the rate limit is disabled.
    buckets: Option<Buckets>,
    limits: RateLimits,
    last_sweep: Mutex<Instant>,
}

/// Who pays for an operation.
#[derive(Clone, Debug)]
pub(crate) struct Debtor {
    pub(crate) caller: Caller,
    pub(crate) client: ClientIp,
}

/// Charges the work of an operation when it is dropped, so that one that is cut off pays, too.
pub(crate) struct WorkCharge<'a> {
    pub(crate) limiter: &'a CostLimiter,
    pub(crate) debtor: &'a Debtor,
    pub(crate) work: WorkBudget,
}

impl Drop for WorkCharge<'_> {
    fn drop(&mut self) {
        let cost = self.work.cost();
        self.limiter.charge_afterwards(self.debtor, cost);
    }
}

/// The bucket does not hold the cost of the operation; it will after `retry_after`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RateLimited {
    pub(crate) retry_after: Duration,
}

/// Minimum time between two sweeps, which remove full buckets from the table.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

impl CostLimiter {
    pub(crate) fn new(limits: &RateLimits) -> Self {
        let quota = NonZeroU32::new(limits.per_second)
            .zip(NonZeroU32::new(limits.burst))
            .map(|(per_second, burst)| Quota::per_second(per_second).allow_burst(burst));
        Self {
            buckets: quota.map(|quota| RateLimiter::keyed(quota).with_middleware()),
            limits: limits.clone(),
            last_sweep: Mutex::new(Instant::now()),
        }
    }

    /// Charges the whole cost to the caller's bucket, or nothing. Returns `None` if the rate limit is disabled.
    /// # Errors
    /// The time to wait, if the bucket does not hold that much.
    pub(crate) fn charge(
        &self,
        caller: &Caller,
        client: ClientIp,
        cost: u32,
    ) -> Result<Option<RateLimitStatus>, RateLimited> {
        let Some(buckets) = &self.buckets else {
            return Ok(None);
        };
        let key = match &caller.name {
            // Not bounded by the table: there are only as many keys as API tokens.
            Some(name) => Key::Token(name.clone()),
            None => self.key_for(buckets, client),
        };
        let cost = cost.clamp(1, self.limits.burst);
        let cells = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        match buckets.check_key_n(&key, cells) {
            Ok(Ok(snapshot)) => Ok(Some(self.status(cost, snapshot.remaining_burst_capacity()))),
            Ok(Err(not_until)) => Err(RateLimited {
                retry_after: not_until.wait_time_from(buckets.clock().now()),
            }),
            // The bucket could never hold it; unreachable, because the cost is clamped to its size.
            Err(_) => Err(RateLimited {
                retry_after: SWEEP_INTERVAL,
            }),
        }
    }

    /// Charges what an operation turned out to cost; a bucket that does not hold it is emptied.
    fn charge_afterwards(&self, debtor: &Debtor, cost: u32) {
        let Debtor { caller, client } = debtor;
        let mut left = cost;
        while left > 0 && self.charge(caller, *client, left).is_err() {
            left /= 2;
        }
    }

    fn status(&self, cost: u32, remaining: u32) -> RateLimitStatus {
        let missing = f64::from(self.limits.burst.saturating_sub(remaining));
        RateLimitStatus {
            cost,
            limit: self.limits.burst,
            remaining,
            full_after: Duration::from_secs_f64(missing / f64::from(self.limits.per_second.max(1))),
        }
    }

    fn key_for(&self, buckets: &Buckets, client: ClientIp) -> Key {
        if buckets.len() < self.limits.keys {
            return Key::Client(client);
        }
        // If the lock is taken, another thread is sweeping.
        if let Some(mut last_sweep) = self.last_sweep.try_lock()
            && last_sweep.elapsed() >= SWEEP_INTERVAL
        {
            buckets.retain_recent();
            *last_sweep = Instant::now();
        }
        if buckets.len() < self.limits.keys {
            Key::Client(client)
        } else {
            Key::Overflow
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::role::Role;

    fn client(text: &str) -> ClientIp {
        ClientIp::from_ip(text.parse().unwrap())
    }

    fn token(name: &str) -> Caller {
        Caller {
            name: Some(name.to_owned()),
            role: Role::Editor,
            expires: None,
        }
    }

    /// Refills too slowly to affect a test.
    fn limiter(burst: u32, keys: usize) -> CostLimiter {
        CostLimiter::new(&RateLimits {
            per_second: 1,
            burst,
            keys,
        })
    }

    #[test]
    fn each_token_and_address_has_its_own_bucket() {
        let limiter = limiter(1_000, 10);
        let (here, anonymous) = (client("192.0.2.1"), Caller::anonymous());
        let status = limiter.charge(&anonymous, here, 900).unwrap().unwrap();
        assert_eq!(
            (status.cost, status.limit, status.remaining),
            (900, 1_000, 100)
        );
        assert!(status.full_after > Duration::from_secs(890));
        let rate_limited = limiter.charge(&anonymous, here, 600).unwrap_err();
        assert!(rate_limited.retry_after > Duration::from_secs(490));
        assert!(limiter.charge(&anonymous, client("192.0.2.2"), 900).is_ok());
        assert!(limiter.charge(&token("desk"), here, 900).is_ok());
        assert!(
            limiter
                .charge(&token("desk"), client("192.0.2.3"), 900)
                .is_err()
        );
    }

    #[test]
    fn addresses_beyond_the_table_share_a_bucket() {
        let limiter = limiter(10, 2);
        for n in 1..=2 {
            let address = client(&format!("192.0.2.{n}"));
            assert!(limiter.charge(&Caller::anonymous(), address, 8).is_ok());
        }
        assert!(
            limiter
                .charge(&Caller::anonymous(), client("192.0.2.3"), 8)
                .is_ok()
        );
        assert!(
            limiter
                .charge(&Caller::anonymous(), client("192.0.2.4"), 8)
                .is_err()
        );
        assert!(limiter.buckets.as_ref().unwrap().len() <= 3);
    }

    #[test]
    fn a_rate_of_zero_disables_the_limit() {
        let limiter = CostLimiter::new(&RateLimits {
            per_second: 0,
            ..RateLimits::default()
        });
        assert_eq!(
            limiter.charge(&Caller::anonymous(), client("::1"), u32::MAX),
            Ok(None)
        );
    }
}
