//! The seam between an app and the rest: traits by which apps are known, and what goes over the seam.
//!
//! An app has two lives. Its file is baked and opened ([`AppData`]); its routes are mounted and served
//! ([`ServedApp`], with its own settings as a type). [`App`] is both without that type, so that apps fit
//! in a list; every [`ServedApp`] is one. Mounting comes before files: it needs settings only, and
//! [`Mounted`] takes the store when there is one. It must not know any app.

use std::sync::Arc;

use figment::value::Dict;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::OpenApi;

use crate::auth::{UserContext, UserSetup};
use crate::bake::CsvTable;
use crate::config::{Mount, PublicUrl, Section, dictionary};
use crate::http::{BoundRoutes, CounterSource, Entrance, NotFoundPage, Routes, WorkPool};
use crate::mail::Postbox;
use crate::store::{Deriver, Store};

/// Why an app cannot be mounted: its settings are wrong.
pub type MountError = Box<dyn std::error::Error + Send + Sync>;

/// An app as its file has it: what a bake reads, and what is derived from the file when it is opened.
pub trait AppData: Sync {
    /// Its name: of its folders, of its file, in the configuration and on the command line.
    fn name(&self) -> &'static str;

    /// The CSV files that its dataset may hold, and the tables that they fill.
    fn csv_tables(&self) -> &'static [CsvTable] {
        &[]
    }

    /// The documents that its file must hold, by name without `.json`.
    fn documents(&self) -> &'static [&'static str] {
        &[]
    }

    /// Environment variables of the system that it takes the place of, each with the setting that it gives.
    /// A variable of ours, `EKIBEN_…`, counts more.
    fn variables(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Whether replicas may answer reads while its primary takes writes: nobody looks for what he wrote there.
    fn reads_from_replicas(&self) -> bool {
        false
    }

    /// What it keeps in memory beside its file, if anything.
    fn deriver(&self) -> Option<&'static dyn Deriver> {
        None
    }
}

/// An app as it is served.
pub trait ServedApp: AppData {
    /// Its own settings; their defaults are those of the type.
    type Settings: Default + Serialize + DeserializeOwned;

    /// Its routes, and what they say of themselves.
    ///
    /// # Errors
    /// When its settings are wrong.
    fn mount(&self, context: MountContext<Self::Settings>) -> Result<Mounted, MountError>;
}

/// An app, whatever its settings are.
pub trait App: AppData {
    /// Its own settings with their defaults.
    fn default_settings(&self) -> Dict;

    /// The variable that gives it the secret that it signs with, if it has one: that of the system that it takes the
    /// place of, or ours.
    fn secret_variable(&self) -> Option<String> {
        self.default_settings().get("secret")?;
        let key = format!("{}.secret", self.name());
        let theirs = self.variables().iter().find(|(_, setting)| *setting == key);
        let ours = || format!("EKIBEN_{}__SECRET", self.name().to_uppercase());
        Some(theirs.map_or_else(ours, |(variable, _)| (*variable).to_owned()))
    }

    /// See [`ServedApp::mount`]; its settings are read from its section, once.
    ///
    /// # Errors
    /// When its settings are wrong.
    fn mount_at(&self, context: MountContext<Section>) -> Result<Mounted, MountError>;
}

impl<A: ServedApp> App for A {
    fn default_settings(&self) -> Dict {
        dictionary(&A::Settings::default())
    }

    fn mount_at(&self, context: MountContext<Section>) -> Result<Mounted, MountError> {
        let settings = context.settings.extract()?;
        self.mount(context.with(settings))
    }
}

/// What an app is given to mount itself.
#[derive(Debug, Clone)]
pub struct MountContext<S> {
    /// Its own settings.
    pub settings: S,
    /// Where it is. Addresses that go out are made with it; its routes and handlers know only their own paths.
    pub mount: Mount,
    /// By which address clients reach the site, if that is known.
    pub public_url: Option<PublicUrl>,
    /// Largest upload in bytes, for routes that take one.
    pub upload_bytes: usize,
    /// Whether answers may be compressed.
    pub compress: bool,
    /// What does whatever takes long, for all apps of the process.
    pub work: WorkPool,
    /// What apps with users share.
    pub users: UserContext,
    /// What takes mails.
    pub postbox: Postbox,
    /// Whether its site is wanted. An app whose API is of use alone leaves its pages out where they would be
    /// in another app's way.
    pub pages: bool,
}

impl<S> MountContext<S> {
    fn with<T>(self, settings: T) -> MountContext<T> {
        MountContext {
            settings,
            mount: self.mount,
            public_url: self.public_url,
            upload_bytes: self.upload_bytes,
            compress: self.compress,
            work: self.work,
            users: self.users,
            postbox: self.postbox,
            pages: self.pages,
        }
    }
}

/// An app that is mounted and waits for its store.
pub struct Mounted {
    /// What its routes take and answer, with the limits that are configured.
    pub description: OpenApi,
    /// The app's own 404 page.
    pub not_found: Option<NotFoundPage>,
    /// Where people enter it, and what crawlers are asked to leave alone.
    pub entrance: Entrance,
    /// Its paths, as it knows them.
    pub paths: Vec<String>,
    /// What it counts for operators.
    pub counters: Vec<CounterSource>,
    /// Whether it wants to know from which address a request came.
    pub counts_clients: bool,
    /// Its routes over a store.
    pub routes: OpenRoutes,
}

/// Makes an app's routes when its store is open. What fails then is not the store: a key file, say.
pub type OpenRoutes = Box<dyn FnOnce(Arc<Store>) -> Result<BoundRoutes, MountError> + Send>;

impl Mounted {
    /// `routes` whose state `state` makes of the store.
    pub fn new<S: Clone + Send + Sync + 'static>(
        routes: Routes<S>,
        description: OpenApi,
        state: impl FnOnce(Arc<Store>) -> S + Send + 'static,
    ) -> Self {
        Self::fallible(routes, description, |store| Ok(state(store)))
    }

    /// The same for a state that needs more than the store, and may not get it.
    pub fn fallible<S: Clone + Send + Sync + 'static>(
        routes: Routes<S>,
        description: OpenApi,
        state: impl FnOnce(Arc<Store>) -> Result<S, MountError> + Send + 'static,
    ) -> Self {
        let paths = routes.paths().to_vec();
        let open = move |store| Ok(routes.with_state(state(store)?));
        Self::of_bound(paths, description, open)
    }

    /// The same for routes that `open` makes over a store itself: with layers of the app's own around
    /// some of them, for example. `paths` are all of theirs.
    pub fn of_bound(
        paths: Vec<String>,
        description: OpenApi,
        open: impl FnOnce(Arc<Store>) -> Result<BoundRoutes, MountError> + Send + 'static,
    ) -> Self {
        Self {
            description,
            not_found: None,
            entrance: Entrance::default(),
            paths,
            counters: Vec::new(),
            counts_clients: false,
            routes: Box::new(open),
        }
    }

    /// The same with users: what is counted of them, and by client.
    #[must_use]
    pub fn with_users(self, users: &UserSetup) -> Self {
        Self {
            counts_clients: true,
            ..self.with_counters(users.figures().counters())
        }
    }

    /// The same with more counters for operators.
    #[must_use]
    pub fn with_counters(mut self, counters: Vec<CounterSource>) -> Self {
        self.counters.extend(counters);
        self
    }

    /// The same with a 404 page of its own.
    #[must_use]
    pub fn with_not_found(self, page: NotFoundPage) -> Self {
        Self {
            not_found: Some(page),
            ..self
        }
    }

    /// The same, entered elsewhere than at its `/`, or with addresses that are not for crawlers.
    #[must_use]
    pub fn with_entrance(self, entrance: Entrance) -> Self {
        Self { entrance, ..self }
    }
}
