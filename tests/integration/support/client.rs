//! A small HTTP client over real sockets, for tests of the running server.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One keep-alive connection.
pub(crate) struct Client {
    sender: SendRequest<Body>,
    address: SocketAddr,
}

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // A connection that breaks shows in the request that is sent on it.
        tokio::spawn(connection);
        Ok(Self { sender, address })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<(StatusCode, String), Failure> {
        let request = Request::get(path).body(Body::empty())?;
        self.send(request).await
    }

    pub(crate) async fn post(
        &mut self,
        path: &str,
        kind: &str,
        body: String,
    ) -> Result<(StatusCode, String), Failure> {
        self.post_with(None, path, kind, body).await
    }

    /// With an `Idempotency-Key`, if there is one.
    pub(crate) async fn post_with(
        &mut self,
        key: Option<&str>,
        path: &str,
        kind: &str,
        body: String,
    ) -> Result<(StatusCode, String), Failure> {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, kind);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body))?).await
    }

    pub(crate) async fn upload(
        &mut self,
        part: &str,
        csv: &str,
    ) -> Result<(StatusCode, String), Failure> {
        self.upload_with(None, part, csv).await
    }

    /// With an `Idempotency-Key`, if there is one.
    pub(crate) async fn upload_with(
        &mut self,
        key: Option<&str>,
        part: &str,
        csv: &str,
    ) -> Result<(StatusCode, String), Failure> {
        let form = format!(
            "--X\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{part}.csv\"\r\n\
             \r\n{csv}\r\n--X--\r\n"
        );
        let path = format!("/api/{}", part.trim_end_matches('s'));
        self.post_with(key, &path, "multipart/form-data; boundary=X", form)
            .await
    }

    /// Sends what a test made itself; an answer that is no text, such as a packed one, is a failure.
    pub(crate) async fn send(
        &mut self,
        mut request: Request<Body>,
    ) -> Result<(StatusCode, String), Failure> {
        let host = self.address.to_string().parse()?;
        request.headers_mut().insert(header::HOST, host);
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8(body.to_vec())?))
    }
}
