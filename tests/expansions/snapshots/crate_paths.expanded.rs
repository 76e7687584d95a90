//! The path of `cors_actix` in the modules under an attribute.
mod absolute {
    #[::renamed::private::of_module(::renamed;self::__CorsPolicy)]
    #[get("/")]
    async fn handler() -> String {}
    mod inner {
        #[::renamed::private::of_module(::renamed;self::super::__CorsPolicy)]
        #[get("/")]
        async fn handler() -> String {}
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl ::renamed::private::SharedPolicy for absolute::__CorsPolicy {
    fn policy(&self) -> ::renamed::private::Policy {
        static __CORS_POLICY: ::renamed::private::LazyPolicy = ::renamed::private::LazyPolicy::new(||
        { ::renamed::private::SharedPolicy::policy(&(POLICY)) });
        ::renamed::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod of_the_crate {
    #[crate::renamed::private::of_module(crate::renamed;self::__CorsPolicy)]
    #[get("/")]
    async fn handler() -> String {}
    mod inner {
        #[crate::renamed::private::of_module(crate::renamed;self::super::__CorsPolicy)]
        #[get("/")]
        async fn handler() -> String {}
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl crate::renamed::private::SharedPolicy for of_the_crate::__CorsPolicy {
    fn policy(&self) -> crate::renamed::private::Policy {
        static __CORS_POLICY: crate::renamed::private::LazyPolicy = crate::renamed::private::LazyPolicy::new(||
        { crate::renamed::private::SharedPolicy::policy(&(POLICY)) });
        crate::renamed::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod of_the_module {
    #[self::super::renamed::private::of_module(self::super::renamed;self::__CorsPolicy)]
    #[get("/")]
    async fn handler() -> String {}
    mod inner {
        #[self::super::super::renamed::private::of_module(
            self::super::super::renamed;self::super::__CorsPolicy
        )]
        #[get("/")]
        async fn handler() -> String {}
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl self::renamed::private::SharedPolicy for of_the_module::__CorsPolicy {
    fn policy(&self) -> self::renamed::private::Policy {
        static __CORS_POLICY: self::renamed::private::LazyPolicy = self::renamed::private::LazyPolicy::new(||
        { self::renamed::private::SharedPolicy::policy(&(POLICY)) });
        self::renamed::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod of_the_parent {
    #[self::super::super::renamed::private::of_module(
        self::super::super::renamed;self::__CorsPolicy
    )]
    #[get("/")]
    async fn handler() -> String {}
    mod inner {
        #[self::super::super::super::renamed::private::of_module(
            self::super::super::super::renamed;self::super::__CorsPolicy
        )]
        #[get("/")]
        async fn handler() -> String {}
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl super::renamed::private::SharedPolicy for of_the_parent::__CorsPolicy {
    fn policy(&self) -> super::renamed::private::Policy {
        static __CORS_POLICY: super::renamed::private::LazyPolicy = super::renamed::private::LazyPolicy::new(||
        { super::renamed::private::SharedPolicy::policy(&(POLICY)) });
        super::renamed::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
mod of_a_name {
    #[self::__cors_crate::cors_actix::private::of_module(
        self::__cors_crate::cors_actix;self::__CorsPolicy
    )]
    #[get("/")]
    async fn handler() -> String {}
    mod inner {
        #[self::super::__cors_crate::cors_actix::private::of_module(
            self::super::__cors_crate::cors_actix;self::super::__CorsPolicy
        )]
        #[get("/")]
        async fn handler() -> String {}
    }
    #[doc(hidden)]
    mod __cors_crate {
        #[allow(unused_imports)]
        pub(super) use super::super::*;
        #[allow(unused_imports)]
        pub(super) use renamed::cors_actix as cors_actix;
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    pub(super) struct __CorsPolicy;
}
#[automatically_derived]
impl renamed::cors_actix::private::SharedPolicy for of_a_name::__CorsPolicy {
    fn policy(&self) -> renamed::cors_actix::private::Policy {
        static __CORS_POLICY: renamed::cors_actix::private::LazyPolicy = renamed::cors_actix::private::LazyPolicy::new(||
        { renamed::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        renamed::cors_actix::private::SharedPolicy::policy(&__CORS_POLICY)
    }
}
