//! The service of the device: HTTP on this machine with the verbs of the interface.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Interval, interval};

use crate::device::Device;
use crate::fault::Fault;

/// A service that runs until it is dropped, or until it vanishes by a fault.
pub struct Service {
    /// Where it listens.
    pub port: u16,
    /// The device behind it.
    pub device: Arc<Device>,
    end: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Service {
    /// Starts on a port, or with 0 on a free one. A capture takes `delay`.
    ///
    /// # Errors
    /// When the port is taken or there is no thread for it.
    pub fn start(device: Arc<Device>, port: u16, delay: Duration) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (end, ended) = watch::channel(false);
        let (shared, stop) = (Arc::clone(&device), end.clone());
        let thread = std::thread::Builder::new().name("sbi-device".into()).spawn(move || {
            runtime.block_on(async {
                if let Ok(listener) = TcpListener::from_std(listener) {
                    listen(listener, shared, delay, stop, ended).await;
                }
            });
        })?;
        Ok(Self { port, device, end, thread: Some(thread) })
    }

    /// Waits until the service ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.end.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn listen(
    listener: TcpListener,
    device: Arc<Device>,
    delay: Duration,
    stop: watch::Sender<bool>,
    mut ended: watch::Receiver<bool>,
) {
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted { Ok((stream, _)) => stream, Err(_) => continue },
            _ = ended.wait_for(|end| *end) => return,
        };
        let (device, stop, mut ended) = (Arc::clone(&device), stop.clone(), ended.clone());
        tokio::spawn(async move {
            let answer = hyper::service::service_fn(move |request| {
                serve(Arc::clone(&device), request, delay, stop.clone())
            });
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
            tokio::select! { _ = connection => {}, _ = ended.wait_for(|end| *end) => {} }
        });
    }
}

async fn serve(
    device: Arc<Device>,
    request: Request<Incoming>,
    delay: Duration,
    stop: watch::Sender<bool>,
) -> Result<Response<Parts>, Infallible> {
    let (verb, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
    let body = Limited::new(request.into_body(), 1 << 20).collect().await.map(|body| body.to_bytes());
    let asked: Value = body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or(Value::Null);
    let said = match (verb.as_str(), path.as_str()) {
        ("MOSIPDISC", "/device") => device.discovery(asked["type"].as_str().unwrap_or_default()),
        ("MOSIPDINFO", "/info") => device.info(),
        ("RCAPTURE", "/capture") => return Ok(captured(&device, &asked, delay, stop).await),
        ("CAPTURE", "/capture") => {
            json!({ "biometrics": [], "error": { "errorCode": "501", "errorInfo": "" } })
        }
        ("STREAM", "/stream") => return Ok(streamed(&device)),
        ("POST", "/admin/fault") => match asked["fault"].as_str().unwrap_or_default().parse() {
            Ok(fault) => {
                device.set_fault(fault);
                json!({ "fault": "set" })
            }
            Err(text) => json!({ "error": text }),
        },
        _ => return Ok(status(StatusCode::METHOD_NOT_ALLOWED)),
    };
    Ok(whole(&said))
}

async fn captured(
    device: &Device,
    asked: &Value,
    delay: Duration,
    stop: watch::Sender<bool>,
) -> Response<Parts> {
    tokio::time::sleep(delay).await;
    let fault = device.fault();
    if fault == Fault::Hang {
        std::future::pending::<()>().await;
    }
    let said = Bytes::from(device.capture(asked).to_string());
    let half = said.slice(..said.len() / 2);
    let (parts, then) = match fault {
        Fault::Stall => (vec![half], Then::Wait),
        Fault::Vanish => {
            // Half of the answer leaves, then the service is gone with all of its connections.
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let _ = stop.send(true);
            });
            (vec![half], Then::Wait)
        }
        Fault::Garbage => (vec![Bytes::from_static(b"\x00\xff<<<not the interface>>>")], Then::End),
        Fault::Endless => (vec![said.clone()], Then::Again(Bytes::from(vec![b' '; 1 << 20]))),
        _ => (vec![said.clone()], Then::End),
    };
    answer("application/json", Parts { parts: parts.into(), then, every: None })
}

/// A live picture, in the form of the open mock: the delimiter is the boundary as declared.
fn streamed(device: &Device) -> Response<Parts> {
    let picture = device.live_picture();
    let head =
        format!("--BoundaryString\r\nContent-Type:image/jpeg\r\nContent-Length:{}\r\n\r\n", picture.len());
    let part = Bytes::from([head.as_bytes(), &picture, b"\r\n\r\n"].concat());
    let body = Parts { parts: VecDeque::new(), then: Then::Again(part), every: Some(interval(LIVE_EVERY)) };
    answer("multipart/x-mixed-replace; boundary=--BoundaryString", body)
}

const LIVE_EVERY: Duration = Duration::from_millis(40);

fn whole(said: &Value) -> Response<Parts> {
    let parts = VecDeque::from([Bytes::from(said.to_string())]);
    answer("application/json", Parts { parts, then: Then::End, every: None })
}

fn answer(content_type: &str, body: Parts) -> Response<Parts> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert("Cache-Control", hyper::header::HeaderValue::from_static("no-store"));
    if let Ok(value) = content_type.parse() {
        headers.insert("Content-Type", value);
    }
    response
}

fn status(status: StatusCode) -> Response<Parts> {
    let mut response = whole(&Value::Null);
    *response.status_mut() = status;
    response
}

/// A body in parts, and what comes after them.
struct Parts {
    parts: VecDeque<Bytes>,
    then: Then,
    every: Option<Interval>,
}

enum Then {
    End,
    Wait,
    Again(Bytes),
}

impl Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(every) = &mut self.every
            && every.poll_tick(context).is_pending()
        {
            return Poll::Pending;
        }
        if let Some(part) = self.parts.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        match &self.then {
            Then::End => Poll::Ready(None),
            Then::Wait => Poll::Pending,
            Then::Again(part) => Poll::Ready(Some(Ok(Frame::data(part.clone())))),
        }
    }
}
