//! A WebSocket over sockets: the handshakes of other pages are denied.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, get, web::Payload};
use cors_actix::cors;
use cors_actix_examples::recipes::websocket;
use cors_actix_tests::Server;

use crate::{APP, EVIL};

/// Sends a handshake, and returns the head of the response with the open connection.
fn handshake(address: SocketAddr, origin: Option<&str>) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let origin = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
    let request = format!(
        "GET /chat HTTP/1.1\r\nHost: api.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{origin}\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    (String::from_utf8(head).unwrap().to_ascii_lowercase(), stream)
}

/// Sends a text of one frame, and returns the text of the frame that comes back (RFC 6455, section 5.2).
fn echo(mut stream: &TcpStream, text: &str) -> String {
    let length = u8::try_from(text.len()).unwrap();
    // A final frame with text, with the mask 0.
    let head = [0x81, 0x80 | length, 0, 0, 0, 0];
    stream.write_all(&[&head, text.as_bytes()].concat()).unwrap();
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head[0], 0x81, "a final frame with text");
    let mut text = vec![0; usize::from(head[1])];
    stream.read_exact(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn the_page_of_the_app_and_clients_without_a_page_open_the_socket() {
    let server = Server::start(|| App::new().configure(websocket::configure));
    for origin in [Some(APP), None] {
        let (head, stream) = handshake(server.address(), origin);
        assert!(head.starts_with("http/1.1 101 "), "{head}");
        assert_eq!(echo(&stream, "hello"), "hello");
    }
}

#[test]
fn other_pages_do_not_open_the_socket() {
    let server = Server::start(|| App::new().configure(websocket::configure));
    for origin in [EVIL, "null", "https://app.example.com.evil.example"] {
        let (head, _) = handshake(server.address(), Some(origin));
        assert!(head.starts_with("http/1.1 403 "), "{origin}: {head}");
        assert!(!head.contains("\r\nupgrade:"), "{origin}: {head}");
    }
}

#[cors(allow_origins = ["https://app.example.com"], allow_credentials)]
#[get("/chat")]
async fn open_to_all(
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let (response, session, _) = actix_ws::handle(&request, body)?;
    session.close(None).await.map_err(actix_web::error::ErrorInternalServerError)?;
    Ok(response)
}

#[test]
fn without_enforce_every_page_opens_the_socket() {
    let server = Server::start(|| App::new().service(open_to_all));
    let (head, _) = handshake(server.address(), Some(EVIL));
    assert!(head.starts_with("http/1.1 101 "), "{head}");
}
