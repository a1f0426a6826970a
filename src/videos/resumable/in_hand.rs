//! Is somebody at this upload right now? On this node at most one request at a time writes to an
//! upload's file or makes a video of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is being done with an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Bytes are coming.
    Receiving,
    /// All are here and are being looked at.
    Finishing,
}

/// The uploads in hand on this node.
#[derive(Debug, Default)]
pub struct InHand(Mutex<HashMap<String, Stage>>);

impl InHand {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Stage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an upload into one's hand; it is let go when the hold is dropped.
    ///
    /// # Errors
    /// What somebody else is doing with it.
    pub fn take(self: &Arc<Self>, id: &str) -> Result<Hold, Stage> {
        let mut held = self.lock();
        if let Some(stage) = held.get(id) {
            return Err(*stage);
        }
        held.insert(id.to_owned(), Stage::Receiving);
        Ok(Hold { all: Arc::clone(self), id: id.to_owned() })
    }
}

/// The right to work on one upload.
#[derive(Debug)]
pub struct Hold {
    all: Arc<InHand>,
    id: String,
}

impl Hold {
    /// Tells those who ask that the bytes are all here.
    pub fn finishing(&self) {
        self.all.lock().insert(self.id.clone(), Stage::Finishing);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hand_at_a_time() {
        let all = Arc::new(InHand::default());
        let hold = all.take("a").unwrap();
        assert_eq!(all.take("a").unwrap_err(), Stage::Receiving);
        assert!(all.take("b").is_ok());
        hold.finishing();
        assert_eq!(all.take("a").unwrap_err(), Stage::Finishing);
        drop(hold);
        assert!(all.take("a").is_ok());
    }
}
