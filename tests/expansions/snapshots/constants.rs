//! Constants as values, each of another form.

static LISTS: Policy = policy! {
    allow_origins = ORIGINS,
    allow_methods = &METHODS,
    allow_headers = [concat!("x-", "id"), NAMES[0], names::ID, { ID }],
    expose_headers = exposed(),
    max_age = 60 * 60,
    preflight_status = STATUS as u16,
};

static FLAGS: Policy = policy! {
    allow_origins = any,
    allow_credentials = !cfg!(debug_assertions),
    timing_allow_origin = (TIMING),
    danger_insecure_origins = const { true },
    danger_public_suffixes = options.public,
    same_origin = if A { B } else { C },
    enforce = match A { B => C },
};

static A_FLAG: Policy = policy! { allow_origins = any, allow_credentials = *FLAG };
static A_METHOD: Policy = policy! { allow_origins = any, allow_methods = [*METHOD] };
static A_HEADER: Policy = policy! { allow_origins = any, allow_headers = [HEADER] };
static AN_EXPOSED_HEADER: Policy = policy! { allow_origins = any, expose_headers = [ID.name()] };
static INSECURE: Policy = policy! { allow_origins = any, danger_insecure_origins = A };
static SUFFIXES: Policy = policy! { allow_origins = any, danger_public_suffixes = A };
static TIMING: Policy = policy! { allow_origins = any, timing_allow_origin = A };
static SAME: Policy = policy! { same_origin = A };
static ENFORCE: Policy = policy! { allow_origins = any, enforce = A };
static AGE: Policy = policy! { allow_origins = any, max_age = AGE };
static STATUS: Policy = policy! { allow_origins = any, preflight_status = STATUS };

static INVISIBLE: Policy = policy! {
    allow_origins = invisible!([invisible!("https://a.example"), invisible!(B)]),
    allow_credentials = invisible!(true),
    max_age = invisible!(60),
};
