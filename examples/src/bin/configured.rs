//! Policies in a file, which are replaced when the file changes.
//!
//! The file is `examples/cors.toml`: two named policies, the paths that they are for, and what differs in
//! development and in production. Environment variables override the file. The code is in
//! `src/configured/`.
//!
//! # Development and production
//!
//! ```sh
//! CORS_PROFILE=development cargo run -p cors-actix-examples --features configured --bin configured
//! ```
//!
//! In a second terminal:
//!
//! ```sh
//! curl -i http://127.0.0.1:8082/items -H 'Origin: https://anyone.example'
//! curl -i -X PUT http://127.0.0.1:8082/admin/owner -H 'Origin: http://localhost:3000' \
//!     -H 'Content-Type: application/json' -d '"Ada"'
//! ```
//!
//! The first answer has `access-control-allow-origin: *`. The second has
//! `access-control-allow-origin: http://localhost:3000` and `access-control-allow-credentials: true`.
//! With `CORS_PROFILE=production`, or without the variable, only `https://admin.example` is allowed there.
//!
//! # While it runs
//!
//! Change the file in an editor, or so:
//!
//! ```sh
//! sed -i 's|"\*"|["https://a.example"]|' examples/cors.toml
//! curl -i http://127.0.0.1:8082/items -H 'Origin: https://anyone.example'
//! ```
//!
//! The answer has no `access-control-allow-origin` any more. A file with a problem changes nothing:
//!
//! ```sh
//! sed -i 's|https://a.example|https://A.example/|' examples/cors.toml
//! ```
//!
//! The log names the location and the text to write instead:
//!
//! ```text
//! the policies stay as they are: the CORS settings have 1 problem:
//!   examples/cors.toml: policies.public.allow_origins[0]: "https://A.example/" has …; write "https://a.example"
//! ```
//!
//! `git checkout examples/cors.toml` restores the file.
//!
//! All policies are built before one of them is replaced. Paths are read when the service starts; the log
//! says when they have changed. Programs that write the file should write another file in the same
//! directory and rename it, because the first half of a file may be without a problem.
//!
//! # Environment
//!
//! - `CORS_POLICIES_` + name + `_` + option, all in upper case, and `_` for each `-` of the name: an option
//!   that overrides the file. Lists have commas between items:
//!   `CORS_POLICIES_PUBLIC_ALLOW_ORIGINS="https://a.example, https://b.example"`
//! - `CORS_PROFILE`: `development` or `production`; `production` if not set
//! - `CORS_FILE`: the file, `examples/cors.toml` if not set
//! - `PORT`: the port on 127.0.0.1, 8082 if not set; 0 for a free one
//!
//! Variables are read when the service starts.

use std::{env, error::Error, io, sync::Arc, thread};

use actix_web::{App, HttpServer};
use cors_actix_examples::configured::{self, LivePolicies, Sources};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let log = env_logger::Env::default().default_filter_or("warn,cors_actix_examples=info");
    env_logger::init_from_env(log);
    let port = env::var("PORT").map_or(Ok(8082), |port| port.parse()).map_err(io::Error::other)?;

    let sources = Sources::from_env()?;
    let text = sources.text()?;
    let policies = Arc::new(LivePolicies::new(sources.settings(&text)?));
    let followed = Arc::clone(&policies);
    // A thread, because the file and its events are read with blocking calls.
    thread::Builder::new()
        .name("cors.toml".to_owned())
        .spawn(move || configured::follow(&sources, text, &followed))?;

    let app = move || App::new().wrap(policies.layer()).configure(configured::configure);
    let server = HttpServer::new(app).bind(("127.0.0.1", port))?;
    for address in server.addrs() {
        println!("http://{address}");
    }
    Ok(server.run().await?)
}
