//! A web request of a record: the `http-request-ext` of its connection, and `url`.

use super::traffic::Connection;
use super::{Seen, number, text};
use std::borrow::Cow;
use vigie_model::event::{Observed, Path};

/// What is known of a request.
#[derive(Default)]
pub(super) struct Http<'a> {
    host: Option<Cow<'a, str>>,
    port: Option<u16>,
    uri: Option<Cow<'a, str>>,
    method: Option<Cow<'a, str>>,
    user_agent: Option<Cow<'a, str>>,
    referer: Option<Cow<'a, str>>,
}

impl<'a> Http<'a> {
    fn is_empty(&self) -> bool {
        self.host.is_none()
            && self.uri.is_none()
            && self.method.is_none()
            && self.user_agent.is_none()
            && self.referer.is_none()
    }

    pub(super) fn set_host(&mut self, text: Cow<'a, str>) -> bool {
        self.host = Some(text);
        true
    }

    pub(super) fn set_port(&mut self, text: &str) -> bool {
        let port = number(text).and_then(|it| u16::try_from(it).ok());
        self.port = port.filter(|it| *it > 0);
        port.is_some()
    }

    pub(super) fn set_uri(&mut self, text: Cow<'a, str>) -> bool {
        self.uri = Some(text);
        true
    }

    /// STIX wants the method in lower case.
    pub(super) fn set_method(&mut self, text: &str) -> bool {
        self.method = Some(match text {
            "GET" => "get".into(),
            "POST" => "post".into(),
            "HEAD" => "head".into(),
            "CONNECT" => "connect".into(),
            _ => text.to_lowercase().into(),
        });
        true
    }

    pub(super) fn set_user_agent(&mut self, text: Cow<'a, str>) -> bool {
        self.user_agent = Some(text);
        true
    }

    pub(super) fn set_referer(&mut self, text: Cow<'a, str>) -> bool {
        self.referer = Some(text);
        true
    }
}

impl<'a> Seen<'a> {
    /// Adds the request to its connection, its host, and its URL.
    pub(super) fn finish_http(&mut self, connection: Option<Connection<'a>>) {
        if self.http.is_empty() {
            return;
        }
        let http = std::mem::take(&mut self.http);
        if let Some(host) = &http.host {
            self.host(host);
        }
        self.finish_url(&http, connection.as_ref());
        let properties = [
            (Path::HttpMethod, http.method),
            (Path::HttpValue, http.uri),
            (Path::HttpHost, http.host),
            (Path::HttpUserAgent, http.user_agent),
            (Path::HttpReferer, http.referer),
        ];
        let present = properties.into_iter().filter_map(|(path, text)| Some((path, text?)));
        let mut object = connection.map(|it| it.object);
        for (path, text) in present {
            object = object.or_else(|| self.new_object());
            let Some(object) = object else { return };
            self.push(object, path, Observed::Text(text));
        }
    }

    /// `http://host[:port]/path`. Where the header names no port and the server's is not 80, the request can have been
    /// meant for either, so both forms are added.
    fn finish_url(&mut self, http: &Http<'a>, connection: Option<&Connection<'a>>) {
        let Some(uri) = &http.uri else { return };
        if text::has_scheme(uri) && uri.contains("://") {
            self.url(uri.clone());
            return;
        }
        if http.method.as_deref() == Some("connect") {
            self.host(uri);
            return;
        }
        let named = http.host.as_ref().map(text::host_and_port).filter(|it| text::is_host(&it.0));
        let server = connection.and_then(|it| it.server.clone()).map(|it| (it, None));
        let Some((host, port)) = named.or(server).filter(|_| **uri != *"*") else { return };
        let host = text::address(&host).map_or(host, |it| it.1);
        let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
        let slash = if uri.starts_with('/') { "" } else { "/" };
        let url = |port: Option<u16>| match port {
            Some(port) if port != 80 => format!("http://{open}{host}{close}:{port}{slash}{uri}"),
            _ => format!("http://{open}{host}{close}{slash}{uri}"),
        };
        let told = port.or(http.port);
        self.object(Path::Url, Cow::Owned(url(told)));
        let port = connection.and_then(|it| it.server_port);
        if let (None, Some(port)) = (told, port)
            && port != 80
        {
            self.object(Path::Url, Cow::Owned(url(Some(port))));
        }
    }
}
