//! An HTTP/1.1 client that sends exactly the given bytes and returns the whole response.

use std::{
    fmt,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A request, written byte by byte.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    bytes: Vec<u8>,
    body: Vec<u8>,
}

impl Request {
    /// Makes a request with only a `Host` line.
    pub fn new(method: &str, target: &str) -> Self {
        Request::bare(method, target).line("Host", "api.example")
    }

    /// Makes a request without header lines.
    pub fn bare(method: &str, target: &str) -> Self {
        let start = format!("{method} {target} HTTP/1.1\r\n");
        Request { method: method.to_owned(), bytes: start.into_bytes(), body: Vec::new() }
    }

    /// Makes a GET request.
    pub fn get(target: &str) -> Self {
        Request::new("GET", target)
    }

    /// Makes an OPTIONS request with an origin and a requested method.
    pub fn preflight(target: &str, origin: impl AsRef<[u8]>, method: impl AsRef<[u8]>) -> Self {
        Request::new("OPTIONS", target).origin(origin).asks_method(method)
    }

    /// Adds a header line, whose value can be any bytes.
    pub fn line(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let parts = [name.as_bytes(), b": ", value.as_ref(), b"\r\n"];
        self.bytes.extend_from_slice(&parts.concat());
        self
    }

    fn start(&self) -> String {
        const SHOWN: usize = 300;
        let start = self.bytes.get(..SHOWN).unwrap_or(&self.bytes);
        start.escape_ascii().to_string().replace("\\r\\n", "\n")
    }

    /// Adds a body, and the `Content-Length` line.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.line("Content-Length", length)
    }

    /// Adds an `Origin` line.
    pub fn origin(self, value: impl AsRef<[u8]>) -> Self {
        self.line("Origin", value)
    }

    /// Adds an `Access-Control-Request-Method` line.
    pub fn asks_method(self, value: impl AsRef<[u8]>) -> Self {
        self.line("Access-Control-Request-Method", value)
    }

    /// Adds an `Access-Control-Request-Headers` line.
    pub fn asks_headers(self, value: impl AsRef<[u8]>) -> Self {
        self.line("Access-Control-Request-Headers", value)
    }
}

/// A header line of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The name, in lower case.
    pub name: String,
    /// The value, without the white space around it; bytes that are not ASCII are escaped.
    pub value: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.value)
    }
}

/// A response as it came over the wire.
#[derive(Debug, Clone)]
pub struct Response {
    /// The start of the request, escaped, for messages.
    pub request: String,
    /// The status code.
    pub status: u16,
    /// The header lines, in order.
    pub lines: Vec<Line>,
    /// The body, with the chunked encoding removed.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the values of all lines of the name, in order.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let lines = self.lines.iter().filter(|line| line.name == name);
        lines.map(|line| line.value.as_str()).collect()
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that stays open between requests.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Much longer than any response takes, even on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// Opens a connection.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server accepts connections");
        stream.set_read_timeout(Some(Self::PATIENCE)).expect("the time is not zero");
        stream.set_nodelay(true).expect("the stream is open");
        Client { stream: BufReader::new(stream) }
    }

    /// Sends the request and reads the whole response.
    #[track_caller]
    pub fn send(&mut self, request: &Request) -> Response {
        match self.try_send(request) {
            Ok(response) => response,
            Err(error) => panic!("no response: {error}\n{}", request.start()),
        }
    }

    /// Sends the request and reads the whole response.
    ///
    /// # Errors
    /// If the server closes the connection, or sends bytes that are not a response.
    pub fn try_send(&mut self, request: &Request) -> io::Result<Response> {
        let stream = self.stream.get_mut();
        stream.write_all(&request.bytes)?;
        stream.write_all(b"\r\n")?;
        stream.write_all(&request.body)?;
        let status = self.read_status()?;
        let lines = self.read_lines()?;
        let mut response = Response { request: request.start(), status, lines, body: Vec::new() };
        let bodyless = request.method == "HEAD" || matches!(status, 100..200 | 204 | 304);
        if !bodyless {
            response.body = self.read_body(&response)?;
        }
        Ok(response)
    }

    fn read_status(&mut self) -> io::Result<u16> {
        let line = self.read_line()?;
        let rest = line.strip_prefix("HTTP/1.1 ").ok_or_else(|| malformed(&line))?;
        rest.get(..3).and_then(|code| code.parse().ok()).ok_or_else(|| malformed(&line))
    }

    fn read_lines(&mut self) -> io::Result<Vec<Line>> {
        let mut lines = Vec::new();
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                return Ok(lines);
            }
            let (name, value) = line.split_once(':').ok_or_else(|| malformed(&line))?;
            lines.push(Line { name: name.to_ascii_lowercase(), value: value.trim().to_owned() });
        }
    }

    fn read_body(&mut self, response: &Response) -> io::Result<Vec<u8>> {
        if response.values("transfer-encoding") == ["chunked"] {
            return self.read_chunks();
        }
        let mut body = Vec::new();
        if let [length] = response.values("content-length")[..] {
            let length = length.parse().map_err(|_| malformed(length))?;
            body.resize(length, 0);
            self.stream.read_exact(&mut body)?;
        } else {
            self.stream.read_to_end(&mut body)?;
        }
        Ok(body)
    }

    fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.read_line()?;
            let size = usize::from_str_radix(&line, 16).map_err(|_| malformed(&line))?;
            let mut chunk = vec![0; size];
            self.stream.read_exact(&mut chunk)?;
            body.append(&mut chunk);
            self.read_line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    /// Reads a line, without its end. Bytes that are not printable ASCII are escaped.
    fn read_line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        let line = line.strip_suffix(b"\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(match str::from_utf8(line) {
            Ok(text) if text.is_ascii() => text.to_owned(),
            _ => line.escape_ascii().to_string(),
        })
    }
}

fn malformed(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("malformed: {text:?}"))
}
