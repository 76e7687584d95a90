//! Parts of an HTML page, escaped.

use std::fmt::{self, Display};

/// Displays a text in HTML.
pub(super) struct Text<T>(pub(super) T);

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

/// Displays a text in HTML as code.
pub(super) struct Code<T>(pub(super) T);

impl<T: Display> Display for Code<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<code>{}</code>", Text(&self.0))
    }
}

/// Displays a sentence in HTML. What stands between backticks is code.
pub(super) struct Sentence<'a>(pub(super) &'a str);

impl Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.split('`').enumerate() {
            match index % 2 {
                0 => write!(f, "{}", Text(part))?,
                _ => write!(f, "{}", Code(part))?,
            }
        }
        Ok(())
    }
}

/// A table whose rows are cards on a narrow screen: each cell then shows the head of its column. The roles are
/// written out, because browsers drop those of tables that are not displayed as tables.
pub(super) struct Table<'a> {
    /// The id of the heading that names the table.
    pub(super) heading: &'a str,
    /// The heads of the columns, and the classes of their cells.
    pub(super) columns: [(&'a str, &'a str); 3],
    /// The cells in HTML, row by row.
    pub(super) rows: Vec<[String; 3]>,
}

impl Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Table { heading, columns, rows } = self;
        write!(f, "<table role=\"table\" aria-labelledby=\"{heading}\">")?;
        write!(f, "<thead role=\"rowgroup\"><tr role=\"row\">")?;
        for (head, class) in columns {
            write!(f, "<th role=\"columnheader\" scope=\"col\" class=\"{class}\">{head}</th>")?;
        }
        write!(f, "</tr></thead><tbody role=\"rowgroup\">")?;
        for cells in rows {
            write!(f, "<tr role=\"row\">")?;
            for ((head, class), cell) in columns.iter().zip(cells) {
                write!(f, "<td role=\"cell\" class=\"{class}\" data-head=\"{head}\">{cell}</td>")?;
            }
            write!(f, "</tr>")?;
        }
        write!(f, "</tbody></table>")
    }
}
