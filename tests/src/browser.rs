//! Real browsers of every engine, headless, driven by WebDriver.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde_json::{Map, Value, json};

use crate::{
    client::{self, Request},
    process::free_port,
    socks,
};

/// The part of a browser that decides on CORS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Chromium.
    Blink,
    /// Firefox.
    Gecko,
    /// MiniBrowser of WebKitGTK.
    WebKit,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Engine; 3] = [Engine::Blink, Engine::Gecko, Engine::WebKit];

    /// Returns the engines that the environment variable `ENGINES` names. `all` means every engine; without the
    /// variable, the result is Blink.
    pub fn named() -> Vec<Self> {
        let find = |name: &str| Engine::ALL.into_iter().find(|engine| engine.name() == name);
        match env::var("ENGINES").as_deref() {
            Err(_) => vec![Engine::Blink],
            Ok("all") => Engine::ALL.to_vec(),
            Ok(names) => {
                names.split(',').map(|name| find(name).expect("an engine's name")).collect()
            }
        }
    }

    /// Returns the name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Blink => "blink",
            Engine::Gecko => "gecko",
            Engine::WebKit => "webkit",
        }
    }

    /// Returns the command that starts the driver. All three drivers take the port in the same way.
    fn driver(self, port: u16) -> Command {
        let mut driver = Command::new(match self {
            Engine::Blink => "chromedriver",
            Engine::Gecko => "geckodriver",
            Engine::WebKit => "WebKitWebDriver",
        });
        driver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        if self == Engine::Gecko {
            // The console of Firefox is read with the rights of the browser itself.
            driver.arg("--allow-system-access");
        }
        driver
    }

    fn capabilities(self, proxy: u16) -> Map<String, Value> {
        let (name, options) = match self {
            Engine::Blink => ("goog:chromeOptions", chromium(proxy)),
            Engine::Gecko => ("moz:firefoxOptions", firefox(proxy)),
            Engine::WebKit => ("webkitgtk:browserOptions", mini_browser(proxy)),
        };
        let patience = json!({ "script": 600_000 });
        [("acceptInsecureCerts", json!(true)), ("timeouts", patience), (name, options)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

fn chromium(proxy: u16) -> Value {
    let proxy = format!("--proxy-server=socks5://127.0.0.1:{proxy}");
    let args = json!([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        // An origin of `http` stays one.
        "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
        proxy,
    ]);
    // Cookies go wherever Fetch and RFC 6265bis send them.
    json!({ "args": args, "prefs": { "profile.cookie_controls_mode": 0 } })
}

fn firefox(proxy: u16) -> Value {
    json!({
        "binary": "/usr/bin/firefox-esr",
        "args": ["-headless"],
        "prefs": {
            "network.proxy.type": 1,
            "network.proxy.socks": "127.0.0.1",
            "network.proxy.socks_port": proxy,
            "network.proxy.socks_version": 5,
            "network.proxy.socks_remote_dns": true,
            "network.proxy.allow_hijacking_localhost": true,
            // An origin of `http` stays one.
            "dom.security.https_first": false,
            // Cookies go wherever Fetch and RFC 6265bis send them.
            "network.cookie.cookieBehavior": 0,
        },
    })
}

fn mini_browser(proxy: u16) -> Value {
    let libraries = ["4.1", "4.0", "6.0"].map(|version| {
        PathBuf::from(format!(
            "/usr/lib/{}-linux-gnu/webkit2gtk-{version}/MiniBrowser",
            env::consts::ARCH
        ))
    });
    let binary = libraries.iter().find(|binary| binary.exists());
    json!({
        "binary": binary.expect("MiniBrowser is there; `tests/engines` installs it"),
        "args": [
            "--automation",
            format!("--proxy=socks5://127.0.0.1:{proxy}"),
            // Cookies go wherever Fetch and RFC 6265bis send them.
            "--cookies-policy=always",
        ],
    })
}

/// A browser with a new profile, whose host names lead to the given ports. The browser ends when the value
/// is dropped.
#[derive(Debug)]
pub struct Browser {
    /// The browser's only tab.
    pub tab: Client,
    /// The engine.
    pub engine: Engine,
    session: String,
    port: u16,
    driver: Child,
    _display: Option<Display>,
}

impl Browser {
    /// Starts Chromium, with host names as in [`loopback`].
    pub async fn start() -> Self {
        Browser::open(Engine::Blink, loopback).await
    }

    /// Starts the driver and the browser. `find` returns the loopback port for a host and its port.
    pub async fn open(
        engine: Engine,
        find: impl Fn(&str, u16) -> Option<u16> + Send + Sync + 'static,
    ) -> Self {
        let proxy = socks::start(find);
        let display = (engine == Engine::WebKit).then(Display::start);
        let (driver, port) = start_driver(engine, display.as_ref()).await;
        let tab = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(engine.capabilities(proxy))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| panic!("{engine:?} does not start: {error}"));
        let session = tab.session_id().await.expect("the session is new").expect("it has a name");
        Browser { tab, engine, session, port, driver, _display: display }
    }

    /// Returns the name and version that the browser reports.
    pub fn version(&self) -> String {
        let told = |key: &str| {
            let capabilities = self.tab.capabilities();
            let value = capabilities.and_then(|all| all.get(key)).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        format!("{} {}", told("browserName"), told("browserVersion"))
    }

    /// Sends a command that only this engine's driver has, and returns the result.
    ///
    /// # Panics
    /// If the driver does not know the command.
    pub fn command(&self, name: &str, arguments: &Value) -> Value {
        let Browser { session, port, .. } = self;
        let request = Request::bare("POST", &format!("/session/{session}/{name}"))
            .line("Host", format!("127.0.0.1:{port}"))
            .line("Content-Type", "application/json")
            .body(arguments.to_string());
        let response = client::Client::connect((Ipv4Addr::LOCALHOST, *port).into()).send(&request);
        assert_eq!(response.status, 200, "{name}: {}", response.text());
        let mut answer: Value = serde_json::from_slice(&response.body).expect("the result is JSON");
        answer["value"].take()
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Value {
        self.tab.execute(script, Vec::new()).await.expect("the script runs")
    }

    /// Waits until an expression is true in the page.
    pub async fn wait_for(&self, expression: &str) {
        const PATIENCE: Duration = Duration::from_secs(60);
        const PAUSE: Duration = Duration::from_millis(50);
        let script = format!("return Boolean({expression})");
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if self.run(&script).await == Value::Bool(true) {
                return;
            }
            actix_web::rt::time::sleep(PAUSE).await;
        }
        panic!("{expression} did not come true in {PATIENCE:?}");
    }
}

impl Drop for Browser {
    /// Ends the session first, because the driver then ends its browser. A driver that is killed leaves its
    /// browser running.
    fn drop(&mut self) {
        let Browser { session, port, .. } = self;
        let ended = ask(*port, "DELETE", &format!("/session/{session}"));
        if !matches!(ended, Ok(true)) {
            eprintln!("the browser may still be there: {ended:?}");
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Maps every name under `.test` to this machine.
pub fn loopback(host: &str, port: u16) -> Option<u16> {
    (host.ends_with(".test") || host == "127.0.0.1").then_some(port)
}

/// A virtual screen.
#[derive(Debug)]
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts; `tests/engines` installs it");
        let stdout = server.stdout.take().expect("its output is piped");
        let mut number = String::new();
        BufReader::new(stdout).read_line(&mut number).expect("Xvfb tells its display");
        Display { server, name: format!(":{}", number.trim()) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Starts the driver on a free port, which it returns. Another test can take the port before the driver does. The driver
/// then exits, and the next one gets another port.
async fn start_driver(engine: Engine, display: Option<&Display>) -> (Child, u16) {
    const ATTEMPTS: usize = 5;
    for _ in 0..ATTEMPTS {
        let port = free_port();
        let mut command = engine.driver(port);
        if let Some(display) = display {
            command.env("DISPLAY", &display.name);
            // WebKit's sandbox does not work for root.
            command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
        }
        let mut driver = command.spawn().unwrap_or_else(|error| {
            panic!("{engine:?}: {error}; `tests/run` and `tests/engines` install what they need")
        });
        if is_ready(&mut driver, port).await {
            return (driver, port);
        }
    }
    panic!("{engine:?}: {ATTEMPTS} drivers have exited at once");
}

/// Waits until the driver answers. Returns `false` if the driver has exited. A connection alone would not show that the
/// driver is ready: chromedriver listens on IPv4 first, and exits if it can't listen on the same port of IPv6.
async fn is_ready(driver: &mut Child, port: u16) -> bool {
    const ATTEMPTS: usize = 400;
    const PAUSE: Duration = Duration::from_millis(50);
    for _ in 0..ATTEMPTS {
        if driver.try_wait().expect("the driver is a child of this process").is_some() {
            return false;
        }
        if matches!(ask(port, "GET", "/status"), Ok(true)) {
            return true;
        }
        actix_web::rt::time::sleep(PAUSE).await;
    }
    panic!("the driver does not answer");
}

/// Sends the driver a request without a body. Returns `true` if its status is 200.
fn ask(port: u16, method: &str, path: &str) -> io::Result<bool> {
    const PATIENCE: Duration = Duration::from_secs(20);
    const OK: &[u8; 12] = b"HTTP/1.1 200";
    let mut answer = [0; OK.len()];
    let mut driver = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    driver.set_read_timeout(Some(PATIENCE))?;
    write!(driver, "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")?;
    driver.read_exact(&mut answer)?;
    Ok(answer == *OK)
}

/// Returns the TLS configuration of a server with a self-signed certificate for the name.
pub fn certificate(name: &str) -> ServerConfig {
    certificate_for([name.to_owned()])
}

/// Returns the TLS configuration of a server with a self-signed certificate for several names.
pub fn certificate_for(names: impl Into<Vec<String>>) -> ServerConfig {
    let made = rcgen::generate_simple_self_signed(names).expect("the names are good");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("the key is good");
    ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring knows the protocols")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.into()], key)
        .expect("the key fits")
}
