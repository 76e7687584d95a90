//! The keys of a policy, in the attribute and in the macro.
static EVERY_KEY: Policy = crate::other::cors_actix::private::policy(crate::other::cors_actix::private::PolicySpec {
    allow_origins: &["https://app.example.com", "null", "http://localhost:*"],
    allow_methods: &["PUT", "DELETE"],
    allow_headers: &["*", "authorization"],
    expose_headers: &["*"],
    max_age: ::core::option::Option::Some(3600u64),
    preflight_status: ::core::option::Option::Some(200u16),
    timing_allow_origin: true,
    danger_insecure_origins: true,
    danger_public_suffixes: true,
    enforce: true,
    ..crate::other::cors_actix::private::PolicySpec::EMPTY
});
static ONE_IN_A_LIST: Policy = ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
    allow_origins: &["https://app.example.com"],
    allow_credentials: true,
    ..::cors_actix::private::PolicySpec::EMPTY
});
static SAME_ORIGIN: Policy = ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
    same_origin: true,
    enforce: true,
    ..::cors_actix::private::PolicySpec::EMPTY
});
static RAW: Policy = ::my_web::cors_actix::private::policy(::my_web::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    ..::my_web::cors_actix::private::PolicySpec::EMPTY
});
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct literals;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for literals {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        #[allow(unused_imports)]
        use get as _;
        async fn literals() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::new(
                "/",
                "literals",
                &["GET"],
                ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
                    allow_origins: &["https://app.example.com"],
                    allow_credentials: true,
                    ..::cors_actix::private::PolicySpec::EMPTY
                }),
            );
            __CORS_ROUTE.register_handler(__cors_config, literals);
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
    ..::cors_actix::private::PolicySpec::EMPTY
};
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct constants;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for constants {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
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
                    ..::cors_actix::private::PolicySpec::EMPTY
                })),
            )
        });
        #[allow(unused_imports)]
        use get as _;
        async fn constants() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "constants",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, constants);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct elsewhere;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for elsewhere {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(partners(1, "a"))) });
        #[allow(unused_imports)]
        use get as _;
        async fn elsewhere() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "elsewhere",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, elsewhere);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct under_another_name;
#[automatically_derived]
impl my_web::cors_actix::private::dev::HttpServiceFactory for under_another_name {
    fn register(self, __cors_config: &mut my_web::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: my_web::cors_actix::private::LazyPolicy = my_web::cors_actix::private::LazyPolicy::new(||
        { my_web::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        async fn under_another_name() -> String {}
        {
            static __CORS_ROUTE: my_web::cors_actix::private::Route = my_web::cors_actix::private::Route::of_shared(
                "/",
                "under_another_name",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, under_another_name);
        }
    }
}
