//! Measures requests per second over loopback, with a real server and `wrk`: without a layer, with actix-cors
//! and with `Cors`.
//!
//! `cargo bench -p cors-actix --bench throughput [-- ROUNDS]`. Every round measures all three. The benchmark
//! prints the median and the spread of the rounds' ratios, because the rates depend on the machine.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
};

use actix_web::{
    App, HttpServer,
    dev::{ServiceFactory, ServiceRequest},
    web,
};
use cors_actix::{Cors, Policy};

const SERVE: &str = "--serve";
const BARE: &str = "bare";
const ACTIX_CORS: &str = "actix-cors";
const CORS: &str = "Cors";
const ORIGINS: [&str; 3] =
    ["https://site0.example", "https://site1.example", "https://site2.example"];

const ACTUAL: &str = r#"wrk.headers["Origin"] = "https://site2.example""#;
const PREFLIGHT: &str = r#"
wrk.method = "OPTIONS"
wrk.headers["Origin"] = "https://site2.example"
wrk.headers["Access-Control-Request-Method"] = "PUT"
wrk.headers["Access-Control-Request-Headers"] = "content-type"
"#;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some([_, column]) = arguments.windows(2).find(|pair| pair[0] == SERVE) {
        return actix_web::rt::System::new().block_on(serve(column));
    }
    let rounds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(9);
    let servers = [BARE, ACTIX_CORS, CORS].map(Server::start);
    let [bare, actix_cors, cors] = servers;
    let (bare, actix_cors, cors) = (bare?, actix_cors?, cors?);
    for (name, script, empty) in [("actual", ACTUAL, false), ("preflight", PREFLIGHT, true)] {
        let (mut to_bare, mut to_actix_cors) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let without = bare.rate(script)?;
            let theirs = actix_cors.rate(script)?;
            let ours = cors.rate(script)?;
            to_bare.push(ours / without);
            to_actix_cors.push(ours / theirs);
        }
        println!("{name}: Cors / actix-cors {}", spread(to_actix_cors));
        // The bare app answers OPTIONS with 404, so a comparison would say nothing.
        if !empty {
            println!("{name}: Cors / bare       {}", spread(to_bare));
        }
    }
    Ok(())
}

fn spread(mut ratios: Vec<f64>) -> String {
    ratios.sort_by(f64::total_cmp);
    let at = |part: usize| ratios.get(part * (ratios.len() - 1) / 4).copied().unwrap_or(f64::NAN);
    format!(
        "{:.3} (quartiles {:.3} to {:.3}, all {:.3} to {:.3})",
        at(2),
        at(1),
        at(3),
        at(0),
        at(4)
    )
}

struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(column: &str) -> io::Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args([SERVE, column])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse().map_err(io::Error::other)?;
        Ok(Server { process, port })
    }

    /// Returns the requests per second, measured over two seconds.
    fn rate(&self, script: &str) -> io::Result<f64> {
        let path = env::temp_dir().join(format!("cors-actix-{}.lua", std::process::id()));
        io::Write::write_all(&mut std::fs::File::create(&path)?, script.as_bytes())?;
        let output = Command::new("wrk")
            .args(["--threads", "1", "--connections", "16", "--duration", "2", "--script"])
            .arg(&path)
            .arg(format!("http://127.0.0.1:{}/", self.port))
            .output()
            .map_err(|error| {
                let mend = format!("wrk does not start ({error}); Debian: apt-get install wrk");
                io::Error::new(error.kind(), mend)
            })?;
        std::fs::remove_file(path)?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines()
            .find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok())
            .ok_or_else(|| io::Error::other(format!("wrk says: {text}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn serve(column: &str) -> io::Result<()> {
    let policy = Policy::builder()
        .allow_origins(ORIGINS)
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .allow_credentials(true)
        .max_age(600)
        .build()
        .map_err(io::Error::other)?;
    let theirs = || {
        let cors = actix_cors::Cors::default()
            .allowed_methods(["GET", "PUT"])
            .allowed_headers(["content-type"])
            .supports_credentials()
            .max_age(600);
        ORIGINS.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
    };
    match column {
        BARE => listen(App::new).await,
        ACTIX_CORS => listen(move || App::new().wrap(theirs())).await,
        _ => listen(move || App::new().wrap(Cors::new(&policy))).await,
    }
}

async fn listen<T, B>(app: impl Fn() -> App<T> + Clone + Send + 'static) -> io::Result<()>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = actix_web::dev::ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: actix_web::body::MessageBody + 'static,
{
    let server = HttpServer::new(move || app().route("/", web::get().to(|| async { "hello" })));
    let server = server.workers(1).bind(("127.0.0.1", 0))?;
    let port = server.addrs().first().map_or(0, std::net::SocketAddr::port);
    println!("{port}");
    io::stdout().flush()?;
    server.run().await
}
