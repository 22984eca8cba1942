//! Held bytes of requests and responses: counts the body of a request until its response is complete, and the body of a
//! response until the kernel has taken it (see [`ResourceLimiter`]).
//!
//! A response that would exceed the limit is replaced by an error; a stream ends, and its client resumes.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use parking_lot::Mutex;

use super::request_context::RequestContext;
use crate::http::{
    clients::{
        client_ip::ClientIp,
        held_bytes::{UNCOUNTED_BYTES, UNCOUNTED_RESPONSE_BYTES, hold},
        resource_exceeded::ResourceExceeded,
        resource_limiter::{ResourceLimiter, ResourcePermit},
    },
    response::error::HttpError,
    state::AppState,
};

pub(crate) async fn count_held_bytes(
    State(app): State<Arc<AppState>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(context) = request.extensions().get::<RequestContext>() else {
        return next.run(request).await;
    };
    let client = context.client_ip;
    let count = RequestCount::new(&app.memory, client);
    let request = match count.count(request, app.limits.transport.body_bytes) {
        Ok(request) => request,
        Err(exceeded) => return HttpError::resource_exceeded(exceeded).into_response(),
    };
    let response = next.run(request).await;
    if let Some(exceeded) = count.exceeded() {
        return HttpError::resource_exceeded(exceeded).into_response();
    }
    count_response(&app.memory, client, response)
}

/// The bytes of one request's body. Clones share the count.
#[derive(Clone)]
struct RequestCount(Arc<Mutex<Count>>);

struct Count {
    bytes: usize,
    permit: ResourcePermit,
    exceeded: Option<ResourceExceeded>,
}

impl RequestCount {
    fn new(limiter: &ResourceLimiter, client: ClientIp) -> Self {
        Self(Arc::new(Mutex::new(Count {
            bytes: 0,
            permit: limiter.permit(client),
            exceeded: None,
        })))
    }

    /// Counts a body of known length now, and another one as it arrives. One that is too large is rejected elsewhere.
    fn count(&self, request: Request, max: usize) -> Result<Request, ResourceExceeded> {
        let hint = request.body().size_hint();
        let Some(length) = hint.exact() else {
            let count = self.clone();
            return Ok(request.map(|body| {
                counted_body(body, move |frame| {
                    count.add(frame.data_ref().map_or(0, Bytes::len))?;
                    Ok(frame)
                })
            }));
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length <= max {
            self.add(length)?;
        }
        Ok(request)
    }

    fn add(&self, bytes: usize) -> Result<(), ResourceExceeded> {
        let mut count = self.0.lock();
        count.bytes += bytes;
        let total = count.bytes;
        if total <= UNCOUNTED_BYTES {
            return Ok(());
        }
        let result = count.permit.grow_to(total);
        count.exceeded = result.err();
        result
    }

    fn exceeded(&self) -> Option<ResourceExceeded> {
        self.0.lock().exceeded
    }
}

/// The response with its body counted, or an error in its place.
fn count_response(limiter: &ResourceLimiter, client: ClientIp, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let mut reserved = limiter.permit(client);
    if let Some(length) = body.size_hint().exact() {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length <= UNCOUNTED_RESPONSE_BYTES {
            return Response::from_parts(parts, body);
        }
        if let Err(exceeded) = reserved.resize(length) {
            return HttpError::resource_exceeded(exceeded).into_response();
        }
    }
    let body = counted_body(body, move |frame| match frame.into_data() {
        Ok(data) => {
            let permit = reserved.split_off(data.len())?;
            Ok(Frame::data(hold(data, permit)))
        }
        Err(trailers) => Ok(trailers),
    });
    Response::from_parts(parts, body)
}

/// The body with each frame counted by `count`, which may reject it.
fn counted_body<F>(body: Body, count: F) -> Body
where
    F: FnMut(Frame<Bytes>) -> Result<Frame<Bytes>, ResourceExceeded> + Unpin + Send + 'static,
{
    Body::new(CountedBody { body, count })
}

struct CountedBody<F> {
    body: Body,
    count: F,
}

impl<F> HttpBody for CountedBody<F>
where
    F: FnMut(Frame<Bytes>) -> Result<Frame<Bytes>, ResourceExceeded> + Unpin,
{
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let frame = frame.map(|frame| (self.count)(frame?).map_err(axum::Error::new));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
