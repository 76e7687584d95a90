//! Fetch, "CORS check".

use crate::{blocked::CorsFault, exchange::Response, fetching::Fetching};

impl<T: ?Sized> Fetching<'_, T> {
    /// Checks that the response is shared with the page.
    pub(crate) fn cors_check(&self, response: &Response) -> Result<(), CorsFault> {
        const ALLOW_ORIGIN: &str = "access-control-allow-origin";
        let origin = self.origin().to_owned();
        // Steps 1 and 2.
        let Some(found) = response.header(ALLOW_ORIGIN) else {
            return Err(CorsFault::AllowOriginMissing { origin });
        };
        // Step 3.
        if !self.with_credentials() && found == "*" {
            return Ok(());
        }
        // Step 4.
        if found != origin {
            let lines = response.headers.values(ALLOW_ORIGIN);
            let values: Vec<_> = lines.map(|line| line.escape_ascii().to_string()).collect();
            return Err(match found.as_str() {
                _ if values.len() > 1 => CorsFault::AllowOriginRepeated { values },
                "*" => CorsFault::WildcardWithCredentials { origin },
                _ => CorsFault::AllowOriginDiffers { origin, found },
            });
        }
        // Step 5.
        if !self.with_credentials() {
            return Ok(());
        }
        // Steps 6 to 8.
        match response.header("access-control-allow-credentials") {
            Some(found) if found == "true" => Ok(()),
            found => Err(CorsFault::AllowCredentials { found }),
        }
    }
}
