//! The code that stands in for code with mistakes.

#[cors(allow_origins = ["app.example.com"])]
#[get("/")]
async fn bad_policy() -> String {}

static BAD: Policy = policy! { crate = renamed, allow_origins = ["app.example.com"] };

#[cors(crate = renamed, policy = POLICY)]
#[tracing::instrument]
#[get]
#[post("/{id")]
pub(crate) async fn bad_route() -> String {}

#[cors(policy = POLICY)]
#[allow(dead_code)]
#[utoipa::path]
#[get("/")]
#[tracing::instrument]
pub(crate) async fn utoipa_below() -> String {}

#[cors(policy = POLICY)]
pub mod in_a_file;

#[cors(policy = POLICY)]
mod without_handlers {
    fn function() {}
}

#[cors(allow_origins = ["app.example.com"])]
mod bad_policy_on_a_module {
    #[get("/")]
    async fn handler() -> String {}
}

#[cors(policy = POLICY)]
struct Handler;

#[cors(crate = <Web as Crate>::cors_actix, policy = POLICY)]
#[get("/")]
async fn bad_crate() -> String {}

#[cors(policy = POLICY)]
#[get("/")]
async fn without_return_type<T: Into<Vec<u8>>>(_: T) {}

// The calls may make handlers. A module with such a call stays as it is.
#[cors(policy = POLICY)]
mod call_behind_an_implementation {
    #[get("/")]
    async fn handler() -> String {}
    impl<T> Of<T> {}
    items! { a }
}

#[cors(policy = POLICY)]
mod call_in_a_group {
    #[get("/")]
    async fn handler() -> String {}
    invisible!(items! { a })
}

#[cors(policy = POLICY)]
mod call_in_a_function_in_a_function_that_registers {
    fn configure(config: &mut ServiceConfig) {
        #[get("/")]
        async fn handler() -> String {
            items!(a)
        }
    }
}

#[cors(policy = POLICY)]
mod call_in_a_function_that_calls_service {
    #[get("/")]
    async fn handler() -> String {}
    fn configure(scope: Scope) {
        scope.service(items!(a))
    }
}

#[cors(policy = POLICY)]
mod call_in_a_function_that_returns_services {
    #[get("/")]
    async fn handler() -> String {}
    fn services() -> impl HttpServiceFactory {
        items!(a)
    }
}
