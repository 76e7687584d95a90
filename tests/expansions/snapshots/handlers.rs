//! Handlers, with other attributes around the route attribute.

/// Documentation above.
#[tracing::instrument]
#[allow(dead_code)]
#[cors(policy = POLICY)]
/// Documentation below.
#[tracing::instrument(skip_all)]
#[get("/")]
#[must_use]
#[cfg_attr(all(), inline)]
async fn attributes() -> String {}

#[utoipa::path(responses((status = 200)))]
#[cors(policy = POLICY)]
#[get("/")]
#[other::path]
#[path]
#[utoipa::path::other]
async fn documented() -> String {}

#[cors(policy = POLICY)]
#[trace]
#[fastrace::trace(short_name = true)]
#[get("/")]
async fn attributes_of_other_crates() -> String {}

#[cors(policy = POLICY)]
#[routes]
#[get("/")]
#[other::trace]
#[actix_web::other]
async fn attributes_of_other_crates_below_routes() -> String {}

#[cors(policy = POLICY)]
#[get("/")]
pub(crate) async fn visible_in_the_crate() -> String {}

#[cors(policy = POLICY)]
#[get("/")]
pub async fn r#type(
    path: web::Path<(u32, String)>,
    callback: Query<Of<fn(u8) -> u8>>,
) -> Result<impl Responder, Box<dyn Error>>
where
    String: Sized,
{
    let text = "body";
    Ok(text)
}

#[cors(policy = POLICY)]
#[get("/")]
invisible!(pub) async fn of_a_macro() -> invisible!(String) { invisible!(1 + 2) * 3 }

// `#[cors]` on the module around it has no say.
#[cors(policy = POLICY)]
#[cors_actix::private::of_module(::cors_actix; self::__CorsPolicy)]
#[get("/")]
async fn own_policy_in_a_module() -> String {}

#[cors_actix::private::of_module(self::super::renamed; self::super::__CorsPolicy)]
#[get("/")]
async fn policy_of_the_module() -> String {}
