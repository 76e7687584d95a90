//! The annotated handlers that generated apps choose from.

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::ErrorUnauthorized,
    middleware::Next,
    web::ServiceConfig,
};

use crate::{
    policies::{Kind, Voice},
    requests,
    trace::{self, Maker},
};

/// An annotated handler, and the same handler under the same policy with `enforce`.
pub(crate) struct Handler {
    pub(crate) name: &'static str,
    /// The scope of the module with the handler. Empty if the function itself is annotated.
    pub(crate) prefix: &'static str,
    pub(crate) pattern: &'static str,
    pub(crate) methods: &'static [&'static str],
    pub(crate) kind: Kind,
    /// The route attribute, for messages.
    pub(crate) attribute: &'static str,
    pub(crate) configure: fn(&mut ServiceConfig),
    pub(crate) configure_enforced: fn(&mut ServiceConfig),
}

impl Handler {
    pub(crate) fn named(name: &str) -> &'static Self {
        HANDLERS.iter().find(|handler| handler.name == name).expect("the name is a handler's")
    }

    /// Returns the path of the route, with the path of the module's `scope` in front.
    pub(crate) fn path(&self) -> String {
        format!("{}{}", self.prefix, self.pattern)
    }

    pub(crate) fn voice(&self) -> Voice {
        Voice { kind: self.kind, methods: Some(self.methods), for_origin_only: false }
    }

    /// Returns `true` if the route has a guard of the user, so that it may pass requests on.
    pub(crate) fn is_guarded(&self) -> bool {
        self.attribute.contains("guard")
    }
}

// No two handlers are in one module, so all may be called `index`.
macro_rules! handlers {
    ($($name:ident: $kind:ident [$($method:literal),+] $prefix:literal $pattern:literal $([$($scope:tt)*])?
        => [$($attribute:tt)*];)+) => {
        $(mod $name {
            use super::*;

            pub(crate) const NAME: &str = stringify!($name);

            handlers! { @twin relaxed policy $kind [$($($scope)*)?] [$($attribute)*] }
            handlers! { @twin enforced enforced $kind [$($($scope)*)?] [$($attribute)*] }
        })+

        pub(crate) static HANDLERS: &[Handler] = &[$(Handler {
            name: $name::NAME,
            prefix: $prefix,
            pattern: $pattern,
            methods: &[$($method),+],
            kind: Kind::$kind,
            attribute: stringify!($($attribute)*),
            configure: $name::relaxed::configure,
            configure_enforced: $name::enforced::configure,
        }),+];
    };
    (@twin $twin:ident $policy:ident $kind:ident [] [$($attribute:tt)*]) => {
        pub(crate) mod $twin {
            #[allow(unused_imports, reason = "each handler uses one of them")]
            use actix_web::{get, post, put, route};

            use super::*;

            #[cors_actix::cors(policy = Kind::$kind.$policy())]
            #[$($attribute)*]
            async fn index(request: HttpRequest) -> HttpResponse {
                answer(NAME, &request)
            }

            pub(crate) fn configure(config: &mut ServiceConfig) {
                config.service(index);
            }
        }
    };
    (@twin $twin:ident $policy:ident $kind:ident [$($scope:tt)+] [$($attribute:tt)*]) => {
        pub(crate) mod $twin {
            use actix_web::scope;

            use super::*;

            #[cors_actix::cors(policy = Kind::$kind.$policy())]
            #[$($scope)+]
            mod module {
                #[allow(unused_imports, reason = "each handler uses one of them")]
                use actix_web::{get, post, put, route};

                use super::*;

                #[$($attribute)*]
                pub(crate) async fn index(request: HttpRequest) -> HttpResponse {
                    answer(NAME, &request)
                }
            }

            pub(crate) fn configure(config: &mut ServiceConfig) {
                config.service(module::index);
            }
        }
    };
}

handlers! {
    root_put_open: Open ["PUT"] "" "" => [put("")];
    root_put_closed: Closed ["PUT"] "" "" => [put("")];
    root_get_partners: Partners ["GET"] "" "" => [get("")];
    slash_put_open: Open ["PUT"] "" "/" => [put("/")];
    slash_put_friends: Friends ["PUT"] "" "/" => [put("/")];
    me_put_open: Open ["PUT"] "" "/me" => [put("/me")];
    me_put_friends: Friends ["PUT"] "" "/me" => [put("/me")];
    me_put_closed: Closed ["PUT"] "" "/me" => [put("/me")];
    me_get_open: Open ["GET"] "" "/me" => [get("/me")];
    me_get_closed: Closed ["GET"] "" "/me" => [get("/me")];
    me_put_by_origin: ByOrigin ["PUT"] "" "/me" => [put("/me")];
    me_get_by_request: ByRequest ["GET"] "" "/me" => [get("/me")];
    me_put_predicate: Predicate ["PUT"] "" "/me" => [put("/me")];
    me_both_partners: Partners ["PUT", "DELETE"] "" "/me"
        => [route("/me", method = "PUT", method = "DELETE")];
    me_put_open_guarded: Open ["PUT"] "" "/me"
        => [put("/me", guard = "requests::is_flagged")];
    me_get_closed_guarded: Closed ["GET"] "" "/me"
        => [get("/me", guard = "requests::is_flagged")];
    me_put_open_locked: Open ["PUT"] "" "/me"
        => [put("/me", wrap = "actix_web::middleware::from_fn(lock_me)")];
    id_put_open: Open ["PUT"] "" "/{id}" => [put("/{id}")];
    id_put_closed: Closed ["PUT"] "" "/{id}" => [put("/{id}")];
    id_get_open: Open ["GET"] "" "/{id}" => [get("/{id}")];
    id_get_friends: Friends ["GET"] "" "/{id}" => [get("/{id}")];
    id_put_by_request: ByRequest ["PUT"] "" "/{id}" => [put("/{id}")];
    id_get_by_origin: ByOrigin ["GET"] "" "/{id}" => [get("/{id}")];
    id_get_predicate: Predicate ["GET"] "" "/{id}" => [get("/{id}")];
    id_post_closed: Closed ["POST"] "" "/{id}" => [post("/{id}")];
    id_both_partners: Partners ["PUT", "DELETE"] "" "/{id}"
        => [route("/{id}", method = "PUT", method = "DELETE")];
    id_put_open_guarded: Open ["PUT"] "" "/{id}"
        => [put("/{id}", guard = "requests::is_flagged")];
    number_put_open: Open ["PUT"] "" "/{id:[0-9]+}" => [put("/{id:[0-9]+}")];
    number_put_closed: Closed ["PUT"] "" "/{id:[0-9]+}" => [put("/{id:[0-9]+}")];
    number_get_open: Open ["GET"] "" "/{id:[0-9]+}" => [get("/{id:[0-9]+}")];
    all_put_open: Open ["PUT"] "" "/{t:.*}" => [put("/{t:.*}")];
    all_put_closed: Closed ["PUT"] "" "/{t:.*}" => [put("/{t:.*}")];
    all_get_open: Open ["GET"] "" "/{t:.*}" => [get("/{t:.*}")];
    all_both_open: Open ["PUT", "DELETE"] "" "/{t:.*}"
        => [route("/{t:.*}", method = "PUT", method = "DELETE")];
    all_put_open_guarded: Open ["PUT"] "" "/{t:.*}"
        => [put("/{t:.*}", guard = "requests::is_flagged")];
    all_get_by_origin: ByOrigin ["GET"] "" "/{t:.*}" => [get("/{t:.*}")];
    tail_put_open: Open ["PUT"] "" "/{tail}*" => [put("/{tail}*")];
    tail_get_closed: Closed ["GET"] "" "/{tail}*" => [get("/{tail}*")];
    deep_put_open: Open ["PUT"] "" "/a/b" => [put("/a/b")];
    deep_put_closed: Closed ["PUT"] "" "/a/b" => [put("/a/b")];
    late_put_open: Open ["PUT"] "" "/{x}/b" => [put("/{x}/b")];
    late_put_friends: Friends ["PUT"] "" "/{x}/b" => [put("/{x}/b")];
    early_put_closed: Closed ["PUT"] "" "/a/{y}" => [put("/a/{y}")];
    pair_put_open: Open ["PUT"] "" "/{x}-{y}" => [put("/{x}-{y}")];
    pair_put_closed: Closed ["PUT"] "" "/{x}-{y}" => [put("/{x}-{y}")];
    module_put_open: Open ["PUT"] "/a" "/me" [scope("/a")] => [put("/me")];
    module_put_by_origin: ByOrigin ["PUT"] "/a" "/me" [scope("/a")] => [put("/me")];
    module_put_closed: Closed ["PUT"] "/a" "/{id}" [scope("/a")] => [put("/{id}")];
}

fn answer(name: &'static str, request: &HttpRequest) -> HttpResponse {
    trace::answer(Maker::Annotated(name), request.match_info().as_str());
    HttpResponse::Ok().body(name)
}

async fn lock_me(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if requests::has_token(request.head()) {
        return next.call(request).await;
    }
    trace::answer_for(me_put_open_locked::NAME, request.match_info().as_str());
    Err(ErrorUnauthorized("locked"))
}
