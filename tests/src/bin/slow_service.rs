//! A service that takes its time: a predicate that asks a slow database, and a slow handler. The test of SIGTERM asks
//! the service to end while a request waits for each of the two.

use std::{io, time::Duration};

use actix_web::{App, HttpServer, rt::time::sleep, web};
use cors_actix::{Cors, Policy};

const PAUSE: Duration = Duration::from_secs(2);

async fn slow() -> &'static str {
    sleep(PAUSE).await;
    "late"
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let is_tenant = |origin: &str| {
        let is_tenant = origin == "https://tenant.example";
        async move {
            sleep(PAUSE).await;
            is_tenant
        }
    };
    let policy = Policy::builder()
        .allow_origins(["https://listed.example"])
        .allow_origins_if_async(move |origin, _| is_tenant(origin.as_str()))
        .build()
        .map_err(io::Error::other)?;
    let app = move || {
        App::new()
            .wrap(Cors::new(&policy))
            .route("/slow", web::get().to(slow))
            .route("/", web::get().to(|| async { "at once" }))
    };
    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0))?;
    if let Some(address) = server.addrs().first() {
        println!("http://{address}");
    }
    server.run().await
}
