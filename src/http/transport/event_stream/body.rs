//! Body of an event stream: frames of its events, and a heartbeat in every pause, until the operation or the server ends it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::body::Body;
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::framing::Framing;
use crate::http::{
    execution::{OperationStream, event::OperationEvent},
    middleware::authentication::authenticate_header,
    response::error::HttpError,
    state::AppState,
    transport::stream_permit::StreamPermit,
};

/// State of an open stream.
struct OpenStream {
    /// The frames of all events, and that of the operation's end.
    frames: BoxStream<'static, String>,
    /// Why the server ends the stream.
    closing: BoxFuture<'static, HttpError>,
    framing: Framing,
    keep_alive: Duration,
    /// Held until the client disconnects or the stream ends.
    _permit: StreamPermit,
}

/// `first` is the first of the events.
pub(super) fn stream_body(
    app: &Arc<AppState>,
    first: Option<OperationEvent>,
    events: OperationStream,
    framing: Framing,
    authorization: Option<String>,
    permit: StreamPermit,
) -> Body {
    let opening = stream::iter([framing.opening().to_owned()]);
    let events = stream::iter(first).chain(events);
    let complete = stream::iter([framing.complete().to_owned()]);
    let frames = opening
        .chain(events.map(move |event| framing.event(&event)))
        .chain(complete)
        .filter(|frame| std::future::ready(!frame.is_empty()));
    Body::from_stream(with_keep_alive(OpenStream {
        frames: frames.boxed(),
        closing: closing(Arc::clone(app), authorization).boxed(),
        framing,
        keep_alive: *app.limits.time.keep_alive,
        _permit: permit,
    }))
}

/// Adds a heartbeat in every pause, so that no proxy closes the connection as idle.
fn with_keep_alive(open: OpenStream) -> impl Stream<Item = Result<String, Infallible>> + Send {
    stream::unfold(Some(open), async |open| {
        let mut open = open?;
        // During a replay the next event is always ready: yield, so that other tasks on this thread run in between.
        yield_now().await;
        tokio::select! {
            biased;
            error = &mut open.closing => {
                let last = open.framing.closed_by_server(&error.graphql_error());
                (!last.is_empty()).then_some((Ok(last), None))
            }
            frame = timeout(open.keep_alive, open.frames.next()) => match frame {
                Ok(frame) => Some((Ok(frame?), Some(open))),
                Err(_) => Some((Ok(open.framing.heartbeat().to_owned()), Some(open))),
            },
        }
    })
}

/// Returns when the server has to end the stream.
async fn closing(app: Arc<AppState>, authorization: Option<String>) -> HttpError {
    let stopping = app.lifecycle.clone().stopping();
    tokio::select! {
        () = stopping => HttpError::shutting_down(),
        error = token_rejected(&app, authorization) => error,
    }
}

/// Returns when the token is revoked or has expired; never without a token, or because the database is unavailable.
async fn token_rejected(app: &AppState, authorization: Option<String>) -> HttpError {
    let Some(authorization) = authorization else {
        return std::future::pending().await;
    };
    loop {
        sleep(*app.limits.time.ping).await;
        match authenticate_header(app, Some(&authorization)).await {
            Err(error) if !error.is_server_error() => return error,
            _ => {}
        }
    }
}
