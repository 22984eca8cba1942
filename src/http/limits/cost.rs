//! What callers may spend: a bucket of cost for each token or address, which fills again all the time (GCRA).
//!
//! Invariant: the table of buckets is bounded. When it is full of buckets in use, everybody else shares one.

use std::{
    num::NonZeroU32,
    sync::Mutex,
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use crate::http::tcp::client_ip::Client;
use crate::{
    config::limits::RateLimits,
    model::{rate_limit_status::Budget, role::Caller},
};

type Buckets =
    RateLimiter<Key, DefaultKeyedStateStore<Key>, DefaultClock, StateInformationMiddleware>;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Token(String),
    Client(Client),
    /// Whoever finds no place in the table.
    Others,
}

pub(crate) struct Rates {
    /// None where nothing is limited.
    buckets: Option<Buckets>,
    limits: RateLimits,
    swept: Mutex<Instant>,
}

/// The bucket does not hold what an operation costs; it will by then.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exhausted {
    pub(crate) retry_after: Duration,
}

/// Between two searches for full buckets, which need no memory.
const SWEEP: Duration = Duration::from_secs(1);

impl Rates {
    pub(crate) fn new(limits: &RateLimits) -> Self {
        let quota = NonZeroU32::new(limits.per_second)
            .zip(NonZeroU32::new(limits.burst))
            .map(|(per_second, burst)| Quota::per_second(per_second).allow_burst(burst));
        Self {
            buckets: quota.map(|quota| RateLimiter::keyed(quota).with_middleware()),
            limits: limits.clone(),
            swept: Mutex::new(Instant::now()),
        }
    }

    /// Takes the cost from the caller's bucket, whole or not at all. Nothing comes back where nothing is limited.
    /// # Errors
    /// How long to wait, if the bucket does not hold that much.
    pub(crate) fn spend(
        &self,
        caller: &Caller,
        client: Client,
        cost: u32,
    ) -> Result<Option<Budget>, Exhausted> {
        let Some(buckets) = &self.buckets else {
            return Ok(None);
        };
        let key = match &caller.name {
            // There are no more of them than tokens were made.
            Some(name) => Key::Token(name.clone()),
            None => self.place(buckets, client),
        };
        let cost = cost.clamp(1, self.limits.burst);
        let wanted = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        match buckets.check_key_n(&key, wanted) {
            Ok(Ok(snapshot)) => Ok(Some(self.budget(cost, snapshot.remaining_burst_capacity()))),
            Ok(Err(not_until)) => Err(Exhausted {
                retry_after: not_until.wait_time_from(buckets.clock().now()),
            }),
            // A bucket that could never hold it: the cost was cut to its size above.
            Err(_) => Err(Exhausted { retry_after: SWEEP }),
        }
    }

    fn budget(&self, cost: u32, remaining: u32) -> Budget {
        let missing = f64::from(self.limits.burst.saturating_sub(remaining));
        Budget {
            cost,
            limit: self.limits.burst,
            remaining,
            full_in: Duration::from_secs_f64(missing / f64::from(self.limits.per_second.max(1))),
        }
    }

    fn place(&self, buckets: &Buckets, client: Client) -> Key {
        if buckets.len() < self.limits.keys {
            return Key::Client(client);
        }
        // Whoever finds it locked finds it being swept.
        if let Ok(mut swept) = self.swept.try_lock()
            && swept.elapsed() >= SWEEP
        {
            buckets.retain_recent();
            *swept = Instant::now();
        }
        if buckets.len() < self.limits.keys {
            Key::Client(client)
        } else {
            Key::Others
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::role::Role;

    fn client(text: &str) -> Client {
        Client::of(text.parse().unwrap())
    }

    fn token(name: &str) -> Caller {
        Caller {
            name: Some(name.to_owned()),
            role: Role::Editor,
        }
    }

    /// So slow that no test waits for it to fill.
    fn rates(burst: u32, keys: usize) -> Rates {
        Rates::new(&RateLimits {
            per_second: 1,
            burst,
            keys,
        })
    }

    #[test]
    fn a_bucket_holds_so_much_and_each_token_and_address_has_its_own() {
        let rates = rates(1_000, 10);
        let (here, anonymous) = (client("192.0.2.1"), Caller::anonymous());
        let budget = rates.spend(&anonymous, here, 900).unwrap().unwrap();
        assert_eq!(
            (budget.cost, budget.limit, budget.remaining),
            (900, 1_000, 100)
        );
        assert!(budget.full_in > Duration::from_secs(890));
        let exhausted = rates.spend(&anonymous, here, 600).unwrap_err();
        assert!(exhausted.retry_after > Duration::from_secs(490));
        assert!(rates.spend(&anonymous, client("192.0.2.2"), 900).is_ok());
        assert!(rates.spend(&token("desk"), here, 900).is_ok());
        assert!(
            rates
                .spend(&token("desk"), client("192.0.2.3"), 900)
                .is_err()
        );
    }

    #[test]
    fn whoever_finds_no_place_shares_a_bucket() {
        let rates = rates(10, 2);
        for n in 1..=2 {
            let some = client(&format!("192.0.2.{n}"));
            assert!(rates.spend(&Caller::anonymous(), some, 8).is_ok());
        }
        assert!(
            rates
                .spend(&Caller::anonymous(), client("192.0.2.3"), 8)
                .is_ok()
        );
        assert!(
            rates
                .spend(&Caller::anonymous(), client("192.0.2.4"), 8)
                .is_err()
        );
        assert!(rates.buckets.as_ref().unwrap().len() <= 3);
    }

    #[test]
    fn nothing_is_limited_where_nothing_is_configured() {
        let rates = Rates::new(&RateLimits {
            per_second: 0,
            ..RateLimits::default()
        });
        assert_eq!(
            rates.spend(&Caller::anonymous(), client("::1"), u32::MAX),
            Ok(None)
        );
    }
}
