//! Each form of a route attribute.
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct one_method;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for one_method {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        async fn one_method() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/one",
                "one_method",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, one_method);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct every_method;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for every_method {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use routes as _;
        async fn every_method() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "root",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["POST"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["PUT"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["DELETE"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["HEAD"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["CONNECT"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["OPTIONS"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["TRACE"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["PATCH"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "every_method",
                &["QUERY"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/{id:[0-9]+}",
                "every_method",
                &["GET", "PURGE"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, every_method);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct by_full_path;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for by_full_path {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use actix_web::get as _;
        async fn by_full_path() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/trailing",
                "by_full_path",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, by_full_path);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct routes_by_full_path;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for routes_by_full_path {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use actix_web::routes as _;
        async fn routes_by_full_path() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "routes_by_full_path",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, routes_by_full_path);
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "routes_by_full_path",
                &["POST"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, routes_by_full_path);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct guarded_and_wrapped;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for guarded_and_wrapped {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use post as _;
        async fn guarded_and_wrapped() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                    "/items",
                    "items",
                    &["POST"],
                    &__CORS_POLICY,
                )
                .guarded(|__cors_context| {
                    true && is_admin(__cors_context) && guards::is_local(__cors_context)
                });
            let __cors_endpoint = ::cors_actix::private::endpoint(guarded_and_wrapped);
            let __cors_endpoint = ::cors_actix::private::apply(
                Logger::default(),
                __cors_endpoint,
            );
            let __cors_endpoint = ::cors_actix::private::apply(
                middleware::from_fn(first),
                __cors_endpoint,
            );
            __CORS_ROUTE.register(__cors_config, __cors_endpoint);
        }
    }
}
