//! Reads the file again when it changes.

use std::{
    path::Path,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};

use super::{live::LivePolicies, settings::Sources};

/// The time without events after which the file is read. An editor causes several events when it saves.
const QUIET: Duration = Duration::from_millis(100);

/// The longest time for which the file is not read because of further events, such as those of a log in the
/// same directory.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The time after which the file is read without any event, because some file systems report none (NFS), and
/// none arrives if the directory is replaced.
const UNASKED: Duration = Duration::from_secs(60);

/// Replaces the policies when the file changes, as long as the service runs. `text` is the text from which
/// the policies were made. If the new text has a problem, or there is no file, the policies stay as they
/// are, and the problem is logged.
pub fn follow(sources: &Sources, text: String, policies: &LivePolicies) {
    let file = sources.file().display();
    let (sender, events) = mpsc::channel();
    // Dropping the watcher ends the events.
    let _watcher = watch(sources.file(), sender)
        .inspect_err(|error| log::warn!("{file} is read every {UNASKED:?} only: {error}"));
    let mut last = Ok(text);
    loop {
        // Before the first wait, because the file may have changed before the watch began.
        let text = sources.text();
        if text != last {
            match text.clone().and_then(|text| sources.settings(&text)) {
                Ok(settings) => {
                    policies.replace(settings);
                    log::info!("{file} has changed, and its policies are used");
                }
                Err(error) => log::error!("the policies stay as they are: {error}"),
            }
            last = text;
        }
        wait(&events);
    }
}

/// Watches the directory of the file, because a watch on the file itself would end when an editor replaces
/// the file.
fn watch(file: &Path, sender: Sender<()>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.map_or(true, |event| may_change_text(event.kind)) {
            // Fails when nobody waits any more.
            let _ = sender.send(());
        }
    })?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    watcher.watch(parent.unwrap_or(Path::new(".")), RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

/// Returns `false` for events that reading the file causes. Events of other files count, because the file
/// may be a link, as those of Kubernetes are.
fn may_change_text(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}

/// Waits for the next event, and until its successors have arrived.
fn wait(events: &Receiver<()>) {
    match events.recv_timeout(UNASKED) {
        Ok(()) => {}
        Err(RecvTimeoutError::Timeout) => return,
        // There is no watcher.
        Err(RecvTimeoutError::Disconnected) => return thread::sleep(UNASKED),
    }
    let deadline = Instant::now() + LONGEST_WAIT;
    while Instant::now() < deadline && events.recv_timeout(QUIET).is_ok() {}
}
