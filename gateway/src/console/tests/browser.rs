//! One browser, or one script, with an official's card in it.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode, header};
use axum::{Extension, Router};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::world::PIN;
use crate::serve::Peer;

pub(super) struct Browser {
    router: Router,
    pub(super) cookie: Option<String>,
    pub(super) csrf: String,
    /// What the next requests say besides.
    pub(super) headers: Vec<(header::HeaderName, String)>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: header::HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON was asked for")
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The code of a refusal, from either face.
    pub(super) fn code(&self) -> String {
        match serde_json::from_str::<Value>(&self.body) {
            Ok(problem) => problem["code"].as_str().unwrap_or_default().to_owned(),
            Err(_) => {
                let at = self.body.find("Code G-").map(|at| at + "Code ".len());
                at.and_then(|at| self.body.get(at..at + 6)).unwrap_or_default().to_owned()
            }
        }
    }
}

impl Browser {
    /// With the card of this official; none for a certificate without a number.
    pub(super) fn with_card(router: &Router, official: Option<&str>) -> Self {
        let serial = official.map(|id| format!("card-{id}"));
        let peer = Peer { serial, address: IpAddr::V4(Ipv4Addr::LOCALHOST) };
        Self {
            router: router.clone().layer(Extension(peer)),
            cookie: None,
            csrf: String::new(),
            headers: Vec::new(),
        }
    }

    pub(super) async fn signed_in(router: &Router, official: &str) -> Self {
        let mut browser = Self::with_card(router, Some(official));
        let answer = browser.sign_in(PIN).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        browser
    }

    pub(super) async fn sign_in(&mut self, pin: &str) -> Answer {
        let asked = self.json("/sign-in").await;
        if let Some(csrf) = asked.json()["csrf"].as_str() {
            csrf.clone_into(&mut self.csrf);
        }
        let answer = self.send("/sign-in", &[("pin", pin)]).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        if answer.status.is_success() {
            self.cookie = Some(cookie);
            self.csrf = answer.json()["csrf"].as_str().expect("a token").to_owned();
        }
        answer
    }

    /// As a person.
    pub(super) async fn page(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, "text/html", None).await
    }

    /// As a script.
    pub(super) async fn json(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, "application/json", None).await
    }

    /// A script's form.
    pub(super) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, "application/json", Some(self.form(fields))).await
    }

    /// A person's form.
    pub(super) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, "text/html", Some(self.form(fields))).await
    }

    fn form(&self, fields: &[(&str, &str)]) -> String {
        let token = [("csrf", self.csrf.as_str())];
        let fields =
            fields.iter().chain(&token).map(|(name, value)| format!("{name}={}", value.replace(' ', "+")));
        fields.collect::<Vec<_>>().join("&")
    }

    pub(super) async fn raw(&self, request: Request) -> Response<Body> {
        self.router.clone().oneshot(request).await.expect("routes do not fail")
    }

    pub(super) async fn ask(&self, method: Method, path: &str, accept: &str, form: Option<String>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
        if !self.headers.iter().any(|(name, _)| *name == header::HOST) {
            request = request.header(header::HOST, "127.0.0.1:8444");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(form.map_or_else(Body::empty, Body::from)).expect("a sound request");
        let response = self.raw(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
