//! Fonts of `actix-files`: whole, in parts, and as the browser has them already.

use std::{env, fs, path::PathBuf, process};

use actix_web::{App, test};
use cors_actix_browser::{Blocked, Browser, CorsFault, Fetch, Mode};
use cors_actix_examples::recipes::fonts;
use cors_actix_tests::local::{Local, actual, preflight};

use crate::{APP, EVIL, sent_status};

const FONT: &[u8] = b"wOF2 and the glyphs";

/// A folder with a font and an image, which is removed when the value is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = env::temp_dir().join(format!("cors-actix-{test}-{}", process::id()));
        for (name, bytes) in [("fonts/inter.woff2", FONT), ("images/logo.png", b"\x89PNG")] {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[actix_web::test]
async fn every_page_can_use_the_fonts() {
    let folder = Folder::new("fonts");
    let app = test::init_service(App::new().configure(fonts::configure(&folder.0))).await;
    for page in [APP, EVIL, "null:"] {
        let browser = match page {
            "null:" => Browser::sandboxed(),
            page => Browser::at(page),
        };
        let seen = browser.fetch(&app, "/fonts/inter.woff2").await;
        seen.assert_status(200);
        assert_eq!(seen.body(), FONT);
    }
    let part = Fetch::get("/fonts/inter.woff2").header("range", "bytes=0-3");
    let seen = Browser::at(APP).fetch(&app, part).await;
    seen.assert_status(206);
    assert_eq!(seen.text(), "wOF2");
}

#[actix_web::test]
async fn the_header_is_on_every_response_of_the_fonts() {
    const ALLOWED: [&str; 1] = ["access-control-allow-origin: *"];
    let folder = Folder::new("responses");
    let app = Local::start(App::new().configure(fonts::configure(&folder.0))).await;
    let font = || actual("GET", "/fonts/inter.woff2", Some(APP));
    let whole = app.send(font()).await;
    whole.assert(200, ALLOWED);
    assert_eq!(whole.values("cache-control"), ["public, max-age=31536000, immutable"]);
    let etag = whole.values("etag")[0].replace("\\\"", "\"");
    app.send(font().insert_header(("range", "bytes=0-3"))).await.assert(206, ALLOWED);
    app.send(font().insert_header(("range", "bytes=99-"))).await.assert(416, ALLOWED);
    app.send(font().insert_header(("if-none-match", etag))).await.assert(304, ALLOWED);
    app.send(actual("GET", "/fonts/none.woff2", Some(APP))).await.assert(404, ALLOWED);
    app.send(preflight("/fonts/inter.woff2", APP, "PUT")).await.assert_denied();
}

#[actix_web::test]
async fn files_without_a_policy_are_shown_and_cannot_be_used_as_fonts() {
    let folder = Folder::new("images");
    let app = test::init_service(App::new().configure(fonts::configure(&folder.0))).await;
    let browser = Browser::at(APP);
    let shown = browser.fetch(&app, Fetch::get("/images/logo.png").mode(Mode::NoCors)).await;
    assert_eq!(*shown.assert_blocked(), Blocked::Opaque);
    assert_eq!(sent_status(&shown), 200);
    // Browsers request fonts in the mode `cors`, also if a style sheet names them.
    let used = browser.fetch(&app, "/images/logo.png").await;
    let fault = CorsFault::AllowOriginMissing { origin: APP.to_owned() };
    assert_eq!(*used.assert_blocked(), Blocked::Cors { status: 200, fault });
}
