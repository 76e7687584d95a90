//! The handlers that `#[cors]` on a module finds.

#[cors(policy = POLICY)]
#[allow(dead_code)]
pub(crate) mod handlers {
    #[utoipa::path(get, path = "/one")]
    #[get("/one")]
    #[tracing::instrument]
    async fn one() -> String {}

    #[cfg_attr(all(), utoipa::path(get, path = "/two"), routes, doc = "Two.")]
    #[get("/two")]
    pub async fn two() -> String {}

    #[cfg_attr(a, get("/a"))]
    #[cfg_attr(b, cfg_attr(c, allow(dead_code), get("/c")),)]
    #[cfg_attr(d, cors(allow_origins = any))]
    async fn in_conditions() -> String {}

    #[cors(allow_origins = any)]
    #[get("/own")]
    async fn own() -> String {}

    #[get("/below")]
    #[cors(allow_origins = any)]
    async fn own_below() -> String {}

    #[::cors_actix::private::of_module(::cors_actix; self::super::__CorsPolicy)]
    #[get("/outer")]
    async fn of_the_outer_module() -> String {}

    #[trace]
    #[route]
    async fn no_handler() -> String {}

    pub mod inner {
        #[get("/inner")]
        async fn inner() -> String {}

        mod innermost {
            #[get("/innermost")]
            async fn innermost() -> String {}
        }
    }

    pub fn configure(config: &mut ServiceConfig) {
        #[get("/in-a-function")]
        pub(super) async unsafe extern "C" fn in_a_function() -> String {}

        config.service(in_a_function);
        if !flag {
            #[get("/in-a-block")]
            async fn in_a_block() -> String {}
        }
    }

    invisible!(fn no_handler_of_a_macro() -> String {})

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
}

// The expressions of the policies stand around the modules.
#[cors(allow_origins = [APP], max_age = AGE)]
mod constants {
    #[get("/")]
    async fn handler() -> String {}
}

// Nothing can register a handler that one of these calls makes.
#[cors(policy = POLICY)]
mod calls_without_handlers {
    macro_rules! handler {
        ($name:ident) => {
            #[get("/")]
            async fn $name() -> String {}
        };
    }

    lazy_static! { static ref LAZY: String = other!(1); }
    const COUNT: usize = count!(handlers);
    type Of<T> = of!(T);

    struct Handlers {
        first: handler!(first),
    }

    impl<T> Of<T> {
        methods! { first second }
    }

    fn function(request: Request) {
        send(request.service(), [service], request);
        handler! { first }
    }

    #[get("/")]
    async fn handler() -> String {
        assert!(a != b);
        other!(1)
    }
}

#[cors(policy = POLICY)]
mod handlers_in_inner_modules_only {
    #[cors(allow_origins = any)]
    mod own {
        #[get("/")]
        async fn handler() -> String {}
    }
}

#[cors(policy = POLICY)]
mod own_handlers_in_inner_modules_only {
    mod own {
        #[cors(allow_origins = any)]
        #[get("/")]
        async fn handler() -> String {}
    }
}

#[cors(policy = POLICY)]
mod own_handlers_in_own_modules_only {
    #[cors(allow_origins = any)]
    mod own {
        #[cors(same_origin)]
        #[get("/")]
        async fn handler() -> String {}
    }
}

#[cors(same_origin)]
mod every_handler_has_its_own {
    #[cors(allow_origins = any)]
    #[get("/")]
    async fn own() -> String {}
}
