//! The code that stands in for code with mistakes.
::core::compile_error! {}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct bad_policy;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for bad_policy {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        {
            ::cors_actix::private::SharedPolicy::policy(
                &(::cors_actix::private::Policy::same_origin()),
            )
        });
        #[allow(unused_imports)]
        use get as _;
        async fn bad_policy() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "bad_policy",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, bad_policy);
        }
    }
}
static BAD: Policy = {
    ::core::compile_error! {}
    renamed::private::Policy::same_origin()
};
::core::compile_error! {}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub(crate) struct bad_route;
#[automatically_derived]
impl renamed::private::dev::HttpServiceFactory for bad_route {
    fn register(self, __cors_config: &mut renamed::private::dev::AppService) {
        static __CORS_POLICY: renamed::private::LazyPolicy = renamed::private::LazyPolicy::new(||
        { renamed::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use post as _;
        #[tracing::instrument]
        #[get]
        async fn bad_route() -> String {}
    }
}
#[automatically_derived]
impl ::core::clone::Clone for bad_route {
    fn clone(&self) -> Self {
        bad_route
    }
}
#[automatically_derived]
impl renamed::private::Handler<()> for bad_route {
    type Output = renamed::private::HttpResponse;
    type Future = ::core::future::Pending<Self::Output>;
    fn call(&self, (): ()) -> Self::Future {
        ::core::future::pending()
    }
}
::core::compile_error! {}
#[utoipa::path]
#[::cors_actix::private::of_module(::cors_actix;POLICY)]
#[allow(dead_code)]
#[tracing::instrument]
#[get("/")]
pub(crate) async fn utoipa_below() -> String {}
::core::compile_error! {}
pub mod in_a_file;
::core::compile_error! {}
mod without_handlers {
    fn function() {}
}
::core::compile_error! {}
mod bad_policy_on_a_module {
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/")]
    async fn handler() -> String {}
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy for bad_policy_on_a_module::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        {
            ::cors_actix::private::SharedPolicy::policy(
                &(::cors_actix::private::Policy::same_origin()),
            )
        });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
::core::compile_error! {}
struct Handler;
::core::compile_error! {}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct bad_crate;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for bad_crate {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        {
            ::cors_actix::private::SharedPolicy::policy(
                &(::cors_actix::private::Policy::same_origin()),
            )
        });
        #[allow(unused_imports)]
        use get as _;
        async fn bad_crate() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "bad_crate",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, bad_crate);
        }
    }
}
::core::compile_error! {}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct without_return_type;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for without_return_type {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        async fn without_return_type<T: Into<Vec<u8>>>(_: T) {}
    }
}
#[automatically_derived]
impl ::core::clone::Clone for without_return_type {
    fn clone(&self) -> Self {
        without_return_type
    }
}
#[automatically_derived]
impl ::cors_actix::private::Handler<()> for without_return_type {
    type Output = ::cors_actix::private::HttpResponse;
    type Future = ::core::future::Pending<Self::Output>;
    fn call(&self, (): ()) -> Self::Future {
        ::core::future::pending()
    }
}
::core::compile_error! {}
mod call_behind_an_implementation {
    #[get("/")]
    async fn handler() -> String {}
    impl<T> Of<T> {}
    items! {
        a
    }
}
::core::compile_error! {}
mod call_in_a_group {
    #[get("/")]
    async fn handler() -> String {}
    items! {
        a
    }
}
::core::compile_error! {}
mod call_in_a_function_in_a_function_that_registers {
    fn configure(config: &mut ServiceConfig) {
        #[get("/")]
        async fn handler() -> String {
            items!(a)
        }
    }
}
::core::compile_error! {}
mod call_in_a_function_that_calls_service {
    #[get("/")]
    async fn handler() -> String {}
    fn configure(scope: Scope) {
        scope.service(items!(a))
    }
}
::core::compile_error! {}
mod call_in_a_function_that_returns_services {
    #[get("/")]
    async fn handler() -> String {}
    fn services() -> impl HttpServiceFactory {
        items!(a)
    }
}
