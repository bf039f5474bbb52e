//! Fascicle compiles a site as a compiler compiles a program: sources in, checked output or diagnostics out.
//!
//! ```
//! let mut sources = fascicle::Sources::default();
//! sources.insert_text("content/index.md", "---\ntitle: Hello\n---\nA first page.\n");
//! let memo = fascicle::Memo::default();
//! let (site, diagnostics) = fascicle::compile(&sources, &memo);
//! assert!(!diagnostics.has_errors());
//! assert!(site.routes().any(|route| route == "index.html"));
//! ```
//!
//! The modules stand in the order of their imports: each may use only those above it. `tests/tidy.rs` reads this list.

mod date;
mod diagnostic;
mod hash;
mod memo;
mod text;
mod source;
mod yaml;
mod builtin;
mod words;
mod similar;
mod schema;
mod config;
mod load;
mod parse;
mod graph;
mod page;
mod theme;
mod render;
mod search;
mod feeds;
mod site;
mod compile;
mod publish;
mod serve;
pub mod cli;

#[doc(hidden)]
pub use compile::compile_with;
pub use compile::{compile, schema_of};
pub use date::Date;
pub use diagnostic::{Code, Diagnostic, Diagnostics, Format, Looks, Severity, Span};
pub use load::{Folders, load};
pub use memo::{Memo, Stage};
pub use publish::{Options, PublishError, Published, Staging};
pub use render::Output;
pub use search::{Answer, Correction, Danger, Found, Reason, Section, Term};
pub use site::{Counts, Site};
pub use source::{Body, Source, Sources};
