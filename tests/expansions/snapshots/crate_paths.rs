//! The path of `cors_actix` in the modules under an attribute.

#[cors(crate = ::renamed, policy = POLICY)]
mod absolute { #[get("/")] async fn handler() -> String {} mod inner { #[get("/")] async fn handler() -> String {} } }

#[cors(crate = crate::renamed, policy = POLICY)]
mod of_the_crate { #[get("/")] async fn handler() -> String {} mod inner { #[get("/")] async fn handler() -> String {} } }

#[cors(crate = self::renamed, policy = POLICY)]
mod of_the_module { #[get("/")] async fn handler() -> String {} mod inner { #[get("/")] async fn handler() -> String {} } }

#[cors(crate = super::renamed, policy = POLICY)]
mod of_the_parent { #[get("/")] async fn handler() -> String {} mod inner { #[get("/")] async fn handler() -> String {} } }

#[cors(crate = renamed::cors_actix, policy = POLICY)]
mod of_a_name { #[get("/")] async fn handler() -> String {} mod inner { #[get("/")] async fn handler() -> String {} } }
