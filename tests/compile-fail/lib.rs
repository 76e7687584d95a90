//! Programs that must not compile. The package has no code of its own.
