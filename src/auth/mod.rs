//! Who is asking, and may they? Tokens to principals, permission and quota checks, sealed secrets.

pub mod seal;
