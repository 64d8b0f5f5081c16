//! Parts of names. Surnames are put together from a beginning and an ending, so that they sound like
//! places without being anybody's.

/// Names that go together.
pub(super) struct NamePool {
    pub(super) men: &'static [&'static str],
    pub(super) women: &'static [&'static str],
    pub(super) beginnings: &'static [&'static str],
    pub(super) endings: &'static [&'static str],
}

/// From the islands.
pub(super) static ISLANDS: NamePool = NamePool {
    men: &[
        "Edmund", "Walter", "Harold", "Cecil", "Rupert", "Ambrose", "Alfred", "Herbert", "Percy",
        "Leonard", "Stanley", "Ernest", "Hubert", "Gilbert", "Wilfred", "Reginald", "Clement",
        "Basil", "Norman", "Horace", "Archie", "Bertram", "Cyril", "Douglas", "Edwin", "Felix",
        "Gerald", "Hector", "Isaac", "Jasper", "Lionel", "Matthew",
    ],
    women: &[
        "Clara", "Edith", "Mabel", "Winifred", "Beatrice", "Florence", "Gertrude", "Harriet",
        "Ivy", "Lavinia", "Maud", "Nora", "Olive", "Phyllis", "Rosalind", "Sybil", "Violet",
        "Agnes", "Blanche", "Cecily", "Daisy", "Esther", "Flora", "Grace", "Hester", "Isabel",
        "Louisa", "Marian", "Nell", "Prudence", "Tabitha", "Una",
    ],
    beginnings: &[
        "Ash", "Pen", "Thorn", "Hex", "Wren", "Corn", "Quill", "Rook", "Marl", "Nether", "Oak",
        "Tre", "Under", "Vern", "Yar", "Brack", "Dun", "Fen", "Hazel", "Kel", "Lark", "Mell",
        "Ouse", "Pry", "Rime", "Sedge", "Teal", "Wold",
    ],
    endings: &[
        "grove", "hale", "wick", "combe", "mere", "stead", "ridge", "moor", "shaw", "bourne",
        "croft", "garth", "holt", "thwaite", "dene", "low",
    ],
};

/// From the north.
pub(super) static NORTH: NamePool = NamePool {
    men: &[
        "Anders", "Sven", "Olaf", "Nils", "Erik", "Gustav", "Lars", "Henrik", "Johan", "Karl",
        "Arvid", "Einar", "Halvard", "Ivar", "Knut", "Mikkel", "Oskar", "Petter", "Rasmus",
        "Torsten",
    ],
    women: &[
        "Ingrid", "Astrid", "Sigrid", "Elin", "Hilda", "Karin", "Solveig", "Greta", "Maja",
        "Ragnhild", "Signe", "Tora", "Ulla", "Vendela", "Ylva", "Anneli", "Berit", "Dagny",
        "Frida", "Helmi",
    ],
    beginnings: &[
        "Fjell", "Grim", "Havn", "Isen", "Kvit", "Lauv", "Myr", "Norr", "Orm", "Rein", "Skarp",
        "Storm", "Tind", "Ulv", "Vinter", "Aspen",
    ],
    endings: &[
        "vik", "holm", "skog", "sund", "rud", "lid", "nes", "haug", "dal", "voll", "bekk", "tjern",
    ],
};

/// From the south and the east.
pub(super) static SOUTH: NamePool = NamePool {
    men: &[
        "Anton", "Bogdan", "Dimitar", "Emil", "Farid", "Georgi", "Hovan", "Ilija", "Jakov",
        "Kostas", "Luka", "Mario", "Nikola", "Pavel", "Rafael", "Stefan", "Tomas", "Vasil",
        "Yusuf", "Zoran",
    ],
    women: &[
        "Ana", "Bianca", "Dafina", "Elena", "Fatima", "Irina", "Jelena", "Katerina", "Lucia",
        "Mara", "Nadia", "Olga", "Paola", "Rosa", "Sofia", "Teodora", "Vera", "Yana", "Zora",
        "Amira",
    ],
    beginnings: &[
        "Bal", "Dor", "Gal", "Jar", "Kast", "Lam", "Mor", "Nev", "Orl", "Pol", "Rus", "Sor", "Tal",
        "Var", "Zel", "Brav",
    ],
    endings: &[
        "anov", "avic", "escu", "idis", "enko", "elli", "oury", "akov", "inski", "ario", "opol",
        "etti",
    ],
};
