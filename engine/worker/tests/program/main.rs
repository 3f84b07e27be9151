//! The program as its users meet it: started as a process, with what it prints and how it ends.

mod check;
mod docs;
mod files;
mod kit;
mod page;
mod schema;
mod usage;
