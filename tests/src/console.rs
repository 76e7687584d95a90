//! The console of a real browser, where a developer reads why a response is blocked.

use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::{Browser, Engine};

impl Browser {
    /// Returns the errors and warnings of the console since the last call. `None` is for WebKit, whose driver
    /// has no command for the console, and whose private sessions write nothing elsewhere.
    pub async fn console(&self) -> Option<Vec<String>> {
        Some(match self.engine {
            Engine::Blink => {
                let log = self.command("se/log", &json!({ "type": "browser" }));
                texts(&log, |entry| &entry["message"])
            }
            Engine::Gecko => {
                self.command("moz/context", &json!({ "context": "chrome" }));
                let log = self.run(MESSAGES_OF_GECKO).await;
                self.command("moz/context", &json!({ "context": "content" }));
                texts(&log, |entry| entry)
            }
            Engine::WebKit => return None,
        })
    }

    /// Waits for messages of the console with a text, such as a URL, and returns them. A message may come
    /// after the page has noticed the error. `None` is for WebKit, as above.
    ///
    /// # Panics
    /// If no such message comes.
    pub async fn console_about(&self, text: &str) -> Option<Vec<String>> {
        const PATIENCE: Duration = Duration::from_secs(20);
        const PAUSE: Duration = Duration::from_millis(50);
        let mut others = Vec::new();
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            let (about, other): (Vec<_>, Vec<_>) =
                self.console().await?.into_iter().partition(|message| message.contains(text));
            if !about.is_empty() {
                return Some(about);
            }
            others.extend(other);
            actix_web::rt::time::sleep(PAUSE).await;
        }
        panic!("{:?}: no message about {text} in {PATIENCE:?}, but {others:#?}", self.engine);
    }
}

/// Returns the messages of all pages and of the browser itself, and forgets them.
const MESSAGES_OF_GECKO: &str = "
    const messages = Services.console.getMessageArray().map((it) => it.errorMessage ?? it.message);
    Services.console.reset();
    return messages;
";

fn texts(log: &Value, text: impl Fn(&Value) -> &Value) -> Vec<String> {
    let entries = log.as_array().into_iter().flatten();
    entries.filter_map(|entry| text(entry).as_str()).map(str::to_owned).collect()
}
