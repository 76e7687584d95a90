//! An allow-list per tenant in a database, which changes while the service runs.
//!
//! The list becomes a policy behind a handle. An administrator adds an origin, and a new policy replaces
//! the old one: all workers follow at once. The code is in `src/tenants/`.
//!
//! # One process, SQLite
//!
//! ```sh
//! cargo run -p cors-actix-examples --features tenants --bin tenants
//! ```
//!
//! In a second terminal:
//!
//! ```sh
//! curl -i http://127.0.0.1:8081/orders -H 'Origin: https://shop.example'
//! curl -i -X PUT http://127.0.0.1:8081/tenants/7/origins -H 'Authorization: Bearer admin' \
//!     -H 'Content-Type: application/json' -d '"https://shop.example"'
//! curl -i http://127.0.0.1:8081/orders -H 'Origin: https://shop.example'
//! ```
//!
//! The first answer has no `access-control-allow-origin`, the last one has. An origin that browsers never
//! send (`"https://Shop.example/"`) is answered with 422 and the repaired text, and nothing is stored.
//!
//! # Several processes, PostgreSQL
//!
//! A server for a try, on Debian. As root, after `apt-get install postgresql`:
//!
//! ```sh
//! mkdir -m 700 /tmp/tenants && chown postgres /tmp/tenants && cd /tmp/tenants
//! runuser -u postgres -- /usr/lib/postgresql/*/bin/initdb -D data -A trust
//! runuser -u postgres -- /usr/lib/postgresql/*/bin/postgres -D data -k /tmp/tenants -h 127.0.0.1 -p 5433
//! ```
//!
//! Two processes, each in a terminal of its own:
//!
//! ```sh
//! export DATABASE_URL=postgres://postgres@127.0.0.1:5433/postgres
//! PORT=8081 cargo run -p cors-actix-examples --features tenants --bin tenants
//! ```
//!
//! ```sh
//! export DATABASE_URL=postgres://postgres@127.0.0.1:5433/postgres
//! PORT=8082 cargo run -p cors-actix-examples --features tenants --bin tenants
//! ```
//!
//! Add the origin to the first process with `curl` as above. Then the second allows the origin as well:
//!
//! ```sh
//! curl -i http://127.0.0.1:8082/orders -H 'Origin: https://shop.example'
//! ```
//!
//! A process that has lost its connection serves with its last policy, connects again, and reads what has
//! changed meanwhile. Other programs write into the table `origin` and run `NOTIFY origins` in the same
//! transaction. Rows that are not origins are logged and skipped.
//!
//! # Environment
//!
//! - `DATABASE_URL`: `postgres://…`, or `sqlite:…` for one process; `sqlite:tenants.sqlite?mode=rwc` if
//!   not set
//! - `PORT`: the port on 127.0.0.1, 8081 if not set; 0 for a free one

use std::{env, io};

use actix_web::{App, HttpServer, rt, web::Data};
use cors_actix_examples::tenants::{self, Tenants};

#[actix_web::main]
async fn main() -> io::Result<()> {
    env_logger::init_from_env(env_logger::Env::default().default_filter_or("warn"));
    let url = env::var("DATABASE_URL");
    let url = url.as_deref().unwrap_or("sqlite:tenants.sqlite?mode=rwc");
    let port = env::var("PORT").map_or(Ok(8081), |port| port.parse()).map_err(io::Error::other)?;

    let tenants = Data::new(Tenants::open(url).await.map_err(io::Error::other)?);
    let shared = tenants.clone();
    let follower = rt::spawn(async move { tenants::follow(&shared).await });

    let app = move || {
        let layer = tenants::layer(&tenants);
        App::new().app_data(tenants.clone()).wrap(layer).configure(tenants::configure)
    };
    let server = HttpServer::new(app).bind(("127.0.0.1", port))?;
    for address in server.addrs() {
        println!("http://{address}");
    }
    let served = server.run().await;
    // Before the runtime ends, because `sqlx` needs the runtime to close a connection.
    follower.abort();
    let _ = follower.await;
    served
}
