//! Timeline files: what is read, and how every mistake is told.

#[cfg(test)]
mod timeline {
    mod mistakes;
    mod reading;
}
