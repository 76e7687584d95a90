//! A real Chromium, headless, driven by WebDriver.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use serde_json::{Value, json};

/// A browser with a fresh profile, for which every name under `.test` is this machine. It ends when
/// dropped.
#[derive(Debug)]
pub struct Browser {
    /// The one tab.
    pub tab: Client,
    driver: Child,
    port: u16,
}

impl Browser {
    /// Starts driver and browser.
    pub async fn start() -> Self {
        Browser::start_with("").await
    }

    /// Starts driver and browser, with further rules of Chromium's for resolving names.
    pub async fn start_with(rules: &str) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts; `tests/run` installs it");
        let stdout = driver.stdout.take().expect("its output is piped");
        let port = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ")
                    .nth(1)?
                    .trim_end_matches('.')
                    .parse::<u16>()
                    .ok()
            })
            .expect("chromedriver tells its port");
        let tab = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities(rules))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        Browser { tab, driver, port }
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
    /// Asks the driver to end: it takes its browser with it, which it would leave behind if killed.
    fn drop(&mut self) {
        let asked = TcpStream::connect(("127.0.0.1", self.port)).and_then(|mut driver| {
            driver.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        });
        if asked.is_err() {
            // It has gone already.
            let _ = self.driver.kill();
        }
        let _ = self.driver.wait();
    }
}

fn capabilities(rules: &str) -> serde_json::Map<String, Value> {
    let rules = format!("--host-resolver-rules=MAP *.test 127.0.0.1, {rules}");
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--ignore-certificate-errors",
        rules.trim_end_matches([',', ' ']),
    ];
    let options = json!({ "goog:chromeOptions": { "args": arguments } });
    match options {
        Value::Object(capabilities) => capabilities,
        _ => serde_json::Map::new(),
    }
}

/// A certificate for the name, signed by itself, and what a server needs to show it.
pub fn certificate(name: &str) -> ServerConfig {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("the name is good");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("the key is good");
    ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring knows the protocols")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.into()], key)
        .expect("the key fits")
}
