//! Each form of a route attribute.
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct one_method;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for one_method {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        const _: () = {
            #[allow(unused_imports)]
            use get as _;
        };
        async fn one_method() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/one",
                "one_method",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(one_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct every_method;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for every_method {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        const _: () = {
            #[allow(unused_imports)]
            use routes as _;
        };
        async fn every_method() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "root",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["POST"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["PUT"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["DELETE"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["HEAD"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["CONNECT"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["OPTIONS"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["TRACE"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["PATCH"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "every_method",
                &["QUERY"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/{id:[0-9]+}",
                "every_method",
                &["GET", "PURGE"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(every_method);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct by_full_path;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for by_full_path {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        const _: () = {
            #[allow(unused_imports)]
            use actix_web::get as _;
        };
        async fn by_full_path() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/trailing",
                "by_full_path",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(by_full_path);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct routes_by_full_path;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for routes_by_full_path {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        const _: () = {
            #[allow(unused_imports)]
            use actix_web::routes as _;
        };
        async fn routes_by_full_path() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "routes_by_full_path",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(routes_by_full_path);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "routes_by_full_path",
                &["POST"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(routes_by_full_path);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct guarded_and_wrapped;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for guarded_and_wrapped {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        const _: () = {
            #[allow(unused_imports)]
            use post as _;
        };
        async fn guarded_and_wrapped() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/items",
                "items",
                &["POST"],
                true,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(guarded_and_wrapped);
            let __cors_endpoint = __cors_private::apply(
                Logger::default(),
                __cors_endpoint,
            );
            let __cors_endpoint = __cors_private::apply(
                middleware::from_fn(first),
                __cors_endpoint,
            );
            __CORS_ROUTE
                .register(
                    __cors_config,
                    __cors_endpoint,
                    |__cors_context| {
                        true && is_admin(__cors_context)
                            && guards::is_local(__cors_context)
                    },
                );
        }
    }
}
