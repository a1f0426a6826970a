//! What does the browser get? The built site, player element and embed, and the HTML shell.
//!
//! [`asset`] hands out the files that `npm run build` made; [`page`] writes the HTML document
//! around them. This crate speaks of files and of heads of pages only: what a title says, who may
//! see it and which headers go with it is the server's business.

mod asset;
mod escape;
mod language;
mod manifest;
mod page;

pub use asset::{Asset, asset};
pub use escape::escaped;
pub use language::Language;
pub use manifest::built;
pub use page::{Entry, Head, Preview, Theme, page};
