//! Handlers, with other attributes around the route attribute.
#[tracing::instrument]
/// Documentation above.
/// Documentation below.
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct attributes;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for attributes {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        /// Documentation above.
        #[allow(dead_code)]
        /// Documentation below.
        #[tracing::instrument(skip_all)]
        #[must_use]
        #[cfg_attr(all(), inline)]
        async fn attributes() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "attributes",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, attributes);
        }
    }
}
#[utoipa::path(responses((status = 200)))]
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct documented;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for documented {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        #[other::path]
        #[path]
        #[utoipa::path::other]
        async fn documented() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "documented",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, documented);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct attributes_of_other_crates;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for attributes_of_other_crates {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        #[trace]
        #[fastrace::trace(short_name = true)]
        async fn attributes_of_other_crates() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "attributes_of_other_crates",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, attributes_of_other_crates);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct attributes_of_other_crates_below_routes;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory
for attributes_of_other_crates_below_routes {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use routes as _;
        #[other::trace]
        #[actix_web::other]
        async fn attributes_of_other_crates_below_routes() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "attributes_of_other_crates_below_routes",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE
                .register_handler(
                    __cors_config,
                    attributes_of_other_crates_below_routes,
                );
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub(crate) struct visible_in_the_crate;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for visible_in_the_crate {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        async fn visible_in_the_crate() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "visible_in_the_crate",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, visible_in_the_crate);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct r#type;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for r#type {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        async fn r#type(
            path: web::Path<(u32, String)>,
            callback: Query<Of<fn(u8) -> u8>>,
        ) -> Result<impl Responder, Box<dyn Error>>
        where
            String: Sized,
        {
            let text = "body";
            Ok(text)
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "r#type",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, r#type);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct of_a_macro;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for of_a_macro {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        async fn of_a_macro() -> String {
            (1 + 2) * 3
        }
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "of_a_macro",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, of_a_macro);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct own_policy_in_a_module;
#[automatically_derived]
impl ::cors_actix::private::dev::HttpServiceFactory for own_policy_in_a_module {
    fn register(self, __cors_config: &mut ::cors_actix::private::dev::AppService) {
        static __CORS_POLICY: ::cors_actix::private::LazyPolicy = ::cors_actix::private::LazyPolicy::new(||
        { ::cors_actix::private::SharedPolicy::policy(&(POLICY)) });
        #[allow(unused_imports)]
        use get as _;
        async fn own_policy_in_a_module() -> String {}
        {
            static __CORS_ROUTE: ::cors_actix::private::Route = ::cors_actix::private::Route::of_shared(
                "/",
                "own_policy_in_a_module",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, own_policy_in_a_module);
        }
    }
}
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
pub struct policy_of_the_module;
#[automatically_derived]
impl self::super::renamed::private::dev::HttpServiceFactory for policy_of_the_module {
    fn register(
        self,
        __cors_config: &mut self::super::renamed::private::dev::AppService,
    ) {
        static __CORS_POLICY: self::super::renamed::private::LazyPolicy = self::super::renamed::private::LazyPolicy::new(||
        {
            self::super::renamed::private::SharedPolicy::policy(
                &(self::super::__CorsPolicy),
            )
        });
        #[allow(unused_imports)]
        use get as _;
        async fn policy_of_the_module() -> String {}
        {
            static __CORS_ROUTE: self::super::renamed::private::Route = self::super::renamed::private::Route::of_shared(
                "/",
                "policy_of_the_module",
                &["GET"],
                &__CORS_POLICY,
            );
            __CORS_ROUTE.register_handler(__cors_config, policy_of_the_module);
        }
    }
}
