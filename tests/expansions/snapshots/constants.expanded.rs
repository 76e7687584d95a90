//! Constants as values, each of another form.
static LISTS: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        __cors_private::const_check::items(
            __cors_private::PolicyKey::AllowOrigins,
            ORIGINS,
        )
    },
    allow_methods: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        __cors_private::const_check::items(
            __cors_private::PolicyKey::AllowMethods,
            &METHODS,
        )
    },
    allow_headers: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowHeaders,
                concat!("x-", "id"),
            ),
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowHeaders,
                NAMES[0],
            ),
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowHeaders,
                names::ID,
            ),
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowHeaders,
                { ID },
            ),
        ]
    },
    expose_headers: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        __cors_private::const_check::items(
            __cors_private::PolicyKey::ExposeHeaders,
            exposed(),
        )
    },
    max_age: ::core::option::Option::Some(const { 60 * 60 }),
    preflight_status: ::core::option::Option::Some(const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        __cors_private::const_check::preflight_status(STATUS as u16)
    }),
    ..::cors_actix::private::PolicySpec::EMPTY
});
static FLAGS: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_credentials: const { !cfg!(debug_assertions) },
    timing_allow_origin: const { (TIMING) },
    danger_insecure_origins: const { const { true } },
    danger_public_suffixes: const { options.public },
    same_origin: const { if A { B } else { C } },
    enforce: const {
        match A {
            B => C,
        }
    },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static A_FLAG: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_credentials: const { *FLAG },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static A_METHOD: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowMethods,
                *METHOD,
            ),
        ]
    },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static A_HEADER: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_headers: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowHeaders,
                HEADER,
            ),
        ]
    },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static AN_EXPOSED_HEADER: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    expose_headers: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            __cors_private::const_check::item(
                __cors_private::PolicyKey::ExposeHeaders,
                ID.name(),
            ),
        ]
    },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static INSECURE: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    danger_insecure_origins: const { A },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static SUFFIXES: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    danger_public_suffixes: const { A },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static TIMING: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    timing_allow_origin: const { A },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static SAME: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    same_origin: const { A },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static ENFORCE: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    enforce: const { A },
    ..::cors_actix::private::PolicySpec::EMPTY
});
static AGE: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    max_age: ::core::option::Option::Some(const { AGE }),
    ..::cors_actix::private::PolicySpec::EMPTY
});
static STATUS: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    preflight_status: ::core::option::Option::Some(const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        __cors_private::const_check::preflight_status(STATUS)
    }),
    ..::cors_actix::private::PolicySpec::EMPTY
});
static INVISIBLE: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            "https://a.example",
            __cors_private::const_check::item(__cors_private::PolicyKey::AllowOrigins, B),
        ]
    },
    allow_credentials: true,
    max_age: ::core::option::Option::Some(60u64),
    ..::cors_actix::private::PolicySpec::EMPTY
});
