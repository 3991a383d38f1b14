//! What a module has for all its handlers: one value of each type.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::Arc;

/// The values, by their types. Clones are the same ones.
#[derive(Clone, Default)]
pub(super) struct SharedValues(HashMap<TypeId, Shared>);

/// A value, and its type's name for the author.
#[derive(Clone)]
struct Shared {
    name: &'static str,
    value: Arc<dyn Any + Send + Sync>,
}

impl SharedValues {
    /// Takes a value in; tells if there is one of its type.
    pub(super) fn add<T: Any + Send + Sync>(&mut self, value: T) -> Result<(), String> {
        let shared = Shared {
            name: type_name::<T>(),
            value: Arc::new(value),
        };
        self.insert(TypeId::of::<T>(), shared)
    }

    /// Takes in those of another router; tells of each whose type is there.
    pub(super) fn merge(&mut self, others: Self) -> Vec<String> {
        let others = others.0.into_iter();
        let added = others.map(|(id, shared)| self.insert(id, shared));
        added.filter_map(Result::err).collect()
    }

    fn insert(&mut self, id: TypeId, shared: Shared) -> Result<(), String> {
        let name = shared.name;
        match self.0.insert(id, shared) {
            None => Ok(()),
            Some(_) => Err(format!(
                "two values of the type {name} are shared: give each a type of its own"
            )),
        }
    }

    pub(super) fn get<T: Any>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.value.downcast_ref()
    }

    pub(super) fn get_shared<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let shared = self.0.get(&TypeId::of::<T>())?;
        Arc::clone(&shared.value).downcast().ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
