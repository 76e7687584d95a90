//! The servers of the situations, and the outcome of each situation in the model and in a browser.

use std::{collections::HashMap, time::Duration};

use actix_web::{HttpServer, rt};
use cors_actix_browser::Server;

use super::{
    app::Journal,
    model, page,
    situation::{APIS, Outcome, Page, Situation},
};
use crate::{
    browser::{Browser, Engine, certificate_for},
    erased::Erase,
};

const HOUR: Duration = Duration::from_secs(3600);

/// Outcomes by the id of the situation.
pub type Outcomes = HashMap<usize, Outcome>;

/// The ports of an app.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// The port with TLS.
    safe: u16,
    /// The port without TLS.
    plain: u16,
}

/// Serves an app for all host names, with and without TLS.
///
/// # Panics
/// If loopback has no free port.
pub fn serve<A: Erase>(app: impl Fn() -> A + Send + Clone + 'static) -> Ports {
    let names = ["*.shop.test", "*.eu.shop.test", "stranger.test"].map(str::to_owned);
    let server = HttpServer::new(move || app().erase())
        .workers(1)
        // Browsers open connections before they need them, so a connection may stay idle.
        .client_request_timeout(Duration::ZERO)
        // On a busy machine, a request would be lost at the end of an idle connection or of a slow handshake.
        .keep_alive(HOUR)
        .tls_handshake_timeout(HOUR)
        .bind_rustls_0_23(("127.0.0.1", 0), certificate_for(names))
        .and_then(|server| server.bind(("127.0.0.1", 0)))
        .expect("loopback has free ports");
    let port = |index: usize| server.addrs().get(index).expect("it is bound").port();
    let ports = Ports { safe: port(0), plain: port(1) };
    rt::spawn(server.disable_signals().run());
    ports
}

/// The servers, and the record of their requests.
#[derive(Debug)]
pub struct Site {
    /// The requests that have reached the servers.
    pub journal: Journal,
    /// The apps, each with the start of the host names that lead to it. The first app that fits is the one.
    pub apps: Vec<(&'static str, Ports)>,
}

/// Returns the app for a host.
fn find(apps: &[(&str, Ports)], host: &str) -> Option<Ports> {
    let is_here = host.ends_with(".test");
    let found = apps.iter().find(|(start, _)| is_here && host.starts_with(start));
    found.map(|(_, ports)| *ports)
}

impl Site {
    /// Starts a browser for which all host names lead here, with a cookie of each origin.
    ///
    /// # Panics
    /// If the browser does not start.
    pub async fn open(&self, engine: Engine) -> Browser {
        let apps = self.apps.clone();
        let browser = Browser::open(engine, move |host, port| {
            let Ports { safe, plain } = find(&apps, host)?;
            Some(if port == 80 { plain } else { safe })
        })
        .await;
        for origin in APIS.iter().chain(&Page::ALL.map(Page::top)) {
            browser.tab.goto(&format!("{origin}/cookie")).await.expect("the page is there");
        }
        browser
    }

    /// Returns the server for a host, as the model needs it.
    ///
    /// # Panics
    /// If no app is for the host.
    pub fn server(&self, host: &str) -> Server {
        let Ports { plain, .. } = find(&self.apps, host).expect("an app is for the host");
        Server::at(&format!("http://127.0.0.1:{plain}"))
    }

    /// Returns the outcome of each situation in the model.
    pub async fn expected(&self, situations: &[Situation]) -> Outcomes {
        let mut outcomes = Outcomes::new();
        for situation in situations {
            let seen = model::ask(&self.server(situation.host()), situation).await;
            let heard = self.journal.take(situation.id);
            outcomes.insert(situation.id, Outcome { seen, heard });
        }
        outcomes
    }

    /// Returns the outcome of each situation in a browser.
    pub async fn outcomes(&self, browser: &Browser, situations: &[Situation]) -> Outcomes {
        let mut outcomes = Outcomes::new();
        for origin in Page::ALL {
            let here = situations.iter().filter(|situation| situation.page == origin);
            let here: Vec<_> = here.collect();
            let seen = page::ask(browser, origin, &here).await;
            for (situation, seen) in here.iter().zip(seen) {
                let heard = self.journal.take(situation.id);
                outcomes.insert(situation.id, Outcome { seen, heard });
            }
        }
        outcomes
    }
}
