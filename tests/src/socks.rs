//! A SOCKS proxy (RFC 1928) that leads browsers to this machine for every host.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

type Find = dyn Fn(&str, u16) -> Option<u16> + Send + Sync;

/// Starts a proxy, and returns its port. `find` returns the loopback port for a host and its port. The proxy
/// runs until the process ends.
pub fn start(find: impl Fn(&str, u16) -> Option<u16> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    let port = listener.local_addr().expect("the port is bound").port();
    let find: Arc<Find> = Arc::new(find);
    thread::spawn(move || {
        for browser in listener.incoming().flatten() {
            let find = Arc::clone(&find);
            // A browser may end a connection at any time, so errors are ignored.
            thread::spawn(move || serve(browser, &*find));
        }
    });
    port
}

fn serve(mut browser: TcpStream, find: &Find) -> io::Result<()> {
    // Section 3: version, number of methods, methods. The answer is "no authentication required".
    let [_, methods] = read(&mut browser)?;
    io::copy(&mut (&browser).take(methods.into()), &mut io::sink())?;
    browser.write_all(&[5, 0])?;
    // Section 4: version, command, reserved, type of address.
    let [_, _, _, kind] = read(&mut browser)?;
    let host = match kind {
        1 => Ipv4Addr::from(read::<4>(&mut browser)?).to_string(),
        3 => {
            let [length] = read(&mut browser)?;
            let mut name = vec![0; length.into()];
            browser.read_exact(&mut name)?;
            String::from_utf8_lossy(&name).into_owned()
        }
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    let port = u16::from_be_bytes(read(&mut browser)?);
    let server = find(&host, port)
        .ok_or(io::ErrorKind::HostUnreachable.into())
        .and_then(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)));
    // Section 6: 0 is "succeeded", 4 is "host unreachable".
    let reply = if server.is_ok() { 0 } else { 4 };
    browser.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let server = server?;
    for stream in [&browser, &server] {
        stream.set_nodelay(true)?;
    }
    let (from, to) = (browser.try_clone()?, server.try_clone()?);
    thread::spawn(move || pipe(from, to));
    pipe(server, browser)
}

fn pipe(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    let copied = io::copy(&mut from, &mut to);
    to.shutdown(Shutdown::Write)?;
    copied.map(drop)
}

fn read<const LENGTH: usize>(stream: &mut TcpStream) -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}
