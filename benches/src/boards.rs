fn stub() {}
pub(crate) fn run() -> Result<(), crate::Failed> { stub(); Ok(()) }
