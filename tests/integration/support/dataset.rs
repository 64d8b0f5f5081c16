//! Small datasets made for a test: rows in code, written as MySQL dumps of the original's format.

use std::fs;
use std::path::Path;

/// A chair of a test; the defaults are in the middle of everything.
#[derive(Clone)]
pub(crate) struct Chair {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) price: i64,
    pub(crate) height: i64,
    pub(crate) width: i64,
    pub(crate) depth: i64,
    pub(crate) popularity: i64,
    pub(crate) stock: i64,
    pub(crate) color: &'static str,
    pub(crate) features: &'static str,
    pub(crate) kind: &'static str,
}

pub(crate) const CHAIR: Chair = Chair {
    id: 0,
    name: "椅子",
    price: 5000,
    height: 100,
    width: 60,
    depth: 120,
    popularity: 1000,
    stock: 5,
    color: "黒",
    features: "",
    kind: "座椅子",
};

/// An estate of a test.
#[derive(Clone)]
pub(crate) struct Estate {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    pub(crate) rent: i64,
    pub(crate) door_height: i64,
    pub(crate) door_width: i64,
    pub(crate) popularity: i64,
    pub(crate) features: &'static str,
}

pub(crate) const ESTATE: Estate = Estate {
    id: 0,
    name: "ISUマンション",
    latitude: 35.5,
    longitude: 139.5,
    rent: 80000,
    door_height: 100,
    door_width: 100,
    popularity: 1000,
    features: "",
};

/// The rows of a test.
#[derive(Clone, Default)]
pub(crate) struct Dataset {
    pub(crate) chairs: Vec<Chair>,
    pub(crate) estates: Vec<Estate>,
}

impl Dataset {
    /// One chair and one estate, for tests that do not care.
    pub(crate) fn tiny() -> Self {
        Self {
            chairs: vec![Chair { id: 1, ..CHAIR }],
            estates: vec![Estate { id: 1, ..ESTATE }],
        }
    }

    pub(crate) fn of_chairs(chairs: impl IntoIterator<Item = Chair>) -> Self {
        Self {
            chairs: chairs.into_iter().collect(),
            ..Self::tiny()
        }
    }

    pub(crate) fn of_estates(estates: impl IntoIterator<Item = Estate>) -> Self {
        Self {
            estates: estates.into_iter().collect(),
            ..Self::tiny()
        }
    }

    pub(crate) fn estate_dump(&self) -> String {
        let rows = self.estates.iter().map(|estate| {
            let Estate { id, name, latitude, longitude, rent, door_height, door_width, .. } = estate;
            let Estate { popularity, features, .. } = estate;
            format!(
                "('{id}', '/images/estate/{id:064x}.png', '{name}', '{latitude}' , '{longitude}', \
                 '東京都{id}', '{rent}', '{door_height}', '{door_width}', '{popularity}', '静かです', \
                 '{features}')"
            )
        });
        insert(
            "isuumo.estate (id, thumbnail, name, latitude, longitude, address, rent, door_height, \
             door_width, popularity, description, features)",
            rows,
        )
    }

    pub(crate) fn chair_dump(&self) -> String {
        let rows = self.chairs.iter().map(|chair| {
            let Chair { id, name, price, height, width, depth, popularity, stock, .. } = chair;
            let Chair { color, features, kind, .. } = chair;
            format!(
                "('{id}', '/images/chair/{id:064x}.png', '{name}', '{price}', '{height}', '{width}', \
                 '{depth}', '{popularity}', '{stock}', '{color}', '座れます', '{features}', '{kind}')"
            )
        });
        insert(
            "isuumo.chair (id, thumbnail, name, price, height, width, depth, popularity, stock, color, \
             description, features, kind)",
            rows,
        )
    }

    /// Writes the dumps as `1_estate.sql` and `2_chair.sql`.
    pub(crate) fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("1_estate.sql"), self.estate_dump()).unwrap();
        fs::write(folder.join("2_chair.sql"), self.chair_dump()).unwrap();
    }
}

fn insert(head: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: Vec<_> = rows.collect();
    format!("INSERT INTO {head} VALUES {};", rows.join(", "))
}
