//! The handlers that `#[cors]` on a module finds.
#[allow(dead_code)]
pub(crate) mod handlers {
    #[utoipa::path(get, path = "/one")]
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/one")]
    #[tracing::instrument]
    async fn one() -> String {}
    #[cfg_attr(all(), utoipa::path(get, path = "/two"))]
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[cfg_attr(all(), routes)]
    #[cfg_attr(all(), doc = "Two.")]
    #[get("/two")]
    pub async fn two() -> String {}
    #[cfg_attr(
        any(a, all(b, c)),
        ::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)
    )]
    #[cfg_attr(a, get("/a"))]
    #[cfg_attr(all(b, c), allow(dead_code))]
    #[cfg_attr(all(b, c), get("/c"))]
    #[cfg_attr(d, cors(allow_origins = any))]
    async fn in_conditions() -> String {}
    #[cors(allow_origins = any)]
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/own")]
    async fn own() -> String {}
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/below")]
    #[cors(allow_origins = any)]
    async fn own_below() -> String {}
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/outer")]
    async fn of_the_outer_module() -> String {}
    #[trace]
    #[route]
    async fn no_handler() -> String {}
    pub mod inner {
        #[::cors_actix::private::of_module(::cors_actix;self::super::__CorsPolicy)]
        #[get("/inner")]
        async fn inner() -> String {}
        mod innermost {
            #[::cors_actix::private::of_module(
                ::cors_actix;self::super::super::__CorsPolicy
            )]
            #[get("/innermost")]
            async fn innermost() -> String {}
        }
    }
    pub fn configure(config: &mut ServiceConfig) {
        #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
        #[get("/in-a-function")]
        pub(super) async unsafe extern "C" fn in_a_function() -> String {}
        config.service(in_a_function);
        if !flag {
            #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
            #[get("/in-a-block")]
            async fn in_a_block() -> String {}
        }
    }
    fn no_handler_of_a_macro() -> String {}
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/behind")]
    async fn behind_a_function_of_a_macro() -> String {}
    impl Handlers for Item {
        #[get("/method")]
        async fn method(&self) -> String {}
    }
    extern "C" {
        #[link_name = "function"]
        fn without_body();
    }
    mod r#type {}
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy for handlers::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
const _: ::cors_actix::private::PolicySpec<'static> = ::cors_actix::private::PolicySpec {
    allow_origins: const {
        #[allow(unused_imports)]
        use ::cors_actix::private as __cors_private;
        &[
            __cors_private::const_check::item(
                __cors_private::PolicyKey::AllowOrigins,
                APP,
            ),
        ]
    },
    max_age: ::core::option::Option::Some(const { AGE }),
    ..::cors_actix::private::PolicySpec::EMPTY
};
mod constants {
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/")]
    async fn handler() -> String {}
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy for constants::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        {
            ::cors_actix::private::SharedPolicy::policy(
                &(::cors_actix::private::policy_with_constants(::cors_actix::private::PolicySpec {
                    allow_origins: const {
                        #[allow(unused_imports)]
                        use ::cors_actix::private as __cors_private;
                        &[
                            __cors_private::const_check::item(
                                __cors_private::PolicyKey::AllowOrigins,
                                APP,
                            ),
                        ]
                    },
                    max_age: ::core::option::Option::Some(const { AGE }),
                    ..::cors_actix::private::PolicySpec::EMPTY
                })),
            )
        });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod calls_without_handlers {
    macro_rules! handler {
        ($name:ident) => {
            #[get("/")] async fn $name () -> String {}
        };
    }
    lazy_static! {
        static ref LAZY : String = other!(1);
    }
    const COUNT: usize = count!(handlers);
    type Of<T> = of!(T);
    struct Handlers {
        first: handler!(first),
    }
    impl<T> Of<T> {
        methods! {
            first second
        }
    }
    fn function(request: Request) {
        send(request.service(), [service], request);
        handler! {
            first
        }
    }
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/")]
    async fn handler() -> String {
        assert!(a != b);
        other!(1)
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy for calls_without_handlers::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod handlers_in_inner_modules_only {
    #[cors(allow_origins = any)]
    mod own {
        #[::cors_actix::private::of_module(::cors_actix;self::super::__CorsPolicy)]
        #[get("/")]
        async fn handler() -> String {}
    }
    const _: () = {
        #[deprecated(
            note = "`#[cors]` on this module has no effect: every handler in it has \
                                 a `#[cors]` of its own; remove it, or those of handlers that it is for"
        )]
        const CORS_WITHOUT_EFFECT: () = ();
        CORS_WITHOUT_EFFECT
    };
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy
for handlers_in_inner_modules_only::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod own_handlers_in_inner_modules_only {
    mod own {
        #[cors(allow_origins = any)]
        #[::cors_actix::private::of_module(::cors_actix;self::super::__CorsPolicy)]
        #[get("/")]
        async fn handler() -> String {}
    }
    const _: () = {
        #[deprecated(
            note = "`#[cors]` on this module has no effect: every handler in it has \
                                 a `#[cors]` of its own; remove it, or those of handlers that it is for"
        )]
        const CORS_WITHOUT_EFFECT: () = ();
        CORS_WITHOUT_EFFECT
    };
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy
for own_handlers_in_inner_modules_only::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod own_handlers_in_own_modules_only {
    #[cors(allow_origins = any)]
    mod own {
        #[cors(same_origin)]
        #[::cors_actix::private::of_module(::cors_actix;self::super::__CorsPolicy)]
        #[get("/")]
        async fn handler() -> String {}
    }
    const _: () = {
        #[deprecated(
            note = "`#[cors]` on this module has no effect: every handler in it has \
                                 a `#[cors]` of its own; remove it, or those of handlers that it is for"
        )]
        const CORS_WITHOUT_EFFECT: () = ();
        CORS_WITHOUT_EFFECT
    };
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy
for own_handlers_in_own_modules_only::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod every_handler_has_its_own {
    #[cors(allow_origins = any)]
    #[::cors_actix::private::of_module(::cors_actix;self::__CorsPolicy)]
    #[get("/")]
    async fn own() -> String {}
    const _: () = {
        #[deprecated(
            note = "`#[cors]` on this module has no effect: every handler in it has \
                                 a `#[cors]` of its own; remove it, or those of handlers that it is for"
        )]
        const CORS_WITHOUT_EFFECT: () = ();
        CORS_WITHOUT_EFFECT
    };
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::cors_actix::private::SharedPolicy for every_handler_has_its_own::__CorsPolicy {
    fn policy(&self) -> ::cors_actix::private::Policy {
        static __CORS_POLICY: ::cors_actix::private::Policy = ::cors_actix::private::policy(::cors_actix::private::PolicySpec {
            same_origin: true,
            ..::cors_actix::private::PolicySpec::EMPTY
        });
        ::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
