//! Starts PostgreSQL servers of the machine's version, each in a temporary folder of its own.

use std::{
    env,
    fs::{self, File},
    os::unix::{fs as unix, fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
};

use cors_actix_tests::process::{eventually, free_port};

/// The address at which a server can be reached, in addition to its private socket.
#[derive(Clone, Copy)]
pub(crate) enum Reach {
    /// The port of the server on loopback.
    Loopback,
    /// None: programs that connect to the port find no server.
    Nobody,
}

/// A server. Dropping it kills the server and deletes its data.
pub(crate) struct Postgres {
    folder: PathBuf,
    port: u16,
    /// The user and group that run the server, if the test is run by root, with which it would not start.
    user: Option<(u32, u32)>,
    server: Option<Child>,
}

impl Postgres {
    /// Starts an empty server that can be reached on loopback.
    pub(crate) fn start() -> Self {
        let name = format!("tenants-{}-{:08x}", process::id(), fastrand::u32(..));
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        let is_root = fs::metadata(&folder).unwrap().uid() == 0;
        let user = is_root.then(|| (id("-u"), id("-g")));
        if let Some((user, group)) = user {
            unix::chown(&folder, Some(user), Some(group)).unwrap();
        }
        let mut postgres = Postgres { folder, port: free_port(), user, server: None };
        let made = postgres
            .command("initdb")
            .args(["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.serve(Reach::Loopback);
        postgres
    }

    /// Starts the server on its data.
    pub(crate) fn serve(&mut self, reach: Reach) {
        let addresses = match reach {
            Reach::Loopback => "127.0.0.1",
            Reach::Nobody => "",
        };
        let log = self.folder.join("log");
        let mut server = self
            .command("postgres")
            .args(["-D", "data", "-c", "fsync=off", "-h", addresses, "-p"])
            .arg(self.port.to_string())
            .arg("-k")
            .arg(&self.folder)
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        eventually("the server answers", || {
            let ended = server.try_wait().unwrap();
            assert!(ended.is_none(), "{}", fs::read_to_string(&log).unwrap_or_default());
            self.psql("SELECT 1").output().unwrap().status.success()
        });
        self.server = Some(server);
    }

    /// Ends the server at once, as a crash would: its clients get no answer to what they have asked.
    pub(crate) fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            // Not SIGKILL, after which the server's other processes would go on for a while.
            let stop =
                self.command("pg_ctl").args(["stop", "-D", "data", "-m", "immediate"]).output();
            let stopped = stop.unwrap();
            assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
            server.wait().unwrap();
        }
    }

    /// Returns the address for the example, on loopback.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Runs statements over the private socket, and returns what they select.
    #[track_caller]
    pub(crate) fn sql(&self, statements: &str) -> String {
        let output = self.psql(statements).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn psql(&self, statements: &str) -> Command {
        let mut psql = self.command("psql");
        psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-c", statements]);
        psql
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(installed(program));
        // Without `PGHOST` and the like, and without a locale that may be missing.
        command.env_clear().current_dir(&self.folder).stdin(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns the path of a program of the server's package: Debian has the programs of each version in a
/// folder that is not on `PATH`.
fn installed(program: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin").join(program))
        .filter(|path| path.exists())
        .max_by_key(|path| version_of(path));
    newest.unwrap_or_else(|| PathBuf::from(program))
}

fn version_of(program: &Path) -> Option<u32> {
    program.parent()?.parent()?.file_name()?.to_str()?.parse().ok()
}

/// Returns a number of the user `postgres`, which the package has made.
fn id(option: &str) -> u32 {
    let output = Command::new("id").args([option, "postgres"]).output().unwrap();
    let number = String::from_utf8_lossy(&output.stdout).trim().parse();
    number.expect("the user postgres exists: `tests/run` installs PostgreSQL")
}
