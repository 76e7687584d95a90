//! The example that the documentation of all accessors uses.

/// Makes an example in which `seen` is what a page sees of `PUT /items/3?full#top`, and `stranger` is what
/// the page of another origin sees of it.
macro_rules! example {
    ($($line:literal)+) => {
        concat!(
            "\n```\n",
            "# use actix_web::{App, HttpResponse, middleware::DefaultHeaders, test, web};\n",
            "# use cors_actix_browser::{Browser, Fetch, Purpose, ResponseType};\n",
            "# #[actix_web::main] async fn main() {\n",
            "# let headers = DefaultHeaders::new()\n",
            "#     .add((\"access-control-allow-origin\", \"https://app.example.com\"))\n",
            "#     .add((\"access-control-allow-methods\", \"PUT\"));\n",
            "# let tea = || async { HttpResponse::Ok().content_type(\"text/plain\").body(\"tea\") };\n",
            "# let app = App::new().wrap(headers).default_service(web::to(tea));\n",
            "# let app = test::init_service(app).await;\n",
            "# let update = Fetch::put(\"/items/3?full#top\").body(\"tea\");\n",
            "# let seen = Browser::at(\"https://app.example.com\").fetch(&app, update.clone()).await;\n",
            "# let stranger = Browser::at(\"https://evil.example\").fetch(&app, update).await;\n",
            $($line, "\n",)+
            "# }\n```\n",
        )
    };
}
