//! Answers that were given before and still hold: the same bytes again, without parsing what was asked.
//!
//! An answer is kept with what it rests on, and given again only if nothing recorded since has touched that (see
//! `feed/touched`). Who asks for one that is being made waits for it, so that a change costs one execution and not a
//! thousand. Invariant: what is given is never older than the feed's head when it was asked for.

use std::sync::Arc;

use axum::{
    body::{self, Bytes},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use quick_cache::{Weighter, sync::Cache};

use super::{accept::MediaType, etag, refusal::Refusal};
use crate::{
    error::Error,
    feed::{Feed, touched::Tag},
    graphql::reads::Reads,
    model::role::Role,
};

/// What was asked, to the letter, and everything else that the bytes of the answer depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// The body or the query of the address.
    pub(super) text: Bytes,
    pub(super) media: MediaType,
    pub(super) role: Role,
    /// Others may not be given answers that may be shared on the way.
    pub(super) is_anonymous: bool,
    pub(super) tells_cost: bool,
}

pub(super) struct Answers {
    kept: Cache<Question, Arc<Kept>, Weight>,
    feed: Feed,
    /// No answer is kept if there is no room for any.
    is_on: bool,
}

/// An answer, or the knowledge that it must not be kept.
struct Kept {
    answer: Option<Answer>,
    tags: Vec<Tag>,
    /// The feed's head before anything was read.
    seq: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Answer {
    headers: HeaderMap,
    body: Bytes,
    /// What asking costs, whether or not it was executed.
    pub(super) cost: u32,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Question, Arc<Kept>> for Weight {
    /// Bytes, roughly.
    fn weight(&self, question: &Question, kept: &Arc<Kept>) -> u64 {
        let answer = kept.answer.as_ref().map_or(0, |answer| answer.body.len());
        let tags = kept.tags.len() * size_of::<Tag>();
        (question.text.len() + answer + tags + OVERHEAD) as u64
    }
}

/// Bytes of a kept answer's parts that are the same for all.
const OVERHEAD: usize = 512;
/// Bytes of an answer for which the cache makes room; it learns better as it goes.
const USUAL: u64 = 8 << 10;

impl Answers {
    /// `bytes` bounds all that is kept together.
    pub(super) fn new(bytes: u64, feed: Feed) -> Self {
        let items = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX);
        Self {
            kept: Cache::with_weighter(items.max(1), bytes, Weight),
            feed,
            is_on: bytes > 0,
        }
    }

    /// The answer, if it was given before and holds.
    pub(super) fn find(&self, question: &Question) -> Option<Answer> {
        let kept = self.kept.get(question)?;
        self.holds(&kept).then(|| kept.answer.clone())?
    }

    /// Runs `execute` unless somebody else is at it, and keeps its answer if that may be kept.
    /// # Errors
    /// Those of `execute`.
    pub(super) async fn find_or(
        &self,
        question: Question,
        cost: u32,
        reads: Reads,
        execute: impl Future<Output = Result<Made, Refusal>>,
    ) -> Result<Response, Refusal> {
        if !self.is_on {
            return Ok(execute.await?.response);
        }
        let place = loop {
            match self.kept.get_value_or_guard_async(&question).await {
                // Also asked of what was waited for: it may have been begun before an entry that we know of.
                Ok(kept) if self.holds(&kept) => match &kept.answer {
                    Some(answer) => return Ok(answer.clone().into_response()),
                    None => return Ok(execute.await?.response),
                },
                Ok(stale) => {
                    let is_it = |kept: &Arc<Kept>| Arc::ptr_eq(kept, &stale);
                    self.kept.remove_if(&question, is_it);
                }
                Err(place) => break place,
            }
        };
        let seq = self.feed.head();
        let Made { response, is_whole } = execute.await?;
        let tags = if is_whole { reads.into_tags() } else { None };
        let (kept, response) = keep(response, cost, tags, seq).await?;
        // Fails only if the place was taken away meanwhile: then the next one makes the answer anew.
        drop(place.insert(Arc::new(kept)));
        Ok(response)
    }

    fn holds(&self, kept: &Kept) -> bool {
        self.feed.holds(&kept.tags, kept.seq)
    }
}

/// An answer fresh from its execution.
pub(super) struct Made {
    pub(super) response: Response,
    /// Without errors, which may be gone the next time.
    pub(super) is_whole: bool,
}

async fn keep(
    response: Response,
    cost: u32,
    tags: Option<Vec<Tag>>,
    seq: i64,
) -> Result<(Kept, Response), Refusal> {
    let Some(tags) = tags else {
        // So that those who wait do not wait for one another; asked again after the next entry.
        let never = Kept {
            answer: None,
            tags: vec![Tag::Everything],
            seq,
        };
        return Ok((never, response));
    };
    let (mut parts, body) = response.into_parts();
    let body = body::to_bytes(body, usize::MAX)
        .await
        .map_err(Error::internal)?;
    parts.headers.insert(header::ETAG, etag::of(&body));
    let answer = Answer {
        headers: parts.headers,
        body,
        cost,
    };
    let response = answer.clone().into_response();
    let kept = Kept {
        answer: Some(answer),
        tags,
        seq,
    };
    Ok((kept, response))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body.into());
        *response.headers_mut() = self.headers;
        response
    }
}
