//! The condition forms: what can be chosen, and what is chosen.

use super::format;
use super::frame::PageFrame;
use crate::apps::isuumo::conditions::{ChairCondition, Choices, EstateCondition, Ranges};
use crate::apps::isuumo::query::Query;

/// A parameter of the API with a value.
pub(super) type Chosen = (&'static str, String);

/// One of several.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A condition with its choices, of which one can be taken.
pub(super) struct Group<'f> {
    pub(super) legend: &'f str,
    pub(super) name: &'static str,
    pub(super) choices: Vec<Choice>,
}

impl Group<'_> {
    pub(super) fn is_open(&self) -> bool {
        !self.choices.iter().any(|choice| choice.is_chosen)
    }
}

/// A form.
pub(super) struct ConditionForm<'f> {
    pub(super) groups: Vec<Group<'f>>,
    /// Of which any number can be taken.
    pub(super) features: Vec<Choice>,
}

impl<'f> ConditionForm<'f> {
    pub(super) fn of_chairs(frame: &'f PageFrame, known: &ChairCondition, query: &Query) -> Self {
        let form = FormBuilder { frame, query };
        let t = &frame.t.chair;
        Self {
            groups: vec![
                form.ranges(&t.price, "priceRangeId", &known.price),
                form.names(&t.kind, "kind", &known.kind),
                form.names(&t.color, "color", &known.color),
                form.ranges(&t.width, "widthRangeId", &known.width),
                form.ranges(&t.depth, "depthRangeId", &known.depth),
                form.ranges(&t.height, "heightRangeId", &known.height),
            ],
            features: form.features(&known.feature),
        }
    }

    pub(super) fn of_estates(frame: &'f PageFrame, known: &EstateCondition, query: &Query) -> Self {
        let form = FormBuilder { frame, query };
        let t = &frame.t.estate;
        Self {
            groups: vec![
                form.ranges(&t.rent, "rentRangeId", &known.rent),
                form.ranges(&t.door_width, "doorWidthRangeId", &known.door_width),
                form.ranges(&t.door_height, "doorHeightRangeId", &known.door_height),
            ],
            features: form.features(&known.feature),
        }
    }

    /// What the query gives, as the API takes it, whether or not the form offers it: features in one
    /// list, nothing empty.
    pub(super) fn chosen(&self, query: &Query) -> Vec<Chosen> {
        let names = self.groups.iter().map(|group| group.name);
        let mut chosen: Vec<Chosen> = names
            .filter_map(|name| Some((name, query.text(name)?.to_owned())))
            .collect();
        let features: Vec<&str> = query.texts("features").collect();
        if !features.is_empty() {
            chosen.push(("features", features.join(",")));
        }
        chosen
    }

    pub(super) fn has_features(&self) -> bool {
        self.features.iter().any(|choice| choice.is_chosen)
    }
}

struct FormBuilder<'f, 'q> {
    frame: &'f PageFrame,
    query: &'q Query<'q>,
}

impl<'f> FormBuilder<'f, '_> {
    fn ranges(&self, legend: &'f str, name: &'static str, known: &Ranges) -> Group<'f> {
        let chosen = self.query.text(name);
        let choices = known.ranges.iter().map(|range| {
            let value = range.id.to_string();
            Choice {
                label: format::range(self.frame.language, known, range),
                is_chosen: chosen == Some(&value),
                value,
            }
        });
        Group {
            legend,
            name,
            choices: choices.collect(),
        }
    }

    fn names(&self, legend: &'f str, name: &'static str, known: &Choices) -> Group<'f> {
        let chosen = self.query.text(name);
        let choices = known.list.iter();
        Group {
            legend,
            name,
            choices: choices
                .map(|value| self.choice(value, chosen == Some(value)))
                .collect(),
        }
    }

    fn features(&self, known: &Choices) -> Vec<Choice> {
        let is_chosen = |name: &str| {
            let mut lists = self.query.texts("features");
            lists.any(|list| list.split(',').any(|given| given == name))
        };
        let choices = known.list.iter();
        choices
            .map(|name| self.choice(name, is_chosen(name)))
            .collect()
    }

    fn choice(&self, value: &str, is_chosen: bool) -> Choice {
        Choice {
            value: value.to_owned(),
            label: self.frame.t.name(value).to_owned(),
            is_chosen,
        }
    }
}
