//! Fonts of `actix-files`, which pages of other origins use in their style sheets.

use std::path::Path;

use actix_files::Files;
use actix_web::{
    http::header::CACHE_CONTROL,
    middleware::DefaultHeaders,
    web::{self, ServiceConfig},
};
use cors_actix::{Cors, Policy, policy};

/// The policy of the fonts. Any origin may read them, so that the responses are the same for all origins,
/// and caches keep one response.
static FONTS: Policy = policy! { allow_origins = any };

/// Returns the routes of the files in `folder`: `/fonts` for fonts, with the policy, and `/images`, which
/// `<img>` shows without a policy.
pub fn configure(folder: &Path) -> impl FnOnce(&mut ServiceConfig) {
    let fonts = web::scope("/fonts")
        .wrap(DefaultHeaders::new().add((CACHE_CONTROL, "public, max-age=31536000, immutable")))
        .wrap(Cors::new(&FONTS))
        .service(Files::new("/", folder.join("fonts")));
    let images = Files::new("/images", folder.join("images"));
    move |cfg| {
        cfg.service(fonts).service(images);
    }
}
