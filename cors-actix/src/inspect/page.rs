//! The page of the inspector: HTML without scripts, made on the server.

use std::fmt::{self, Display};

use super::{
    ask::Answer,
    report::{LayerReport, Report, RouteReport},
};
use crate::policy::Policy;

/// The page.
pub(super) struct Page {
    /// The path of the inspector.
    pub(super) base: String,
    /// The parameters of the last question, which the form shows again.
    pub(super) query: Vec<(String, String)>,
    pub(super) answer: Option<Result<Answer, String>>,
    pub(super) report: Report,
}

/// Displays a text in HTML.
struct Text<T>(T);

impl<T: Display> Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.to_string().chars() {
            match char {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

impl Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = Text(&self.base);
        write!(
            f,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>CORS policies</title><link rel=\"stylesheet\" href=\"{base}/style.css\"></head>\
             <body><main><h1>CORS policies</h1>"
        )?;
        self.form(f)?;
        self.answer(f)?;
        self.routes(f)?;
        self.layers(f)?;
        write!(f, "<p><a href=\"{base}/report.json\">report.json</a></p></main></body></html>")
    }
}

impl Page {
    fn value(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn form(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("origin", "A page of", "https://app.example.com", true),
            ("method", "fetches", "GET", false),
            ("path", "the path", "/v1/items/3", true),
            ("headers", "with headers", "content-type, x-request-id", false),
        ];
        write!(f, "<form action=\"{}\" method=\"get\">", Text(&self.base))?;
        for (name, label, example, required) in fields {
            let required = if required { " required" } else { "" };
            write!(
                f,
                "<label>{label}<input name=\"{name}\" value=\"{}\" placeholder=\"{example}\" \
                 autocomplete=\"off\" spellcheck=\"false\"{required}></label>",
                Text(self.value(name))
            )?;
        }
        let checked = if self.value("credentials") == "include" { " checked" } else { "" };
        write!(
            f,
            "<label class=\"check\"><input type=\"checkbox\" name=\"credentials\" value=\"include\"{checked}>\
             with credentials</label><button>Ask</button></form>"
        )
    }

    fn answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = match &self.answer {
            None => return Ok(()),
            Some(Err(error)) => {
                return write!(f, "<p class=\"no\" role=\"alert\">{}</p>", Text(error));
            }
            Some(Ok(answer)) => answer,
        };
        let (class, verdict) = match answer.readable {
            true => ("yes", "The page can read the response."),
            false => ("no", "The page cannot read the response."),
        };
        write!(f, "<section role=\"status\"><h2 class=\"{class}\">{verdict}</h2>")?;
        if let Some(reason) = &answer.reason {
            write!(f, "<p>{}</p>", Text(reason))?;
        }
        write!(f, "<ol>")?;
        for step in &answer.steps {
            write!(f, "<li>{}</li>", Text(step))?;
        }
        write!(f, "</ol><pre>")?;
        for (name, value) in &answer.response_headers {
            writeln!(f, "{}: {}", Text(name), Text(value))?;
        }
        write!(f, "</pre></section>")
    }

    fn routes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<h2>Annotated routes</h2>")?;
        if self.report.routes.is_empty() {
            return write!(f, "<p>No handler has <code>#[cors]</code>.</p>");
        }
        write!(
            f,
            "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th>Methods<th>Path<th>Policy<th>Written at</tr></thead><tbody>"
        )?;
        for RouteReport { path, methods, policy, source } in &self.report.routes {
            write!(
                f,
                "<tr><td>{}<td><code>{}</code><td>{}<td><code>{}</code></tr>",
                Text(methods.join(", ")),
                Text(path),
                PolicyCell(policy),
                Text(source)
            )?;
        }
        write!(f, "</tbody></table></div>")
    }

    fn layers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<h2>Layers</h2>")?;
        if self.report.layers.is_empty() {
            return write!(f, "<p>The app has no <code>Cors</code>.</p>");
        }
        write!(
            f,
            "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th>Paths<th>Policy<th>Written at</tr></thead><tbody>"
        )?;
        for LayerReport { policy, scopes, source } in &self.report.layers {
            let own = ("all that it is around", policy);
            let scopes = scopes.iter().map(|(path, policy)| (path.as_str(), policy));
            for (path, policy) in std::iter::once(own).chain(scopes) {
                write!(
                    f,
                    "<tr><td>{}<td>{}<td><code>{}</code></tr>",
                    Text(path),
                    PolicyCell(policy),
                    Text(source)
                )?;
            }
        }
        write!(f, "</tbody></table></div>")
    }
}

/// A policy in a table: its options, one in each line.
struct PolicyCell<'a>(&'a Policy);

impl Display for PolicyCell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.0;
        let origins = policy.allow_origins();
        let lists = [
            ("allow_origins", origins.clone()),
            ("allow_methods", policy.allow_methods()),
            ("allow_headers", policy.allow_headers()),
            ("expose_headers", policy.expose_headers()),
        ];
        write!(f, "<dl>")?;
        if origins.is_empty() {
            write!(f, "<dt>{}<dd>", Text(policy.origins_in_words()))?;
        }
        for (key, items) in lists.iter().filter(|(_, items)| !items.is_empty()) {
            write!(f, "<dt>{key}<dd>")?;
            for item in items {
                write!(f, "<code>{}</code> ", Text(item))?;
            }
        }
        if policy.allow_credentials() {
            write!(f, "<dt>allow_credentials<dd>")?;
        }
        if let Some(seconds) = policy.max_age() {
            write!(f, "<dt>max_age<dd>{seconds} s")?;
        }
        if policy.enforce() {
            write!(f, "<dt>enforce<dd>")?;
        }
        write!(f, "</dl>")
    }
}
