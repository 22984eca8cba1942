//! State of a topic: its newest answers, what they rest on, and what is to be executed next.

use std::{collections::VecDeque, sync::Arc};

use tokio::task::AbortHandle;

use super::{answer::Answer, tag_index::TAG_BYTES};
use crate::{
    cache::{Freshness, tag::CacheTag},
    feed::Feed,
    http::{
        clients::{resource_exceeded::ResourceExceeded, resource_limiter::ResourcePermit},
        limits::cost::Debtor,
    },
    model::request_id::RequestId,
};

/// Answers that are retained besides the newest, for clients that are behind or return.
const RETAINED_ANSWERS: usize = 4;
/// Bytes of them.
const RETAINED_BYTES: usize = 256 << 10;

pub(super) struct TopicState {
    /// Oldest first. Empty before the first execution.
    answers: VecDeque<Arc<Answer>>,
    /// What the newest answer rests on.
    pub(super) tags: Vec<CacheTag>,
    /// The state of the ledger at which the newest answer was found right last.
    checked_seq: i64,
    /// A state, with its cursor, whose answer clients have although it was never executed here.
    base: Option<(i64, String)>,
    /// A client that has paid for the next execution.
    pub(super) prepaid: Option<Payer>,
    /// The task that executes, by its number.
    task: Option<(u64, AbortHandle)>,
    tasks: u64,
    /// Counts the template, answers and tags as held by the client that opened the topic.
    memory: ResourcePermit,
}

/// Who pays for an execution, and the request to which its internal errors belong.
#[derive(Clone)]
pub(super) struct Payer {
    pub(super) debtor: Debtor,
    pub(super) request_id: RequestId,
}

/// What the executing task has to do next.
pub(super) enum Next {
    /// The answer of the base, without which the first change could not be recognised.
    ExecuteBase(i64, String),
    Execute,
    /// The server has failed: execute again at the next entry, or after a while.
    Retry,
    /// Nothing; the task must end.
    End,
}

/// What became of an execution.
pub(super) enum Outcome {
    /// Subscribers have to receive the answer, which follows the previous one.
    New {
        answer: Arc<Answer>,
        previous: Option<Arc<Answer>>,
    },
    Unchanged,
    /// Another task has taken the place of the one that executed.
    Obsolete,
}

impl TopicState {
    pub(super) fn new(memory: ResourcePermit) -> Self {
        Self {
            answers: VecDeque::new(),
            tags: Vec::new(),
            checked_seq: -1,
            base: None,
            prepaid: None,
            task: None,
            tasks: 0,
            memory,
        }
    }

    /// Takes note of a new task; `spawn` starts it with its number.
    pub(super) fn start_task(&mut self, spawn: impl FnOnce(u64) -> AbortHandle) {
        self.tasks += 1;
        self.task = Some((self.tasks, spawn(self.tasks)));
    }

    pub(super) fn has_task(&self) -> bool {
        self.task.is_some()
    }

    /// The task must not do anything any more.
    pub(super) fn abort_task(&mut self) {
        if let Some((_, task)) = self.task.take() {
            task.abort();
        }
    }

    pub(super) fn is_task(&self, number: u64) -> bool {
        self.task.as_ref().is_some_and(|(task, _)| *task == number)
    }

    /// What the task with a number has to do next.
    pub(super) fn next(&mut self, task: u64, feed: &Feed) -> Next {
        if !self.is_task(task) {
            return Next::End;
        }
        if !self.has_work(feed) {
            self.task = None;
            return Next::End;
        }
        match &self.base {
            Some((seq, cursor)) => Next::ExecuteBase(*seq, cursor.clone()),
            None if self.is_current(feed) => Next::Retry,
            None => Next::Execute,
        }
    }

    /// Whether anything is to be executed, now or after a while.
    pub(super) fn has_work(&self, feed: &Feed) -> bool {
        let is_wanted = self.answers.is_empty() && self.prepaid.is_some();
        let may_recover = self.newest().is_some_and(|newest| newest.may_recover());
        is_wanted || may_recover || !self.is_current(feed)
    }

    /// Whether no entry has changed what the newest answer rests on; that of the base is one, too.
    fn is_current(&self, feed: &Feed) -> bool {
        let exists = self.newest().is_some() || self.base.is_some();
        exists && Feed::is_valid(feed, &self.tags, self.checked_seq)
    }

    /// Whether no entry after `seq` has changed what the newest answer rests on.
    pub(super) fn is_unchanged_since(&self, seq: i64, feed: &Feed) -> bool {
        let is_complete = self.newest().is_some_and(|newest| newest.is_complete());
        let is_valid = seq >= self.checked_seq || Feed::is_valid(feed, &self.tags, seq);
        is_complete && self.is_current(feed) && is_valid
    }

    pub(super) fn newest(&self) -> Option<&Arc<Answer>> {
        self.answers.back()
    }

    /// The newest answer, if it is that of the feed's head, or of a state at least as new as `seq`.
    pub(super) fn current(&self, seq: i64, feed: &Feed) -> Option<&Arc<Answer>> {
        let is_right = self.checked_seq >= seq || self.is_current(feed);
        self.newest().filter(|_| is_right)
    }

    /// The retained answer that meets a condition.
    pub(super) fn find(&self, condition: impl Fn(&Answer) -> bool) -> Option<&Arc<Answer>> {
        self.answers.iter().find(|answer| condition(answer))
    }

    /// The version of the next answer; that of the base is 0.
    pub(super) fn next_version(&self) -> u64 {
        self.newest().map_or(1, |newest| newest.version + 1)
    }

    /// Clients have the answer at a state, which is the newest. Returns whether nothing contradicts that: the topic has no answer
    /// of its own yet, and no client has that of another state.
    pub(super) fn set_base(&mut self, seq: i64, cursor: &str) -> bool {
        let is_new = self.answers.is_empty() && self.task.is_none();
        let is_same = |(base, _): &(i64, String)| *base == seq;
        let is_set = is_new && self.base.as_ref().is_none_or(is_same);
        if is_set {
            self.base = Some((seq, cursor.to_owned()));
            self.checked_seq = seq;
        }
        is_set
    }

    /// Stores the answer of the base; `None` if it could not be executed, and clients will receive a whole answer.
    pub(super) fn store_base(&mut self, answer: Option<Answer>) {
        self.base = None;
        self.answers.extend(answer.map(Arc::new));
    }

    /// Stores an answer, if it differs from the newest one.
    pub(super) fn store(&mut self, answer: Answer) -> Outcome {
        self.checked_seq = answer.seq;
        let previous = self.newest().cloned();
        if previous
            .as_ref()
            .is_some_and(|previous| previous.has_content_of(&answer))
        {
            return Outcome::Unchanged;
        }
        let answer = Arc::new(answer);
        self.answers.push_back(Arc::clone(&answer));
        self.drop_oldest();
        Outcome::New { answer, previous }
    }

    fn drop_oldest(&mut self) {
        // The answer before the newest remains in any case.
        while self.answers.len() > RETAINED_ANSWERS + 1
            || (self.answers.len() > 2 && self.bytes() > RETAINED_BYTES)
        {
            self.answers.pop_front();
        }
    }

    fn bytes(&self) -> usize {
        self.answers.iter().map(|answer| answer.bytes()).sum()
    }

    /// Counts the memory of the template, of another answer and of its tags, for which older ones may have to go.
    /// # Errors
    /// The limit that it would exceed.
    pub(super) fn hold(
        &mut self,
        template: usize,
        answer: usize,
        tags: usize,
    ) -> Result<(), ResourceExceeded> {
        let fixed = template + answer + tags * TAG_BYTES;
        if self.memory.resize(fixed + self.bytes()).is_ok() {
            return Ok(());
        }
        let newest = self.answers.pop_back();
        self.answers = newest.into_iter().collect();
        self.memory.resize(fixed + self.bytes())
    }
}
