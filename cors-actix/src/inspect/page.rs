//! The page of the inspector: HTML without scripts, made on the server.

use std::{
    collections::BTreeSet,
    fmt::{self, Display},
};

use super::{
    ask::{Answer, Question},
    html::{Code, Sentence, Text},
    report::Report,
    tables::Tables,
};

/// The page.
pub(super) struct Page {
    /// The path of the inspector.
    pub(super) base: String,
    /// The parameters of the last question, which the form shows again.
    pub(super) query: Vec<(String, String)>,
    pub(super) answer: Option<Result<(Question, Answer), String>>,
    pub(super) report: Report,
}

impl Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = Text(&self.base);
        // The title is the first thing that a screen reader says about the new page.
        let verdict = match &self.answer {
            None => "",
            Some(Ok((_, Answer { readable: true, .. }))) => "Readable · ",
            Some(Ok(_)) => "Not readable · ",
            Some(Err(_)) => "Mistake · ",
        };
        write!(
            f,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>{verdict}CORS policies</title>\
             <link rel=\"icon\" href=\"{base}/icon.svg\" type=\"image/svg+xml\">\
             <link rel=\"stylesheet\" href=\"{base}/style.css\"></head><body>\
             <header><h1>CORS policies</h1><p>All policies of this app, for development. An answer comes from the \
             code that serves requests; no handler runs.</p></header><main>"
        )?;
        self.form(f)?;
        self.answer(f)?;
        write!(f, "{}", Tables(&self.report))?;
        write!(
            f,
            "</main><footer><p>The same as data: <a href=\"{base}/report.json\">report.json</a></p></footer>\
             </body></html>"
        )
    }
}

impl Page {
    fn value(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn form(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            (
                "origin",
                "A page of the origin",
                "https://app.example.com",
                " required list=\"origins\"",
            ),
            ("method", "sends the method", "GET", " list=\"methods\""),
            ("path", "to the path", "/v1/items/3", " required list=\"paths\""),
            ("headers", "with the headers", "content-type, x-request-id", ""),
        ];
        write!(
            f,
            "<section><h2>May a page read the response?</h2>\
             <form action=\"{}#answer\" method=\"get\"><div class=\"fields\">",
            Text(&self.base)
        )?;
        for (name, label, example, attributes) in fields {
            write!(
                f,
                "<label>{label}<input name=\"{name}\" value=\"{}\" placeholder=\"{example}\" \
                 autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\"{attributes}></label>",
                Text(self.value(name))
            )?;
        }
        let checked = if self.value("credentials") == "include" { " checked" } else { "" };
        write!(
            f,
            "</div><div class=\"actions\"><label class=\"check\"><input type=\"checkbox\" name=\"credentials\" value=\"include\"{checked}>\
             with credentials, such as cookies</label><button>Ask</button></div>"
        )?;
        self.suggestions(f)?;
        write!(f, "</form></section>")
    }

    /// Writes the origins and paths of the app as suggestions for the fields.
    fn suggestions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { routes, layers } = &self.report;
        let scopes = layers.iter().flat_map(|layer| &layer.scopes);
        let policies = routes.iter().map(|route| &route.policy);
        let policies = policies.chain(layers.iter().map(|layer| &layer.policy));
        let policies = policies.chain(scopes.clone().map(|(_, policy)| policy));
        let origins: BTreeSet<_> = policies
            .flat_map(|policy| policy.allow_origins())
            .filter(|origin| !origin.contains('*'))
            .collect();
        let paths = routes.iter().map(|route| &route.path).chain(scopes.map(|(path, _)| path));
        let paths: BTreeSet<_> = paths.cloned().collect();
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map(str::to_owned);
        let lists = [("origins", origins), ("methods", methods.into()), ("paths", paths)];
        for (id, values) in lists {
            write!(f, "<datalist id=\"{id}\">")?;
            for value in values {
                write!(f, "<option value=\"{}\"></option>", Text(value))?;
            }
            write!(f, "</datalist>")?;
        }
        Ok(())
    }

    fn answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (question, answer) = match &self.answer {
            None => return Ok(()),
            Some(Err(mistake)) => {
                return write!(
                    f,
                    "<section id=\"answer\" class=\"no\" tabindex=\"-1\"><h2>The question has a mistake</h2>\
                     <p class=\"reason\">{}</p></section>",
                    Sentence(mistake)
                );
            }
            Some(Ok(answered)) => answered,
        };
        let (class, verdict) = match answer.readable {
            true => ("yes", "The page can read the response"),
            false => ("no", "The page cannot read the response"),
        };
        write!(f, "<section id=\"answer\" class=\"{class}\" tabindex=\"-1\"><h2>{verdict}</h2>")?;
        let Question { origin, method, path, headers, credentials } = question;
        write!(f, "<p>{} sends {}", Code(origin), Code(format_args!("{method} {path}")))?;
        if !headers.is_empty() {
            write!(f, " with {}", Code(headers))?;
        }
        if *credentials {
            write!(f, ", with credentials")?;
        }
        write!(f, ".</p>")?;
        if let Some(reason) = &answer.reason {
            write!(f, "<p class=\"reason\">{}</p>", Text(reason))?;
        }
        write!(f, "<h3>Steps</h3><ol>")?;
        for step in &answer.steps {
            write!(f, "<li>{}</li>", Text(step))?;
        }
        let of = if answer.is_of_preflight { "the preflight" } else { "the request" };
        write!(f, "</ol><h3>Headers of the response to {of}</h3>")?;
        if answer.response_headers.is_empty() {
            return write!(f, "<p>No headers.</p></section>");
        }
        write!(f, "<pre>")?;
        for (name, value) in &answer.response_headers {
            writeln!(f, "{}: {}", Text(name), Text(value))?;
        }
        write!(f, "</pre></section>")
    }
}
