//! The app `people`: the passengers of a ship, in the API of the original "connexion app".
//!
//! It owns its routes, its queries, its import and its dataset's generator. It must not know how files
//! are opened, nor any other app.

pub mod generate;
