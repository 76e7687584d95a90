//! A WebSocket. Browsers let every page open one, so the handshake itself has to be denied.

use actix_web::{
    Error, HttpRequest, Responder, get, rt,
    web::{self, Payload},
};
use actix_ws::Message;
use cors_actix::cors;

/// Answers each message with the message. Without `enforce`, every page could open the socket, with the
/// cookies of the user.
#[cors(allow_origins = ["https://app.example.com"], allow_credentials, enforce)]
#[get("/chat")]
async fn chat(request: HttpRequest, body: Payload) -> Result<impl Responder, Error> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    rt::spawn(async move {
        while let Some(Ok(message)) = messages.recv().await {
            let sent = match message {
                Message::Text(text) => session.text(text).await,
                Message::Ping(bytes) => session.pong(&bytes).await,
                _ => break,
            };
            if sent.is_err() {
                return;
            }
        }
        // The client may have closed the socket before.
        let _ = session.close(None).await;
    });
    Ok(response)
}

/// Registers the route.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(chat);
}
