//! The service behind nginx, with the configuration of the recipe and with its usual mistakes.

use std::{
    env, fs,
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{self, Child, Command},
    thread,
    time::{Duration, Instant},
};

use actix_web::App;
use cors_actix_browser::{Blocked, Browser, CorsFault, Fetch, Server};
use cors_actix_examples::recipes::proxied;
use cors_actix_tests::{Client, Request, process::free_port};

use crate::{APP, EVIL};

/// A service behind nginx, which ends TLS on one port and takes plain HTTP on another.
struct Nginx {
    http: u16,
    https: u16,
    folder: PathBuf,
    process: Child,
    _service: cors_actix_tests::Server,
}

impl Nginx {
    fn start(test: &str) -> Self {
        let service = cors_actix_tests::Server::start(|| {
            App::new().wrap(proxied::layer()).configure(proxied::configure)
        });
        let folder = env::temp_dir().join(format!("cors-actix-nginx-{test}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
        fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let (http, https) = (free_port(), free_port());
        let configuration = configuration(service.address(), http, https);
        fs::write(folder.join("nginx.conf"), configuration).unwrap();
        let process = Command::new("nginx")
            .args(["-c", "nginx.conf", "-e", "error.log", "-p"])
            .arg(&folder)
            .spawn()
            .expect("nginx is installed");
        let mut nginx = Nginx { http, https, folder, process, _service: service };
        nginx.wait();
        nginx
    }

    fn wait(&mut self) {
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", self.https)).is_err() {
            let ended = self.process.try_wait().unwrap();
            if ended.is_some() || Instant::now() > end {
                let log = fs::read_to_string(self.folder.join("error.log"));
                panic!("nginx does not start: {log:?}");
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    fn server(&self) -> Server {
        Server::at(&self.url())
    }

    /// Returns the status of a POST over plain HTTP, by a browser that sends no `Sec-Fetch-Site`.
    fn post(&self, path: &str, page: &str) -> u16 {
        let host = format!("127.0.0.1:{}", self.http);
        let request = Request::bare("POST", path).line("Host", host).origin(page).body("");
        Client::connect(([127, 0, 0, 1], self.http).into()).send(&request).status
    }

    /// Returns the status of a POST over TLS.
    fn post_over_tls(&self, path: &str, page: &str) -> u16 {
        let url = format!("https://127.0.0.1:{}{path}", self.https);
        let output = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-d", "", "--cacert"])
            .arg(self.folder.join("cert.pem"))
            .args(["-H", &format!("Origin: {page}"), &url])
            .output()
            .expect("curl is installed");
        String::from_utf8(output.stdout).unwrap().parse().unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The process may have ended, and what is left in the folder does no harm.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns a block of the recipe, with the address of the service.
fn block(language: &str, service: &str) -> String {
    let recipes = include_str!("../../../cors-actix/src/recipes.md");
    let block = recipes.split("```").find_map(|block| block.strip_prefix(language));
    let block = block.expect("the recipe has the block");
    assert_eq!(block.matches("http://127.0.0.1:8081").count(), 1, "{block}");
    block.replace("http://127.0.0.1:8081", service)
}

/// Returns the configuration: the location of the recipe, and a location for each mistake.
fn configuration(service: SocketAddr, http: u16, https: u16) -> String {
    let service = format!("http://{service}");
    let recipe = block("nginx\n", &service);
    format!(
        "daemon off;
        master_process off;
        pid nginx.pid;
        events {{}}
        http {{
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            server {{
                listen 127.0.0.1:{http};
                listen 127.0.0.1:{https} ssl;
                ssl_certificate cert.pem;
                ssl_certificate_key key.pem;
                {recipe}
                location /silent/ {{
                    proxy_pass {service}/;
                }}
                location /twice/ {{
                    proxy_pass {service}/;
                    add_header Access-Control-Allow-Origin $http_origin always;
                }}
                location /hidden/ {{
                    proxy_pass {service}/;
                    proxy_hide_header Access-Control-Allow-Origin;
                    add_header Access-Control-Allow-Origin $http_origin always;
                }}
                location /answers/ {{
                    if ($request_method = OPTIONS) {{ return 204; }}
                    proxy_pass {service}/;
                }}
                location /down/ {{
                    proxy_pass http://127.0.0.1:1/;
                }}
            }}
        }}"
    )
}

#[test]
fn forwarded_headers_let_enforce_recognize_pages_of_the_service_itself() {
    let nginx = Nginx::start("forwarded");
    let (plain, tls) = (nginx.url(), format!("https://127.0.0.1:{}", nginx.https));
    assert_eq!(nginx.post("/orders", &plain), 204);
    assert_eq!(nginx.post_over_tls("/orders", &tls), 204);
    for other in [EVIL, "null", "https://127.0.0.1"] {
        assert_eq!(nginx.post("/orders", other), 403, "{other}");
        assert_eq!(nginx.post_over_tls("/orders", other), 403, "{other}");
    }
    // The scheme and the port are part of the origin.
    assert_eq!(nginx.post("/orders", &tls), 403);
    assert_eq!(nginx.post_over_tls("/orders", &plain), 403);
    // Without the headers, the service takes the address behind nginx for its own.
    assert_eq!(nginx.post("/silent/orders", &plain), 403);
    assert_eq!(nginx.post_over_tls("/silent/orders", &tls), 403);
}

#[actix_web::test]
async fn sec_fetch_site_is_enough_for_browsers_that_send_it() {
    let nginx = Nginx::start("sec-fetch-site");
    let browser = Browser::at(&nginx.url());
    let seen = browser.fetch(&nginx.server(), Fetch::post("/silent/orders")).await;
    seen.assert_status(204);
    let seen = Browser::at(EVIL).fetch(&nginx.server(), Fetch::post("/silent/orders")).await;
    let fault = CorsFault::AllowOriginMissing { origin: EVIL.to_owned() };
    assert_eq!(*seen.assert_blocked(), Blocked::Cors { status: 403, fault });
}

#[actix_web::test]
async fn the_service_answers_preflights_through_nginx() {
    let nginx = Nginx::start("preflights");
    let write = || Fetch::put("/orders").json("tea");
    let seen = Browser::at(APP).fetch(&nginx.server(), write()).await;
    seen.assert_status(204);
    assert!(seen.preflighted());
    let seen = Browser::at(EVIL).fetch(&nginx.server(), write()).await;
    assert!(matches!(seen.assert_blocked(), Blocked::PreflightCors { status: 403, .. }), "{seen}");

    let write = Fetch::put("/answers/orders").json("tea");
    let seen = Browser::at(APP).fetch(&nginx.server(), write).await;
    assert!(matches!(seen.assert_blocked(), Blocked::PreflightCors { status: 204, .. }), "{seen}");
}

#[actix_web::test]
async fn a_header_that_nginx_adds_is_one_too_many() {
    let nginx = Nginx::start("twice");
    Browser::at(APP).fetch(&nginx.server(), "/orders").await.assert_status(200);
    let seen = Browser::at(APP).fetch(&nginx.server(), "/twice/orders").await;
    let fault = CorsFault::AllowOriginRepeated { values: vec![APP.to_owned(), APP.to_owned()] };
    assert_eq!(*seen.assert_blocked(), Blocked::Cors { status: 200, fault });
    Browser::at(APP).fetch(&nginx.server(), "/hidden/orders").await.assert_status(200);
}

#[actix_web::test]
async fn errors_of_nginx_itself_have_no_headers() {
    let nginx = Nginx::start("errors");
    let seen = Browser::at(APP).fetch(&nginx.server(), "/down/orders").await;
    let fault = CorsFault::AllowOriginMissing { origin: APP.to_owned() };
    assert_eq!(*seen.assert_blocked(), Blocked::Cors { status: 502, fault });
}
