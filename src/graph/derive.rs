//! Turns the fields of one registry into the inverse fields of another: who refers to this area.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Graph, Resolved};
use crate::parse::{Id, Target};
use crate::schema;

type Groups = BTreeMap<String, Vec<Id>>;

/// By record and derived field, what refers to it, grouped by the keys between the field and the reference.
pub(crate) type Derived = FxHashMap<Id, BTreeMap<String, Groups>>;

/// The inverse fields of all records.
pub(super) fn all(graph: &Graph) -> Derived {
    let mut all = Derived::default();
    for derived in &graph.schema.derived {
        one(graph, derived, &mut all);
    }
    all
}

fn one(graph: &Graph, derived: &schema::Derived, all: &mut Derived) {
    let origins = graph
        .articles
        .values()
        .filter(|a| *a.id.registry == *derived.source_registry || *a.kind == *derived.source_registry);
    for origin in origins {
        let resolved = graph.resolved_of(&origin.id);
        for (reference, resolved) in origin.references.iter().zip(resolved) {
            let (Some(pointer), Resolved::Thing { id, .. }, Target::Field { .. }) =
                (&reference.field, resolved, &reference.target)
            else {
                continue;
            };
            let Some(group) = group_of(pointer, &derived.source_field).filter(|_| *id.registry == *derived.registry)
            else {
                continue;
            };
            let list =
                all.entry(id.clone()).or_default().entry(derived.field.clone()).or_default().entry(group).or_default();
            if list.last() != Some(&origin.id) {
                list.push(origin.id.clone());
            }
        }
    }
}

/// `main` for `/refers_to/main/0`; empty for `/refers_to/0`; none for another field.
fn group_of(pointer: &str, field: &str) -> Option<String> {
    let rest = pointer.strip_prefix('/')?.strip_prefix(field)?.strip_prefix('/')?;
    Some(rest.split('/').find(|step| step.parse::<usize>().is_err()).unwrap_or("").to_owned())
}
