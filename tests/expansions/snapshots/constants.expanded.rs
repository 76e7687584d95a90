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
    allow_credentials: false,
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
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
static FLAGS: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: const { !cfg!(debug_assertions) },
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: const { (TIMING) },
    danger_insecure_origins: const { const { true } },
    danger_public_suffixes: const { options.public },
    same_origin: const { if A { B } else { C } },
    enforce: const {
        match A {
            B => C,
        }
    },
    predicate: false,
});
static A_FLAG: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: const { *FLAG },
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
static A_HEADER: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
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
static AN_EXPOSED_HEADER: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
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
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
static INSECURE: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: const { A },
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
static SUFFIXES: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: const { A },
    same_origin: false,
    enforce: false,
    predicate: false,
});
static TIMING: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: const { A },
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
static SAME: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
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
    same_origin: const { A },
    enforce: false,
    predicate: false,
});
static ENFORCE: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
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
    enforce: const { A },
    predicate: false,
});
static AGE: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::Some(const { AGE }),
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
static STATUS: Policy = ::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
    allow_origins: &["*"],
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: false,
    expose_headers: &[],
    max_age: ::core::option::Option::None,
    preflight_status: ::core::option::Option::Some(const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        __cors_private::const_check::preflight_status(STATUS)
    }),
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
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
    allow_methods: &[],
    allow_headers: &[],
    allow_credentials: true,
    expose_headers: &[],
    max_age: ::core::option::Option::Some(60u64),
    preflight_status: ::core::option::Option::None,
    timing_allow_origin: false,
    danger_insecure_origins: false,
    danger_public_suffixes: false,
    same_origin: false,
    enforce: false,
    predicate: false,
});
