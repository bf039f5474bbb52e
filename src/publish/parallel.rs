//! A task for each of many items -> all of them done, on as many threads as the machine has.

use std::num::NonZero;
use std::thread;

/// Calls `task` for every item; neighbours stay on one thread, as they are often in one folder.
/// Each thread stops at its first error, and one of these is returned.
pub(super) fn for_each<T: Sync, E: Send>(items: &[T], task: impl Fn(&T) -> Result<(), E> + Sync) -> Result<(), E> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let parts = items.chunks(items.len().div_ceil(threads).max(1));
    thread::scope(|scope| {
        let running: Vec<_> = parts.map(|part| scope.spawn(|| part.iter().try_for_each(&task))).collect();
        // A panic of a task goes on in the caller.
        let finished =
            running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        finished.fold(Ok(()), Result::and)
    })
}
