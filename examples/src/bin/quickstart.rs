//! An API on 127.0.0.1:8081, and a page on another origin that calls the API.
//!
//! `src/quickstart/api.rs` has one handler for each situation, under its policy.

use std::{io, process::ExitCode};

use actix_web::{App, HttpServer, middleware::Logger};
use cors_actix_examples::quickstart;
use futures_util::future;

const API_PORT: u16 = 8081;
const PAGE_PORT: u16 = 8080;

#[actix_web::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info"))
        .format(|out, record| io::Write::write_fmt(out, format_args!("{}\n", record.args())))
        .init();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), String> {
    let api = quickstart::api();
    let page = quickstart::page(format!("http://127.0.0.1:{API_PORT}"));

    let api =
        HttpServer::new(move || App::new().wrap(Logger::new("%s  %r")).configure(api.clone()))
            .bind(("127.0.0.1", API_PORT))
            .map_err(|error| cannot_listen(API_PORT, &error))?;
    let page = HttpServer::new(move || App::new().configure(page.clone()))
        .bind(("127.0.0.1", PAGE_PORT))
        .map_err(|error| cannot_listen(PAGE_PORT, &error))?;

    println!("{}", greeting());
    future::try_join(api.run(), page.run()).await.map_err(|error| error.to_string())?;
    Ok(())
}

fn cannot_listen(port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "Port {port} is taken: another program listens on 127.0.0.1:{port}.\n\
             Stop it (`lsof -i :{port}` tells which it is), then run this again."
        ),
        _ => format!("Cannot listen on 127.0.0.1:{port}: {error}."),
    }
}

fn greeting() -> String {
    let inspector = match cfg!(debug_assertions) {
        true => format!("  Ask   http://127.0.0.1:{API_PORT}/_cors   who may call what\n"),
        false => String::new(),
    };
    format!(
        "
  Open  http://127.0.0.1:{PAGE_PORT}   a page that calls
        http://127.0.0.1:{API_PORT}   an API on another origin
{inspector}
Or ask as a browser would before a PUT:

  curl -i -X OPTIONS http://127.0.0.1:{API_PORT}/items/7 \\
    -H 'Origin: http://127.0.0.1:{PAGE_PORT}' \\
    -H 'Access-Control-Request-Method: PUT' \\
    -H 'Access-Control-Request-Headers: content-type'

Look for `204 No Content` and `access-control-allow-origin: http://127.0.0.1:{PAGE_PORT}`.
With another Origin it is 403, and no access-control header at all.

Requests to the API appear below; Ctrl-C stops both servers.
"
    )
}
