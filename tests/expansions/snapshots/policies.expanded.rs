//! The keys of a policy, in the attribute and in the macro.
static EVERY_KEY: Policy = crate::other::cors_actix::private::policy(crate::other::cors_actix::private::PolicySpec {
    allow_origins: &["https://app.example.com", "null", "http://localhost:*"],
    allow_methods: &["PUT", "DELETE"],
    allow_headers: &["*", "authorization"],
    allow_credentials: false,
    expose_headers: &["*"],
    max_age: ::core::option::Option::Some(3600u64),
    preflight_status: ::core::option::Option::Some(200u16),
    timing_allow_origin: true,
    danger_insecure_origins: true,
    danger_public_suffixes: true,
    same_origin: false,
    enforce: true,
    predicate: false,
});
static ONE_IN_A_LIST: Policy = ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
    allow_origins: &["https://app.example.com"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: true,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
static SAME_ORIGIN: Policy = ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
    allow_origins: &[],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: true,
    enforce: true,
    predicate: false,
});
static RAW: Policy = ::my_web::cors_actix::private::policy(::my_web::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct literals;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for literals {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::Policy = ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
            allow_origins: &["https://app.example.com"],
            allow_methods: &[],
            allow_headers: &[],
            allow_credentials: true,
            expose_headers: &[],
            max_age: ::core::option::Option::None,
            preflight_status: ::core::option::Option::None,
            timing_allow_origin: false,
            danger_insecure_origins: false,
            danger_public_suffixes: false,
            same_origin: false,
            enforce: false,
            predicate: false,
        });
        const _: () = {
            #[allow(unused_imports)]
            use get as _;
        };
        async fn literals() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "literals",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(literals);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
    }
}
const _: ::cors_actix::private::PolicySpec<'static> = ::cors_actix::private::PolicySpec {
    allow_origins: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            "https://app.example.com",
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowOrigins,
                APP,
            ),
        ]
    },
    allow_methods: &[],
    allow_headers: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            "x-id",
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowHeaders,
                HEADER,
            ),
        ]
    },
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
};
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct constants;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for constants {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        {
            ::cors_actix::private::SharedPolicy::policy(
                &(::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
                    allow_origins: const {
                        #[allow(unused_imports)]
                        use ::cors_actix::private as __cors_private;
                        &[
                            "https://app.example.com",
                            __cors_private::const_check::item(
                                __cors_private::PolicyKey::AllowOrigins,
                                APP,
                            ),
                        ]
                    },
                    allow_methods: &[],
                    allow_headers: const {
                        #[allow(unused_imports)]
                        use ::cors_actix::private as __cors_private;
                        &[
                            "x-id",
                            __cors_private::const_check::item(
                                __cors_private::PolicyKey::AllowHeaders,
                                HEADER,
                            ),
                        ]
                    },
                    allow_credentials: false,
                    expose_headers: &[],
                    max_age: ::core::option::Option::None,
                    preflight_status: ::core::option::Option::None,
                    timing_allow_origin: false,
                    danger_insecure_origins: false,
                    danger_public_suffixes: false,
                    same_origin: false,
                    enforce: false,
                    predicate: false,
                })),
            )
        });
        const _: () = {
            #[allow(unused_imports)]
            use get as _;
        };
        async fn constants() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "constants",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(constants);
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
pub struct elsewhere;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for elsewhere {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(partners(1, "a"))) });
        const _: () = {
            #[allow(unused_imports)]
            use get as _;
        };
        async fn elsewhere() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "elsewhere",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(elsewhere);
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
pub struct under_another_name;
#[automatically_derived]
impl my_web::cors_actix::private::dev::HttpServiceFactory for under_another_name {
    fn register(self, __cors_config: &mut my_web::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use my_web::cors_actix::private as __cors_private;
        static __CORS_POLICY: my_web::cors_actix::private::LazyPolicy = my_web::cors_actix::private::LazyPolicy::new(||
        { my_web::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        const _: () = {
            #[allow(unused_imports)]
            use get as _;
        };
        async fn under_another_name() -> String {}
        {
            static __CORS_ROUTE: __cors_private::Route = __cors_private::Route::new(
                "/",
                "under_another_name",
                &["GET"],
                false,
                &__CORS_POLICY,
            );
            let __cors_endpoint = __cors_private::endpoint(under_another_name);
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    __cors_endpoint,
                    __cors_private::no_guards,
                );
        }
    }
}
