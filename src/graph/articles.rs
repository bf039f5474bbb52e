//! Holds the articles of a site by id: the table of their ids is made once, the articles in it are those of today.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::parse::{Article, Id};

/// A map in the order of ids.
#[derive(Clone, Default)]
pub(crate) struct Articles {
    table: Arc<Table>,
    list: Vec<Arc<Article>>,
}

#[derive(Default)]
struct Table {
    ids: Vec<Id>,
    /// A tree of names would cost a comparison of strings a level.
    places: FxHashMap<Id, usize>,
}

impl Articles {
    pub fn new(map: BTreeMap<Id, Arc<Article>>) -> Self {
        let (ids, list): (Vec<Id>, Vec<Arc<Article>>) = map.into_iter().unzip();
        let places = ids.iter().cloned().zip(0..).collect();
        Self { table: Arc::new(Table { ids, places }), list }
    }

    /// The same ids with the articles of another day, in the same order.
    pub fn of(&self, list: Vec<Arc<Article>>) -> Self {
        Self { table: self.table.clone(), list }
    }

    /// The articles in the order of ids.
    pub fn list(&self) -> &[Arc<Article>] {
        &self.list
    }

    /// Where an article stands in the list.
    pub fn place(&self, id: &Id) -> Option<usize> {
        self.table.places.get(id).copied()
    }

    pub fn get(&self, id: &Id) -> Option<&Arc<Article>> {
        self.list.get(self.place(id)?)
    }

    pub fn keys(&self) -> impl Iterator<Item = &Id> {
        self.table.ids.iter()
    }

    pub fn values(&self) -> impl Iterator<Item = &Arc<Article>> {
        self.list.iter()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Arc<Article>)> {
        self.table.ids.iter().zip(&self.list)
    }

    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = (&Id, &Arc<Article>)> {
        self.table.ids.par_iter().zip(&self.list)
    }

    /// The articles from an id on.
    pub fn starting_at(&self, first: &Id) -> impl Iterator<Item = (&Id, &Arc<Article>)> + use<'_> {
        let start = self.table.ids.partition_point(|id| id < first);
        self.iter().skip(start)
    }
}
