//! The browser engines, which differ in one limit.

/// The engine whose limit on `Access-Control-Max-Age` applies. Nothing else differs between engines.
///
/// ```
/// use cors_actix_browser::{Browser, Engine};
///
/// let browser = Browser::at("https://app.example.com").engine(Engine::Chromium);
/// # let _ = browser;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// The standard, which sets no limit.
    #[default]
    Standard,
    /// 7 200 seconds.
    Chromium,
    /// 86 400 seconds.
    Firefox,
    /// 600 seconds.
    WebKit,
}

impl Engine {
    /// Returns the longest time in seconds for which the engine keeps a preflight.
    pub(crate) fn max_age_limit(self) -> u64 {
        match self {
            Engine::Standard => u64::MAX,
            Engine::Chromium => 7_200,
            Engine::Firefox => 86_400,
            Engine::WebKit => 600,
        }
    }
}
