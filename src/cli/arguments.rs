//! The arguments and their help. What a flag means stands only in its help text.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are help texts for a terminal"
)]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::deploy::DeployArguments;
use super::features::of_this_build;
use crate::config::ListenParts;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  check: the server is not ready; migrate --check: migrations are due; otherwise a failure not
     listed here
  2  the arguments are wrong
  3  the configuration is wrong
  4  an input is missing or broken
  5  an output cannot be written
  6  a data file cannot be used: missing, damaged, of another app or schema, in use, or a migration
     of it failed
  130, 143, 129  ended by SIGINT (Ctrl-C), SIGTERM, SIGHUP; what was being made is removed. `serve`
     ends with 0, or 1 if it was told twice

Examples:
  ekiben serve                             bake the built-in data if need be, serve on localhost:1323
  ekiben serve --listen :8080              serve on every IPv4 interface, port 8080
  ekiben serve --mode replica              serve read-only, straight from the baked file
  ekiben serve --app isuumo --app people   serve two apps, each over a file of its own
  ekiben bake --from ~/dumps --out data    bake isuumo from your own dumps
  ekiben import shop.sql.gz -o shop.sqlite turn a MySQL dump into a SQLite file
  ekiben inspect data/isuumo.sqlite        show the content, origin and health of a file
  ekiben seed people list.csv --replace    put the rows of a CSV file into a primary's data
  ekiben backup /backups/isuumo.sqlite     copy a primary's data while it serves
  ekiben restore /backups/isuumo.sqlite    have the next start serve that copy
  ekiben conduit set-password alice        give a user of the blog a password
  ekiben english grant a@b.example editor  let a user of the drill change its sentences
  ekiben migrate --check                   report whether the next start migrates that copy

Output: results go to standard output, everything else to standard error. With --json, a result is
one JSON object with the names of docs/commands.md.";

/// An application and its data in one box: MySQL dumps go in at build time, one binary with a
/// read-optimised SQLite file comes out.
///
/// `ekiben` alone prints an overview on a terminal. Elsewhere, and with flags of `serve`, it serves.
#[derive(Debug, Parser)]
#[command(version, after_help = of_this_build(EXIT_CODES), args_conflicts_with_subcommands = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: ServeArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve apps over HTTP
    ///
    /// Bakes an app's file first if it is missing. Migrates a primary's copy of an older version first
    /// (see `migrate`). Settings come from the defaults, ekiben.toml, PORT and SERVER_PORT, EKIBEN_*
    /// variables and these flags; later ones win. An empty variable counts as unset. A secret can be
    /// read from a file: EKIBEN_ADMIN__TOKEN_FILE.
    Serve(ServeArguments),
    /// Bake an app's dumps or CSV files into a read-optimised SQLite file
    ///
    /// Reads every *.sql, *.sql.gz and *.sql.zst of a folder in the order of their names, then the
    /// app's CSV files (people.csv) and its condition files (*.json), if any. An older file is
    /// replaced only on success. With SOURCE_DATE_EPOCH set, the same inputs give the same bytes.
    #[command(after_help = "Examples:
  ekiben bake                          bake the built-in dataset into the data directory
  ekiben bake --from ~/dumps --out .   bake your own dumps into ./isuumo.sqlite
  ekiben bake --app people             bake the passengers into ./data/people.sqlite")]
    Bake(BakeArguments),
    /// Turn MySQL or MariaDB dumps into a SQLite file, without a server
    ///
    /// Reads the dumps in the order given, plain or compressed with gzip or zstd, and makes the
    /// tables, rows, keys, constraints and views that they define. Differences from the dump are listed
    /// at the end, with their lines: skipped (a statement has no counterpart), lossy (something is
    /// missing), changed (it is stored differently). The file appears only when it is complete.
    /// docs/import.md has the types and where SQLite differs.
    #[command(after_help = "Examples:
  ekiben import shop.sql.gz -o shop.sqlite               one dump
  ekiben import schema.sql data.sql.zst -o shop.sqlite   several, in this order
  mysqldump shop | ekiben import - -o shop.sqlite        without a file in between
  ekiben import all.sql --database shop -o shop.sqlite   one of several databases
  ekiben import shop.sql --tables item,sale -o s.sqlite  only these tables
  ekiben import shop.sql -o shop.sqlite --strict         fail on any difference
  ekiben import shop.sql -o shop.sqlite --report json    a report for programs

Exit codes: 0 done, 2 wrong arguments, 4 a dump is missing or broken or --strict found something,
5 the output exists or cannot be written.")]
    #[cfg(feature = "import")]
    Import(ImportArguments),
    /// Show the content, origin and health of a data file
    ///
    /// For files made by bake, import or backup, and for a primary's own copy, served or not. Fails
    /// with exit code 6 when the file is damaged. docs/operations.md explains each line.
    #[command(after_help = "Examples:
  ekiben inspect data/isuumo.sqlite                   a baked file
  ekiben inspect --full data/isuumo.primary.1.sqlite  a primary's copy, every index compared
  ekiben inspect --json backup.sqlite                 for programs")]
    Inspect(InspectArguments),
    /// Copy a primary's data to a file, while it serves or not
    ///
    /// Copies the state of one moment, checks the copy in full and only then gives it its name. The
    /// server goes on reading and writing meanwhile. The file is self-contained: `restore` takes it,
    /// and a replica serves it as it is. docs/operations.md has schedules and object storage.
    #[command(after_help = "Examples:
  ekiben backup /backups/isuumo.sqlite                 the primary of this configuration
  ekiben backup --data-dir /data /backups/isuumo.sqlite --replace

Exit codes: 0 done, 2 wrong arguments, 3 wrong configuration, 5 the file exists or cannot be written,
6 there is nothing to copy, or it is damaged.")]
    Backup(BackupArguments),
    /// Have the next start of a primary serve this file's data
    ///
    /// Checks that the file is whole and of this app and schema, and makes it the next generation in
    /// the data directory, whose primary must not run. The previous generation is removed by the next
    /// start, not sooner. A file of an older version is restored as it is, and that start migrates it.
    #[command(after_help = "Examples:
  ekiben restore /backups/isuumo.sqlite                into the data directory of this configuration
  ekiben restore --data-dir /data /backups/isuumo.sqlite

Exit codes: 0 done, 2 wrong arguments, 3 wrong configuration, 5 the copy cannot be written, 6 the file
cannot be used (damaged, of another app or schema, of a newer version), or the data directory is in use.")]
    Restore(RestoreArguments),
    /// Bring a primary's data to this version's schema, without serving
    ///
    /// Does what the next start of the primary would do first. Older data is copied; the copy is
    /// migrated and checked in full, and only then becomes the next generation. If anything fails, the
    /// data is unchanged. The previous generation is removed by the next start, not sooner. Data of a
    /// newer version is refused: there is no downgrade. The primary must not run, except for --check.
    #[command(after_help = "Examples:
  ekiben migrate                       the apps of this configuration
  ekiben migrate --app isuumo --data-dir /data
  ekiben migrate --check               change nothing, report which migrations are due

Exit codes: 0 done or nothing to do, 1 with --check: migrations are due, 2 wrong arguments,
3 wrong configuration, 4 a file of the schema is wrong, 5 the copy cannot be written, 6 the data cannot
be used, is of a newer version, or in use, or a migration failed.")]
    Migrate(MigrateArguments),
    /// Put the rows of a file into a primary's data, without serving
    ///
    /// For english the file is a list of sentences, a line each: no::jp::en. A sentence whose number is there
    /// is changed in its place and keeps what was graded of it; users stay. INIT_USER_EMAIL,
    /// INIT_USER_PASSWD (or INIT_USER_PASSWD_FILE) and INIT_USER_MODE name a first user, who is made as an
    /// editor if the address is new. For the other apps it is a CSV file.
    ///
    /// Reads the file as `bake` does (for people: the columns Survived, Pclass, Name, Sex, Age,
    /// Siblings/Spouses Aboard, Parents/Children Aboard, Fare, and Uuid if there is one) and makes the
    /// next generation in the data directory, whose primary must not run: all rows are in it or nothing
    /// has changed. Without a copy of a primary there, the baked file is taken, and baked first if
    /// missing. Errors in the file are reported with line and column.
    #[command(after_help = "Examples:
  ekiben seed people passengers.csv --replace           these people and no others
  ekiben seed people more.csv --append --data-dir /data
  zcat people.csv.gz | ekiben seed people - --replace
  ekiben seed english sentence_data.txt                 changed and added, others stay
  ekiben seed english list.txt --replace --if-new       once, whenever it is called

Exit codes: 0 done, 2 wrong arguments, or there are rows and neither --replace nor --append was given,
3 wrong configuration, 4 the file is missing or broken, 5 the copy cannot be written, 6 the data cannot
be used, or is in use.")]
    Seed(SeedArguments),
    /// What operators of the blog, the app conduit, do with its data
    #[cfg(feature = "conduit")]
    Conduit(ConduitArguments),
    /// What operators of the drill, the app english, do with its data
    #[cfg(feature = "english")]
    English(EnglishArguments),
    /// Ask a running server whether it is ready: exit code 0 or 1
    ///
    /// For container health checks in images that have no shell.
    #[command(after_help = "Examples:
  ekiben check                         the server that this configuration would start
  ekiben check 10.0.0.7:1323           another one; /readyz unless a path is given
  ekiben check --json                  whether, and why not, for programs")]
    Check(CheckArguments),
    /// Print the description of the API in OpenAPI 3.1
    ///
    /// What a server of this configuration has at /openapi.json, without starting one.
    #[command(after_help = "Examples:
  ekiben openapi                                        of the configured apps
  ekiben openapi --app all --output docs/openapi.json   what the repository holds")]
    Openapi(OpenapiArguments),
    /// Print the files with which a platform runs an app
    ///
    /// With --out they go to a folder. They are those of deploy/, with the app, its image, its host and
    /// its size filled in. What to do with them is told on standard error. docs/deploy/ has a page for
    /// each platform.
    #[command(after_help = "Examples:
  ekiben deploy kubernetes --app people --host people.example.org --out k8s \\
    --image registry.example.org/people@sha256:…
  ekiben deploy fly --name shop --host shop.fly.dev --image registry.fly.io/shop:v1 --out .
  ekiben deploy systemd --app conduit --host blog.example.org --memory 256 --out units

Exit codes: 0 done, 2 wrong arguments, 3 wrong configuration, 5 a file is there or cannot be written.")]
    Deploy(DeployArguments),
    /// Print the completions of a shell, to be loaded by it
    ///
    /// They complete commands, flags and file names.
    #[command(after_help = "Examples:
  source <(ekiben completions bash)                                  this shell
  ekiben completions bash > ~/.local/share/bash-completion/completions/ekiben
  ekiben completions zsh > ~/.zfunc/_ekiben                          a folder of $fpath
  ekiben completions fish > ~/.config/fish/completions/ekiben.fish")]
    Completions(CompletionsArguments),
    /// Print a manual page, or write all of them to a folder
    ///
    /// What the help texts say, as a page for man: of ekiben, or of one of its commands.
    #[command(after_help = "Examples:
  ekiben man | man -l -                                 the page of ekiben
  ekiben man bake | man -l -                            that of a command
  ekiben man --output ~/.local/share/man/man1           all, for `man ekiben-bake`

Exit codes: 0 done, 2 wrong arguments, 5 a page cannot be written.")]
    Man(ManArguments),
}

/// Flags that name a configuration layer, shared by several subcommands.
#[derive(Debug, Args)]
pub(super) struct ConfigArguments {
    /// Configuration file; without this, EKIBEN_CONFIG or ./ekiben.toml if there is one
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// Flags that name the app that a subcommand is about.
#[derive(Debug, Args)]
pub(super) struct AppArguments {
    /// The app; without this, the configured one
    #[arg(long, value_name = "NAME")]
    pub(super) app: Option<String>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// App to serve, or "all"; may be given several times
    ///
    /// The first one renders the 404 page.
    #[arg(long, value_name = "NAME")]
    pub(super) app: Vec<String>,
    /// Address, port or both: localhost:1323, 1323, :1323 for every IPv4 interface,
    /// `[::]:1323` for IPv6 too
    ///
    /// Without this and without PORT, which platforms set, only this machine can connect.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) listen: Option<ListenParts>,
    /// Port to listen on, whatever the address
    #[arg(long, value_name = "PORT", conflicts_with = "listen")]
    pub(super) port: Option<u16>,
    /// Folder for baked files and a primary's copy of them
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Take writes (primary) or serve the baked file read-only (replica)
    #[arg(long, value_enum)]
    pub(super) mode: Option<ModeArgument>,
    /// Show the effective settings and where each comes from, and exit
    #[arg(long)]
    pub(super) print_config: bool,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ModeArgument {
    Primary,
    Replica,
}

/// Flags that say in which form a result is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct ResultForm {
    /// Print the result as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct BakeArguments {
    #[command(flatten)]
    pub(super) app: AppArguments,
    /// Folder with the dumps; without this, the configured or built-in dataset
    #[arg(long, value_name = "DIR")]
    pub(super) from: Option<PathBuf>,
    /// Folder for APP.sqlite; without this, where `serve` looks for it
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) form: ResultForm,
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// Dumps to read, in this order; `-` is standard input
    #[arg(required = true, value_name = "DUMP")]
    pub(super) dumps: Vec<PathBuf>,
    /// The SQLite file to make; an existing one is refused without --force
    #[arg(short, long, value_name = "OUT.sqlite")]
    pub(super) output: PathBuf,
    /// The database to import, where the dumps hold several
    #[arg(long, value_name = "NAME")]
    pub(super) database: Option<String>,
    /// Import these tables and views only; names are compared letter by letter
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        conflicts_with = "exclude"
    )]
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) tables: Vec<String>,
    /// Leave out these tables and views
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) exclude: Vec<String>,
    /// Import definitions without rows
    #[arg(long, conflicts_with = "data_only")]
    pub(super) schema_only: bool,
    /// Import rows and primary keys, without other keys, constraints, defaults and views
    #[arg(long)]
    pub(super) data_only: bool,
    /// Fail, with all notes, when anything would be skipped, changed or lossy
    #[arg(long)]
    pub(super) strict: bool,
    /// Form of the report: for people, or as JSON
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub(super) report: ReportForm,
    /// The same as --report json
    #[arg(long, conflicts_with = "report")]
    pub(super) json: bool,
    /// Threads to use, 1 to read and store in turns; without this, one for each processor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) jobs: Option<u16>,
    /// Character set of dumps that do not say theirs, by its MySQL name
    #[arg(long, value_name = "NAME", default_value = "utf8mb4")]
    pub(super) charset: String,
    /// Accept a dump of mysqldump or mariadb-dump whose last line ("Dump completed") is missing
    #[arg(long)]
    pub(super) allow_incomplete: bool,
    /// Replace the output if it exists, once the import has succeeded
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportForm {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct InspectArguments {
    /// A file made by bake, import or backup, or a primary's copy
    pub(super) file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Check everything, indexes against their tables too, which takes longer
    #[arg(long)]
    pub(super) full: bool,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

/// Flags that name a primary's data.
#[derive(Debug, Args)]
pub(super) struct DataArguments {
    #[command(flatten)]
    pub(super) app: AppArguments,
    /// Folder of the primary's copy; without this, the configured one
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// The file to make, in a folder that exists; an existing file is refused without --replace
    pub(super) out: PathBuf,
    /// Replace the file if it exists, once the new one is complete and checked
    #[arg(long)]
    pub(super) replace: bool,
    #[command(flatten)]
    pub(super) form: ResultForm,
    #[command(flatten)]
    pub(super) data: DataArguments,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// A backup, or a baked file
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) form: ResultForm,
    #[command(flatten)]
    pub(super) data: DataArguments,
}

#[derive(Debug, Args)]
pub(super) struct MigrateArguments {
    /// App whose data to migrate; may be given several times; without this, the configured ones
    #[arg(long, value_name = "NAME")]
    pub(super) app: Vec<String>,
    /// Folder of the primaries' copies; without this, the configured one
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Change nothing; exit with 0 when there is nothing to do, with 1 when migrations are due
    #[arg(long)]
    pub(super) check: bool,
    #[command(flatten)]
    pub(super) form: ResultForm,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(super) struct SeedArguments {
    /// App whose data it is
    #[arg(value_name = "APP")]
    pub(super) app: String,
    /// The file, plain or compressed with gzip or zstd; `-` is standard input. For english the
    /// default is SENTENCE_FILE_PATH
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// Remove the rows that are there; for english, those that are not in the file
    #[arg(long, conflicts_with = "append")]
    pub(super) replace: bool,
    /// Keep the rows that are there, as english does anyway
    #[arg(long)]
    pub(super) append: bool,
    /// Do nothing where a primary has data already, even while it runs: for a container that starts
    /// before each start of the server
    #[arg(long)]
    pub(super) if_new: bool,
    /// english: remove all users and what they graded
    #[arg(long)]
    pub(super) replace_users: bool,
    /// english: change nothing when a line is no sentence
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) form: ResultForm,
    /// Folder of the primary's copy; without this, the configured one
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(super) struct ConduitArguments {
    #[command(subcommand)]
    pub(super) command: ConduitCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConduitCommand {
    /// Give a user a new password, without serving
    ///
    /// Asks for it twice on a terminal, without showing it, and else reads the first line of standard
    /// input; it is never an argument. Users of the built-in data have none, so nobody can sign in as
    /// one of them before. The primary must not run: there, users change their own. Tokens stay good.
    #[command(after_help = "Examples:
  ekiben conduit set-password alice
  ekiben conduit set-password alice --data-dir /data < password

Exit codes: 0 done, 2 wrong arguments: there is no such user, or the password is too short, too long or
not the same twice, 3 wrong configuration, 5 the data cannot be written, 6 the data cannot be used, or is
in use.")]
    SetPassword(SetPasswordArguments),
}

#[derive(Debug, Args)]
pub(super) struct EnglishArguments {
    #[command(subcommand)]
    pub(super) command: EnglishCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum EnglishCommand {
    /// Say what an account may change, without serving
    ///
    /// An editor changes sentences and words; a learner changes nothing but the own account and gradings.
    /// Whoever signs up is a learner, the first one too; the first user of a seed is an editor. The primary
    /// must not run.
    #[command(after_help = "Examples:
  ekiben english grant ann@example.com editor
  ekiben english grant ann@example.com learner --data-dir /data

Exit codes: 0 done, 2 wrong arguments: there is no such user, 3 wrong configuration, 5 the data cannot be
written, 6 the data cannot be used, or is in use.")]
    Grant(GrantArguments),
    /// Give a user a new password, without serving
    ///
    /// Asks for it twice on a terminal, without showing it, and else reads the first line of standard
    /// input; it is never an argument. The user's sessions end. The primary must not run: there, users
    /// change their own, or have a link mailed if they forgot it.
    #[command(after_help = "Examples:
  ekiben english set-password ann@example.com
  ekiben english set-password ann@example.com --data-dir /data < password

Exit codes: 0 done, 2 wrong arguments: there is no such user, or the password is too short, too long or
not the same twice, 3 wrong configuration, 5 the data cannot be written, 6 the data cannot be used, or is
in use.")]
    SetPassword(SetPasswordArguments),
}

#[derive(Debug, Args)]
pub(super) struct SetPasswordArguments {
    #[command(flatten)]
    pub(super) data: AccountArguments,
}

#[derive(Debug, Args)]
pub(super) struct GrantArguments {
    #[command(flatten)]
    pub(super) data: AccountArguments,
    /// What the user is from now on
    #[arg(value_name = "ROLE", value_enum)]
    pub(super) role: RoleArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleArgument {
    /// Changes nothing but the own account and gradings
    Learner,
    /// Changes sentences and words, too
    Editor,
}

/// Which account, and where it is.
#[derive(Debug, Args)]
pub(super) struct AccountArguments {
    /// Who it is: a user's name of conduit, an e-mail address of english
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// Folder of the primary's copy; without this, the configured one
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Server to ask: HOST:PORT, a port of this machine, or a URL with http
    #[arg(value_name = "SERVER")]
    pub(super) url: Option<String>,
    #[command(flatten)]
    pub(super) form: ResultForm,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(super) struct OpenapiArguments {
    /// App to describe; may be given several times; without this, the configured ones
    #[arg(long, value_name = "NAME")]
    pub(super) app: Vec<String>,
    /// File to write instead of standard output; an existing one is replaced
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The command, one below another with a hyphen between; without this, ekiben itself
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    pub(super) command: Option<String>,
    /// Folder for the pages of ekiben and every command; made if there is none
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}
